/** Asks one child after the other until one succeeds. */
import { type Cbk, type Dict, defineTranslator, type Fop, type Loc, unwind, wind } from 'glossa';
import { plain } from './shapes.ts';

const stat: Fop<'stat', null> = (frame, xl, loc, xdata) => {
  frame.local = [loc, xdata];
  wind.stat(frame, 0, statCbk, xl.children[0]!, loc, xdata);
};

const statCbk: Cbk<'stat', null> = (frame, cookie, xl, opRet, opErrno, buf, xdata) => {
  const next = cookie + 1;
  if (opRet < 0 && next < xl.children.length) {
    wind.stat(frame, next, statCbk, xl.children[next]!, ...(frame.local as [Loc, Dict | null]));
  } else unwind.stat(frame, opRet, opErrno, buf, xdata);
};

export default defineTranslator({ ...plain, fops: { stat }, init: () => null });

/** Passes a note from each fop to its callback in frame.local. */
import { type Cbk, defineTranslator, type Fop, unwind, wind } from 'glossa';
import { plain } from './shapes.ts';

const stat: Fop<'stat', null> = (frame, xl, loc, xdata) => {
  if (frame.local !== null) throw new Error('another note is set');
  frame.local = loc.name;
  wind.stat(frame, 0, statCbk, xl.children[0]!, loc, xdata);
};

const statCbk: Cbk<'stat', null> = (frame, _cookie, xl, opRet, opErrno, buf, xdata) => {
  xl.log.info(String(frame.local));
  unwind.stat(frame, opRet, opErrno, buf, xdata);
};

export default defineTranslator({ ...plain, fops: { stat }, init: () => null });

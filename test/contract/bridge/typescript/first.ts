/** Asks every child at once, and answers with the first success, or the last failure. */
import { type Cbk, defineTranslator, type Fop, unwind, wind } from 'glossa';
import { plain } from './shapes.ts';

const stat: Fop<'stat', null> = (frame, xl, loc, xdata) => {
  frame.local = xl.children.length;
  xl.children.forEach((child, at) => {
    wind.stat(frame, at, statCbk, child, loc, xdata);
  });
};

const statCbk: Cbk<'stat', null> = (frame, cookie, xl, opRet, opErrno, buf, xdata) => {
  const owed = (frame.local as number) - 1;
  frame.local = owed;
  xl.log.info(`${xl.childNames[cookie]}: ${opRet}${frame.answered ? ' late' : ''}`);
  if (frame.answered || (opRet < 0 && owed > 0)) return;
  unwind.stat(frame, opRet, opErrno, buf, xdata);
};

export default defineTranslator({ ...plain, fops: { stat }, init: () => null });

/** Winds to the child again on EAGAIN, in a loop: a reply may come before `wind` returns. */
import {
  type Cbk,
  type Dict,
  defineTranslator,
  EAGAIN,
  type Fop,
  type Frame,
  type Loc,
  unwind,
  wind,
  type Xlator,
} from 'glossa';
import { plain } from './shapes.ts';

interface Attempt {
  readonly loc: Loc;
  readonly xdata: Dict | null;
  /** Replies that said EAGAIN and are not yet followed by another wind. */
  again: boolean;
  winding: boolean;
}

const stat: Fop<'stat', null> = (frame, xl, loc, xdata) => {
  const attempt = { loc, xdata, again: true, winding: false };
  frame.local = attempt;
  ask(frame, xl, attempt);
};

function ask(frame: Frame, xl: Xlator<null>, attempt: Attempt): void {
  attempt.winding = true;
  while (attempt.again) {
    attempt.again = false;
    wind.stat(frame, 0, statCbk, xl.children[0]!, attempt.loc, attempt.xdata);
  }
  attempt.winding = false;
}

const statCbk: Cbk<'stat', null> = (frame, _cookie, xl, opRet, opErrno, buf, xdata) => {
  const attempt = frame.local as Attempt;
  if (opRet >= 0 || opErrno !== EAGAIN) {
    unwind.stat(frame, opRet, opErrno, buf, xdata);
    return;
  }
  attempt.again = true;
  if (!attempt.winding) ask(frame, xl, attempt);
};

export default defineTranslator({ ...plain, fops: { stat }, init: () => null });

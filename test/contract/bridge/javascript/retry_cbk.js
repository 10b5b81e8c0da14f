/** Winds to the child again after a failure, from the callback. */
import { EAGAIN, Translator } from 'glossa';

export class xlator extends Translator {
  statCbk(frame, opRet, opErrno, ...reply) {
    if (opRet < 0 && opErrno === EAGAIN) return frame.wind();
    frame.unwind(opRet, opErrno, ...reply);
  }
}

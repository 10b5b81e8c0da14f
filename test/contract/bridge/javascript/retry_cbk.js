/** Asks the child once more when it has failed: a callback alone can do that. */
import { EAGAIN, Translator } from 'glossa';

export class xlator extends Translator {
  statCbk(frame, opRet, opErrno, ...reply) {
    if (opRet < 0 && opErrno === EAGAIN) return frame.wind();
    frame.unwind(opRet, opErrno, ...reply);
  }
}

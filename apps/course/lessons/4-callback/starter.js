import { ENOENT, Translator } from 'glossa';

/** Says of each lookup how it ended. */
export class xlator extends Translator {
  lookupCbk(frame, opRet, opErrno, ...reply) {
    frame.unwind(opRet, opErrno, ...reply);
  }
}

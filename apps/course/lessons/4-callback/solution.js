import { ENOENT, Translator } from 'glossa';

/** Says of each lookup how it ended. */
export class xlator extends Translator {
  lookupCbk(frame, opRet, opErrno, ...reply) {
    if (opRet >= 0) this.log.info('found');
    else if (opErrno === ENOENT) this.log.info('absent');
    else this.log.info('failed');
    frame.unwind(opRet, opErrno, ...reply);
  }
}

import { Translator } from 'glossa';

/** Says of each name whether it was found. */
export class xlator extends Translator {
  lookup(frame, loc) {
    frame.local = loc.path;
    frame.wind();
  }

  lookupCbk(frame, opRet, opErrno, ...reply) {
    this.log.info('%s: %s', frame.local, opRet >= 0 ? 'found' : 'absent');
    frame.unwind(opRet, opErrno, ...reply);
  }
}

import { ENOENT, Translator } from 'glossa';

/** Remembers names that are absent, and answers for them. */
export class xlator extends Translator {
  init() {
    this.absent = new Set();
  }

  lookup(frame, loc) {
    const key = `${loc.pargfid}/${loc.name}`;
    if (this.absent.has(key)) return frame.fail(ENOENT);
    frame.local = key;
    frame.wind();
  }

  lookupCbk(frame, opRet, opErrno, ...reply) {
    if (opRet < 0 && opErrno === ENOENT) this.absent.add(frame.local);
    frame.unwind(opRet, opErrno, ...reply);
  }
}

/** Remembers absent names, and fails later lookups of them itself. */
import { ENOENT, Translator } from 'glossa';

export default class extends Translator {
  init() {
    this.absent = new Set();
  }

  lookup(frame, loc, xdata) {
    const key = `${loc.pargfid}/${loc.name}`;
    if (this.absent.has(key)) return frame.fail(ENOENT);
    frame.local = key;
    frame.wind(loc, xdata);
  }

  lookupCbk(frame, opRet, opErrno, inode, buf, xdata, postparent) {
    if (opRet < 0 && opErrno === ENOENT) this.absent.add(frame.local);
    frame.unwind(opRet, opErrno, inode, buf, xdata, postparent);
  }
}

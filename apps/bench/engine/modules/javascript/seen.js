/** Passes lookups on, with a callback for the reply. */
import { Translator } from 'glossa';

export default class extends Translator {
  lookup(frame, loc, xdata) {
    frame.wind(loc, xdata);
  }

  lookupCbk(frame, opRet, opErrno, inode, buf, xdata, postparent) {
    frame.unwind(opRet, opErrno, inode, buf, xdata, postparent);
  }
}

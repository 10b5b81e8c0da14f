/** Sees what was read, and leaves the data alone. */
import { Translator } from 'glossa';

export default class extends Translator {
  readvCbk(frame, opRet, opErrno, vector, stbuf, xdata) {
    frame.unwind(opRet, opErrno, vector, stbuf, xdata);
  }
}

/** Gets each reply of readv in a callback, and returns its data unchanged. */
import { Translator } from 'glossa';

export default class extends Translator {
  readvCbk(frame, opRet, opErrno, vector, stbuf, xdata) {
    frame.unwind(opRet, opErrno, vector, stbuf, xdata);
  }
}

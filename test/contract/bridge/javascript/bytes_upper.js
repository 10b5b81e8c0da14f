/** Reads data in every way, and passes on other data. */
import { Translator } from 'glossa';

function assert(holds) {
  if (!holds) throw new Error('not so');
}

const isUpper = (byte) => byte >= 65 && byte <= 90;

export class xlator extends Translator {
  readvCbk(frame, opRet, opErrno, vector, stbuf, xdata) {
    const bytes = vector.copy();
    assert(vector.length === opRet && bytes.length === opRet);
    assert([...vector].slice(0, 3).join() === bytes.slice(0, 3).join());
    if (opRet < 100) assert(vector.toString() === new TextDecoder().decode(bytes));
    assert(bytes !== vector.copy());
    const upper = bytes.map((byte) => (byte >= 97 && byte <= 122 ? byte - 32 : byte));
    frame.unwind(opRet, opErrno, upper, stbuf, xdata);
  }

  writev(frame, fd, vector, offset, flags, xdata) {
    const { bytes } = vector;
    assert(bytes === vector.bytes);
    if (offset === 1) frame.wind(fd, bytes.subarray(1, 4), offset, flags, xdata);
    else if (offset === 2) {
      frame.wind(
        fd,
        bytes.filter((_, at) => at % 2 === 0),
        offset,
        flags,
        xdata,
      );
    } else if (offset === 3) frame.wind(fd, new ArrayBuffer(0), offset, flags, xdata);
    else {
      // Changed where they are.
      bytes.forEach((byte, at) => {
        if (isUpper(byte)) bytes[at] = byte + 32;
      });
      frame.wind(fd, vector, offset, flags, xdata);
    }
  }
}

/** Keeps the letters of every file rotated by 13 places on the storage, and shows them as they were. */
import { Translator } from 'glossa';

const ROT13 = Uint8Array.from({ length: 256 }, (_, byte) => {
  const first = (byte & ~31) | 1; // 'A' or 'a', if it is a letter
  const letter = byte - first;
  return (first === 65 || first === 97) && letter >= 0 && letter < 26
    ? first + ((letter + 13) % 26)
    : byte;
});

/** Rotates bytes where they are. */
function rotate(bytes) {
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = ROT13[bytes[at]];
}

export class xlator extends Translator {
  writev(frame, fd, vector, offset, flags, xdata) {
    rotate(vector.bytes);
    frame.wind(fd, vector, offset, flags, xdata);
  }

  readvCbk(frame, opRet, opErrno, vector, stbuf, xdata) {
    if (opRet > 0) rotate(vector.bytes);
    frame.unwind(opRet, opErrno, vector, stbuf, xdata);
  }

  put(frame, loc, mode, umask, flags, vector, offset, dict, xdata) {
    rotate(vector.bytes);
    frame.wind(loc, mode, umask, flags, vector, offset, dict, xdata);
  }
}

/** Keeps the letters of every file rotated by 13 places on the storage, and shows them as they were. */
import { Answer, fop, Frame, reply, Translator, translator } from 'glossa';

export * from 'glossa/module';

/** Rotates the letters of bytes, in place. */
function rotate(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    const letter = byte | 0x20;
    if (letter >= 0x61 && letter <= 0x6d) bytes[i] = byte + 13;
    else if (letter >= 0x6e && letter <= 0x7a) bytes[i] = byte - 13;
  }
}

class Rot13 extends Translator {
  writev(frame: Frame, it: fop.Writev): Answer {
    rotate(it.vector);
    return frame.tail(it);
  }

  put(frame: Frame, it: fop.Put): Answer {
    rotate(it.vector);
    return frame.tail(it);
  }

  readvCbk(frame: Frame, it: reply.Readv): Answer {
    const vector = it.vector;
    if (vector !== null) rotate(vector);
    return frame.unwind(it);
  }
}

translator<Rot13>();

/** Stores the letters of every file rotated by 13 places, and rotates them back at each read. */
import { type Cbk, defineTranslator, type Fop, tail, unwind, wind } from 'glossa';

/** The rotated value of each byte. */
const ROT13 = Uint8Array.from({ length: 256 }, (_, byte) => {
  const firstLetter = (byte & ~31) | 1; // 'A' (65) or 'a' (97), if the byte is a letter
  const letterIndex = byte - firstLetter;
  return (firstLetter === 65 || firstLetter === 97) && letterIndex >= 0 && letterIndex < 26
    ? firstLetter + ((letterIndex + 13) % 26)
    : byte;
});

/** Rotates a copy of the bytes, because other volumes share them. */
const rotate = (vector: Uint8Array): Uint8Array => vector.map((byte) => ROT13[byte]!);

const writev: Fop<'writev', null> = (frame, xl, fd, vector, offset, flags, xdata) =>
  tail.writev(frame, xl.children[0]!, fd, rotate(vector), offset, flags, xdata);

const put: Fop<'put', null> = (frame, xl, loc, mode, umask, flags, vector, ...rest) =>
  tail.put(frame, xl.children[0]!, loc, mode, umask, flags, rotate(vector), ...rest);

const readv: Fop<'readv', null> = (frame, xl, fd, size, offset, flags, xdata) =>
  wind.readv(frame, 0, readvCbk, xl.children[0]!, fd, size, offset, flags, xdata);

/** Rotates the data of the reply. `vector` is null after a failure, and `opRet` is then -1. */
const readvCbk: Cbk<'readv', null> = (frame, _cookie, _xl, opRet, opErrno, vector, ...rest) =>
  unwind.readv(frame, opRet, opErrno, vector && rotate(vector), ...rest);

export default defineTranslator<null, Record<string, never>>({
  type: 'features/rot13',
  description: 'Rotates the letters of what is written, and rotates them back for who reads.',
  children: [1, 1],
  options: {},
  fops: { writev, put, readv },
  init: () => null,
});

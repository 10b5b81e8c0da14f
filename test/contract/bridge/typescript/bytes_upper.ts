/** Reads data, and passes on other data. */
import { type Cbk, defineTranslator, type Fop, tail, unwind, wind } from 'glossa';
import { plain } from './shapes.ts';

const upper = (byte: number): number => (byte >= 97 && byte <= 122 ? byte - 32 : byte);
const lower = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte);

const readvCbk: Cbk<'readv', null> = (frame, _cookie, _xl, opRet, opErrno, vector, buf, xdata) => {
  unwind.readv(frame, opRet, opErrno, vector?.map(upper) ?? null, buf, xdata);
};

const readv: Fop<'readv', null> = (frame, xl, fd, size, offset, flags, xdata) => {
  wind.readv(frame, 0, readvCbk, xl.children[0]!, fd, size, offset, flags, xdata);
};

const writev: Fop<'writev', null> = (frame, xl, fd, vector, offset, flags, xdata) => {
  const other = (): Uint8Array => {
    if (offset === 1) return vector.subarray(1, 4);
    if (offset === 2) return vector.filter((_, at) => at % 2 === 0);
    if (offset === 3) return new Uint8Array(0);
    return vector.map(lower);
  };
  tail.writev(frame, xl.children[0]!, fd, other(), offset, flags, xdata);
};

export default defineTranslator({ ...plain, fops: { readv, writev }, init: () => null });

/**
 * The module `read` of `glossa bench call`, in TypeScript: gets each reply of readv in a callback,
 * and passes its data up unchanged.
 */
import { type Cbk, defineTranslator, type Fop, unwind, wind } from 'glossa';

const readv: Fop<'readv', null> = (frame, xl, fd, size, offset, flags, xdata) => {
  wind.readv(frame, 0, readvCbk, xl.children[0]!, fd, size, offset, flags, xdata);
};

const readvCbk: Cbk<'readv', null> = (frame, _cookie, _xl, opRet, opErrno, vector, buf, xdata) => {
  unwind.readv(frame, opRet, opErrno, vector, buf, xdata);
};

export default defineTranslator({
  type: 'bench/read',
  description: 'Sees what was read.',
  children: [1, 1],
  options: {},
  fops: { readv },
  init: () => null,
});

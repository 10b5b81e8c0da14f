/**
 * The module `seen` of `glossa bench call`, in TypeScript: passes lookups on with a callback, and
 * passes the reply up unchanged.
 */
import { type Cbk, defineTranslator, type Fop, unwind, wind } from 'glossa';

const lookup: Fop<'lookup', null> = (frame, xl, loc, xdata) => {
  wind.lookup(frame, 0, lookupCbk, xl.children[0]!, loc, xdata);
};

const lookupCbk: Cbk<'lookup', null> = (
  frame,
  _cookie,
  _xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
  postparent,
) => {
  unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
};

export default defineTranslator({
  type: 'bench/seen',
  description: 'Passes lookups and their replies on unchanged.',
  children: [1, 1],
  options: {},
  fops: { lookup },
  init: () => null,
});

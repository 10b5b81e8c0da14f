/**
 * The module `decided` of `glossa bench call`, in TypeScript: remembers absent names, and fails
 * later lookups of them with ENOENT itself.
 */
import { type Cbk, defineTranslator, ENOENT, type Fop, fail, unwind, wind } from 'glossa';

type AbsentNames = Set<string>;

const lookup: Fop<'lookup', AbsentNames> = (frame, xl, loc, xdata) => {
  const key = `${loc.pargfid}/${loc.name}`;
  if (xl.priv.has(key)) {
    fail.lookup(frame, ENOENT);
    return;
  }
  frame.local = key;
  wind.lookup(frame, 0, lookupCbk, xl.children[0]!, loc, xdata);
};

const lookupCbk: Cbk<'lookup', AbsentNames> = (
  frame,
  _cookie,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
  postparent,
) => {
  if (opRet < 0 && opErrno === ENOENT) xl.priv.add(frame.local as string);
  unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
};

export default defineTranslator<AbsentNames, Record<string, never>>({
  type: 'bench/decided',
  description: 'Remembers absent names.',
  children: [1, 1],
  options: {},
  fops: { lookup },
  init: () => new Set(),
});

/** Makes a storage's fops on extended attributes, from the storage's access to one inode (`XattrStorage`). */
import { Dict } from '../../../core/dict.ts';
import { ENODATA, EPERM } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Fd, Loc } from '../../../core/operands.ts';
import type { Fops, Xlator } from '../../../core/xlator.ts';
import { selectVisibilityPid } from './entry-requests.ts';
import { readRequestedAttributes } from './rebalance-requests.ts';
import { computeXattrop, encodeValue, removeXattrs, TRUSTED_GFID, USER_GFID } from './xattrs.ts';

/**
 * A storage's access to extended attributes. `T` is its inode or open file; numbers that methods return are 0 or the
 * errno.
 */
export interface XattrStorage<P, T extends object> {
  /** Finds the inode of a loc, or returns the errno. */
  findNode(xl: Xlator<P>, loc: Loc): T | number;
  /** Finds the inode or open file of an fd, or returns the errno. */
  findOpenNode(xl: Xlator<P>, fd: Fd): T | number;
  /**
   * Sets the attributes in `dict` in order, up to the first failure.
   * @param pid decides which attributes are hidden (`isHidden` of `xattrs.ts`)
   */
  setXattrs(
    frame: Frame,
    xl: Xlator<P>,
    node: T,
    dict: Dict | null,
    flags: number,
    pid: number,
  ): number;
  /** Returns one attribute, or all listed ones if `name` is null; or the errno. */
  getXattrs(xl: Xlator<P>, node: T, name: string | null, pid: number): Dict | number;
  /** Removes one attribute; `pid` as in `setXattrs`. */
  removeXattr(xl: Xlator<P>, node: T, name: string, pid: number): number;
  /** Returns an attribute's value, also of a hidden one, or the errno. */
  readXattr(node: T, name: string): Uint8Array | number;
  /** Sets one attribute to the result of an xattrop. */
  storeXattr(frame: Frame, xl: Xlator<P>, node: T, name: string, bytes: Uint8Array): number;
  /** Called after a change, before the reply. */
  afterChange?(frame: Frame, xl: Xlator<P>, node: T, fop: ChangingFop, dict: Dict | null): void;
  /** Reads the attributes; null on failure. */
  readIatt(xl: Xlator<P>, node: T): Iatt | null;
}

/** The fops after which `afterChange` is called. */
export type ChangingFop = 'setxattr' | 'fsetxattr' | 'removexattr' | 'fremovexattr';

/** Makes the fops, each for a loc and for an fd. */
export function makeXattrFops<P, T extends object>(storage: XattrStorage<P, T>): Fops<P> {
  type Finder<S> = (xl: Xlator<P>, target: S) => T | number;
  // A `target` is the loc or fd of a fop; a `node` is its inode or open file.
  const readReplyXdata = (xl: Xlator<P>, node: T, xdata: Dict | null): Dict | null =>
    readRequestedAttributes(xdata, () => storage.readIatt(xl, node));

  const makeSetxattr =
    <S>(fop: 'setxattr' | 'fsetxattr', find: Finder<S>) =>
    (
      frame: Frame,
      xl: Xlator<P>,
      target: S,
      dict: Dict | null,
      flags: number,
      xdata: Dict | null,
    ) => {
      const node = find(xl, target);
      if (typeof node === 'number') return fail[fop](frame, node);
      const { pid } = frame.root;
      // The mark of a translator's own request counts for setxattr alone.
      const visibilityPid = fop === 'setxattr' ? selectVisibilityPid(pid, xdata) : pid;
      const fault = storage.setXattrs(frame, xl, node, dict, flags, visibilityPid);
      if (fault !== 0) return fail[fop](frame, fault);
      storage.afterChange?.(frame, xl, node, fop, dict);
      unwind[fop](frame, 0, 0, readReplyXdata(xl, node, xdata));
    };

  const makeGetxattr =
    <S>(fop: 'getxattr' | 'fgetxattr', find: Finder<S>) =>
    (frame: Frame, xl: Xlator<P>, target: S, name: string | null, _xdata: Dict | null) => {
      const node = find(xl, target);
      if (typeof node === 'number') return fail[fop](frame, node);
      const dict = storage.getXattrs(xl, node, name, frame.root.pid);
      if (typeof dict === 'number') return fail[fop](frame, dict);
      unwind[fop](frame, dict.size, 0, dict, null);
    };

  const makeRemovexattr =
    <S>(fop: 'removexattr' | 'fremovexattr', find: Finder<S>) =>
    (frame: Frame, xl: Xlator<P>, target: S, name: string, xdata: Dict | null) => {
      const node = find(xl, target);
      if (typeof node === 'number') return fail[fop](frame, node);
      const { pid } = frame.root;
      const fault = removeXattrs(name, xdata, (key) => storage.removeXattr(xl, node, key, pid));
      if (fault !== 0) return fail[fop](frame, fault);
      storage.afterChange?.(frame, xl, node, fop, null);
      unwind[fop](frame, 0, 0, readReplyXdata(xl, node, xdata));
    };

  const makeXattrop =
    <S>(fop: 'xattrop' | 'fxattrop', find: Finder<S>) =>
    (
      frame: Frame,
      xl: Xlator<P>,
      target: S,
      optype: number,
      dict: Dict | null,
      xdata: Dict | null,
    ) => {
      const node = find(xl, target);
      if (typeof node === 'number') return fail[fop](frame, node);
      const storeXattr = (name: string, bytes: Uint8Array): number =>
        storage.storeXattr(frame, xl, node, name, bytes);
      const reply = applyXattrop(optype, dict, (name) => storage.readXattr(node, name), storeXattr);
      if (typeof reply === 'number') return fail[fop](frame, reply);
      unwind[fop](frame, 0, 0, reply, readReplyXdata(xl, node, xdata));
    };

  return {
    setxattr: makeSetxattr('setxattr', storage.findNode),
    fsetxattr: makeSetxattr('fsetxattr', storage.findOpenNode),
    getxattr: makeGetxattr('getxattr', storage.findNode),
    fgetxattr: makeGetxattr('fgetxattr', storage.findOpenNode),
    removexattr: makeRemovexattr('removexattr', storage.findNode),
    fremovexattr: makeRemovexattr('fremovexattr', storage.findOpenNode),
    xattrop: makeXattrop('xattrop', storage.findNode),
    fxattrop: makeXattrop('fxattrop', storage.findOpenNode),
  };
}

/** Applies an xattrop; returns the values after it (GET_AND_SET: before), or the errno. */
function applyXattrop(
  optype: number,
  dict: Dict | null,
  readXattr: (name: string) => Uint8Array | number,
  storeXattr: (name: string, bytes: Uint8Array) => number,
): Dict | number {
  const reply = new Dict();
  for (const name of dict?.keys() ?? []) {
    // As in GlusterFS, no xattrop reads or changes a gfid.
    const isGfidXattr = name === TRUSTED_GFID || name === USER_GFID;
    const current = isGfidXattr ? EPERM : readXattr(name);
    if (typeof current === 'number' && current !== ENODATA) return current;
    const operand = encodeValue(dict!.get(name)!);
    // A value without bytes, such as an iatt, is skipped.
    if (operand === null) continue;
    const result = computeXattrop(optype, typeof current === 'number' ? null : current, operand);
    if (typeof result === 'number') return result;
    if (result.reply !== null) reply.set(name, result.reply, 'bin');
    const fault = result.newValue === null ? 0 : storeXattr(name, result.newValue);
    if (fault !== 0) return fault;
  }
  return reply;
}

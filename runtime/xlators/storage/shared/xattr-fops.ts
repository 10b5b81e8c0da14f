/** Builds the fops on extended attributes from a storage's access to those of one inode. */
import { Dict } from '../../../core/dict.ts';
import { ENODATA, EPERM } from '../../../core/errno.ts';
import type { Fd } from '../../../core/fd.ts';
import type { Frame } from '../../../core/frame.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Loc } from '../../../core/loc.ts';
import type { Fops, Xlator } from '../../../core/xlator.ts';
import { pidFor } from './entry-requests.ts';
import { requestedAttributes } from './rebalance-marks.ts';
import { removeXattrs, TRUSTED_GFID, USER_GFID, valueBytes, xattrop } from './xattrs.ts';

/** `T` is the storage's inode or open file. Methods return 0 or the errno. */
export interface XattrStorage<P, T extends object> {
  at(xl: Xlator<P>, loc: Loc): T | number;
  open(xl: Xlator<P>, fd: Fd): T | number;
  /**
   * Sets the attributes in `dict` in order, up to the first failure.
   * @param pid decides which attributes are hidden (`isHidden`)
   */
  set(frame: Frame, xl: Xlator<P>, of: T, dict: Dict | null, flags: number, pid: number): number;
  /** Returns one attribute, or all listed ones if `name` is null; or the errno. */
  get(xl: Xlator<P>, of: T, name: string | null, pid: number): Dict | number;
  remove(xl: Xlator<P>, of: T, name: string, pid: number): number;
  /** Returns an attribute's value, also of a hidden one, or the errno. */
  read(of: T, name: string): Uint8Array | number;
  /** Sets one attribute to the result of an xattrop. */
  store(frame: Frame, xl: Xlator<P>, of: T, name: string, bytes: Uint8Array): number;
  /** Called after a change and before the reply. */
  changed?(frame: Frame, xl: Xlator<P>, of: T, fop: ChangingFop, dict: Dict | null): void;
  iatt(xl: Xlator<P>, of: T): Iatt | null;
}

export type ChangingFop = 'setxattr' | 'fsetxattr' | 'removexattr' | 'fremovexattr';

export function xattrFopsOf<P, T extends object>(storage: XattrStorage<P, T>): Fops<P> {
  type Finder<S> = (xl: Xlator<P>, subject: S) => T | number;
  const keysOf = (xl: Xlator<P>, of: T, xdata: Dict | null): Dict | null =>
    requestedAttributes(xdata, () => storage.iatt(xl, of));

  const setting =
    <S>(fop: 'setxattr' | 'fsetxattr', find: Finder<S>) =>
    (
      frame: Frame,
      xl: Xlator<P>,
      subject: S,
      dict: Dict | null,
      flags: number,
      xdata: Dict | null,
    ) => {
      const of = find(xl, subject);
      if (typeof of === 'number') return fail[fop](frame, of);
      const { pid } = frame.root;
      const seen = fop === 'setxattr' ? pidFor(pid, xdata) : pid;
      const fault = storage.set(frame, xl, of, dict, flags, seen);
      if (fault !== 0) return fail[fop](frame, fault);
      storage.changed?.(frame, xl, of, fop, dict);
      unwind[fop](frame, 0, 0, keysOf(xl, of, xdata));
    };

  const getting =
    <S>(fop: 'getxattr' | 'fgetxattr', find: Finder<S>) =>
    (frame: Frame, xl: Xlator<P>, subject: S, name: string | null, _xdata: Dict | null) => {
      const of = find(xl, subject);
      if (typeof of === 'number') return fail[fop](frame, of);
      const dict = storage.get(xl, of, name, frame.root.pid);
      if (typeof dict === 'number') return fail[fop](frame, dict);
      unwind[fop](frame, dict.size, 0, dict, null);
    };

  const removing =
    <S>(fop: 'removexattr' | 'fremovexattr', find: Finder<S>) =>
    (frame: Frame, xl: Xlator<P>, subject: S, name: string, xdata: Dict | null) => {
      const of = find(xl, subject);
      if (typeof of === 'number') return fail[fop](frame, of);
      const { pid } = frame.root;
      const fault = removeXattrs(name, xdata, (each) => storage.remove(xl, of, each, pid));
      if (fault !== 0) return fail[fop](frame, fault);
      storage.changed?.(frame, xl, of, fop, null);
      unwind[fop](frame, 0, 0, keysOf(xl, of, xdata));
    };

  const combining =
    <S>(fop: 'xattrop' | 'fxattrop', find: Finder<S>) =>
    (
      frame: Frame,
      xl: Xlator<P>,
      subject: S,
      optype: number,
      dict: Dict | null,
      xdata: Dict | null,
    ) => {
      const of = find(xl, subject);
      if (typeof of === 'number') return fail[fop](frame, of);
      const store = (name: string, bytes: Uint8Array): number =>
        storage.store(frame, xl, of, name, bytes);
      const answer = combine(optype, dict, (name) => storage.read(of, name), store);
      if (typeof answer === 'number') return fail[fop](frame, answer);
      unwind[fop](frame, 0, 0, answer, keysOf(xl, of, xdata));
    };

  return {
    setxattr: setting('setxattr', storage.at),
    fsetxattr: setting('fsetxattr', storage.open),
    getxattr: getting('getxattr', storage.at),
    fgetxattr: getting('fgetxattr', storage.open),
    removexattr: removing('removexattr', storage.at),
    fremovexattr: removing('fremovexattr', storage.open),
    xattrop: combining('xattrop', storage.at),
    fxattrop: combining('fxattrop', storage.open),
  };
}

/** Applies an xattrop; returns the values after it (GET_AND_SET: before), or the errno. */
function combine(
  optype: number,
  dict: Dict | null,
  read: (name: string) => Uint8Array | number,
  store: (name: string, bytes: Uint8Array) => number,
): Dict | number {
  const answer = new Dict();
  for (const name of dict?.keys() ?? []) {
    const isGfid = name === TRUSTED_GFID || name === USER_GFID;
    const current = isGfid ? EPERM : read(name);
    if (typeof current === 'number' && current !== ENODATA) return current;
    const given = valueBytes(dict!.get(name)!);
    if (given === null) continue;
    const result = xattrop(optype, typeof current === 'number' ? null : current, given);
    if (typeof result === 'number') return result;
    if (result.answer !== null) answer.set(name, result.answer, 'bin');
    const fault = result.store === null ? 0 : store(name, result.store);
    if (fault !== 0) return fault;
  }
  return answer;
}

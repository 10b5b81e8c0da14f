/** Makes the fops by which data caches (io-cache, quick-read, read-ahead) detect changes of files. */

import type { Frame } from '../../../core/frame.ts';
import { tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { O_ACCMODE, O_DIRECT, O_EXCL, O_TRUNC, O_WRONLY } from '../../../core/open-flags.ts';
import type { Fd } from '../../../core/operands.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../core/xlator.ts';
import {
  type ChangeHooks,
  dataChangingFops,
  makeFileFopTaps,
  PendingChange,
} from './change-taps.ts';
import { findArgumentInode, type InodeCache, type InodeState } from './inode-cache.ts';

/**
 * The actions of a data cache `P` in these fops; `K` is its state of a file. cache-translator.ts explains the members'
 * types.
 */
interface DataHooks<P, K extends InodeState> {
  /** Whether the cache has data of the file. */
  readonly hasData: { hasData(state: K): boolean }['hasData'];
  /** Compares the cached data with the file's current attributes. */
  readonly validate: {
    validate(xl: Xlator<P>, state: K, buf: Iatt, inode: Inode): void;
  }['validate'];
  /** Called when the client has locked the file: from now on it must see what other clients have written. */
  readonly onLock?: { onLock(xl: Xlator<P>, inode: Inode): void }['onLock'];
}

/** Makes open, create, stat, fstat, the writing fops and, with `onLock`, lk. */
export const makeDataFops = <P extends InodeCache<K>, K extends InodeState>(
  hooks: DataHooks<P, K>,
): Fops<P> => ({
  open: makeTruncatingOpen<P, K>(),
  create: makeTruncatingCreate<P, K>(),
  ...makeFileFopTaps<P, K>(dataChangingFops),
  ...makeStatFops(hooks),
  ...(hooks.onLock && { lk: makeLk(hooks.onLock) }),
});

/** Whether a read must not be answered from the cache: O_DIRECT, or an fd that is not open for reading. */
export const bypassesCache = (fd: Fd, flags: number): boolean =>
  ((flags | fd.flags) & O_DIRECT) !== 0 || (fd.flags & O_ACCMODE) === O_WRONLY;

/**
 * Makes stat and fstat, whose replies validate cached data: after a client has seen that a file changed, it must not
 * read older data. (The kernel drops its pages then, and would cache the older data for long.)
 */
function makeStatFops<P extends InodeCache<K>, K extends InodeState>({
  hasData,
  validate,
}: DataHooks<P, K>): Fops<P> {
  /** Whether the cache has data of the inode. */
  const isCached = (xl: Xlator<P>, inode: Inode | null): inode is Inode => {
    const state = inode === null ? undefined : xl.priv.findState(inode);
    return state !== undefined && hasData(state);
  };
  /** Validates the data of the inode in `frame.local` by a reply, unless the reply may be outdated. */
  const validateByReply = (
    frame: Frame,
    clockAtWind: number,
    xl: Xlator<P>,
    opRet: number,
    buf: Iatt | null,
  ) => {
    const inode = frame.local as Inode;
    const state = xl.priv.findState(inode);
    if (opRet < 0 || state === undefined || !buf?.known) return;
    if (xl.priv.mayUseReply(state, clockAtWind)) validate(xl, state, buf, inode);
  };
  const stat: Fop<'stat', P> = (frame, xl, loc, xdata) => {
    const inode = findArgumentInode(xl, loc);
    if (!isCached(xl, inode)) return tail.stat(frame, xl.children[0]!, loc, xdata);
    frame.local = inode;
    wind.stat(frame, xl.priv.clock, statCbk, xl.children[0]!, loc, xdata);
  };
  const statCbk: Cbk<'stat', P> = (frame, clockAtWind, xl, opRet, opErrno, buf, xdata) => {
    validateByReply(frame, clockAtWind, xl, opRet, buf);
    unwind.stat(frame, opRet, opErrno, buf, xdata);
  };
  const fstat: Fop<'fstat', P> = (frame, xl, fd, xdata) => {
    if (!isCached(xl, fd.inode)) return tail.fstat(frame, xl.children[0]!, fd, xdata);
    frame.local = fd.inode;
    wind.fstat(frame, xl.priv.clock, fstatCbk, xl.children[0]!, fd, xdata);
  };
  const fstatCbk: Cbk<'fstat', P> = (frame, clockAtWind, xl, opRet, opErrno, buf, xdata) => {
    validateByReply(frame, clockAtWind, xl, opRet, buf);
    unwind.fstat(frame, opRet, opErrno, buf, xdata);
  };
  return { stat, fstat };
}

/** Makes an open that reports O_TRUNC as a change of the file; it passes every other open. */
export function makeTruncatingOpen<P extends InodeCache<K>, K extends InodeState>(
  onChange?: ChangeHooks<P, K>['onChange'],
): Fop<'open', P> {
  const cbk: Cbk<'open', P> = (frame, _cookie, xl, opRet, opErrno, fd, xdata) => {
    const { state, inode } = frame.local as PendingChange<K>;
    // Also after a failure, which does not prove that the file was not truncated.
    xl.priv.endChange(state);
    onChange?.(xl, frame.root.client, inode, true);
    unwind.open(frame, opRet, opErrno, fd, xdata);
  };
  return (frame, xl, loc, flags, fd, xdata) => {
    if ((flags & O_TRUNC) === 0) return tail.open(frame, xl.children[0]!, loc, flags, fd, xdata);
    frame.local = new PendingChange(xl.priv.beginChange(fd.inode), fd.inode);
    wind.open(frame, 0, cbk, xl.children[0]!, loc, flags, fd, xdata);
  };
}

/** Makes a create that reports O_TRUNC as a change: it may truncate a file that the cache knows by another name. */
function makeTruncatingCreate<P extends InodeCache<K>, K extends InodeState>(): Fop<'create', P> {
  const cbk: Cbk<'create', P> = (frame, _cookie, xl, opRet, opErrno, ...reply) => {
    const [, , buf] = reply;
    const tableInode = opRet < 0 || buf === null ? undefined : xl.inodes?.find(buf.iaGfid);
    if (tableInode !== undefined) xl.priv.endChange(xl.priv.beginChange(tableInode));
    unwind.create(frame, opRet, opErrno, ...reply);
  };
  return (frame, xl, loc, flags, mode, umask, fd, xdata) => {
    const child = xl.children[0]!;
    if ((flags & (O_TRUNC | O_EXCL)) !== O_TRUNC) {
      return tail.create(frame, child, loc, flags, mode, umask, fd, xdata);
    }
    wind.create(frame, 0, cbk, child, loc, flags, mode, umask, fd, xdata);
  };
}

/** Makes a lk that calls `onLock` at each reply. */
function makeLk<P>(onLock: (xl: Xlator<P>, inode: Inode) => void): Fop<'lk', P> {
  const cbk: Cbk<'lk', P> = (frame, _cookie, xl, opRet, opErrno, flock, xdata) => {
    onLock(xl, (frame.local as Fd).inode);
    unwind.lk(frame, opRet, opErrno, flock, xdata);
  };
  return (frame, xl, fd, cmd, flock, xdata) => {
    frame.local = fd;
    wind.lk(frame, 0, cbk, xl.children[0]!, fd, cmd, flock, xdata);
  };
}

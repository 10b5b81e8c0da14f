/** Fops that all data caches handle (io-cache, quick-read, read-ahead). */
import type { Fd } from '../../../core/fd.ts';
import type { Frame } from '../../../core/frame.ts';
import { tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { O_ACCMODE, O_DIRECT, O_EXCL, O_TRUNC, O_WRONLY } from '../../../core/open-flags.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../core/xlator.ts';
import { Change, type ChangeHooks, dataFops, fileChanges } from './changes.ts';
import { type InodeCache, type InodeState, inodeAt } from './inode-cache.ts';

interface DataHooks<P, K extends InodeState> {
  /** Whether the cache has data of the file. */
  readonly has: { has(state: K): boolean }['has'];
  /** Compares the cached data with the file's current attributes. */
  readonly check: { check(xl: Xlator<P>, state: K, buf: Iatt, inode: Inode): void }['check'];
  /** The client has locked the file, and must see what other clients have written. */
  readonly locked?: { locked(xl: Xlator<P>, inode: Inode): void }['locked'];
}

export const dataCacheFops = <P extends InodeCache<K>, K extends InodeState>(
  hooks: DataHooks<P, K>,
): Fops<P> => ({
  open: truncatingOpen<P, K>(),
  create: truncatingCreate<P, K>(),
  ...fileChanges<P, K>(dataFops),
  ...attributeReads(hooks),
  ...(hooks.locked && { lk: doubtingLk(hooks.locked) }),
});

/** Whether a read bypasses the cache: O_DIRECT, or an fd that cannot read. */
export const readsPast = (fd: Fd, flags: number): boolean =>
  ((flags | fd.flags) & O_DIRECT) !== 0 || (fd.flags & O_ACCMODE) === O_WRONLY;

/**
 * Validates data by the attributes in stat's replies: after a client has seen that the file changed, it
 * gets no older data. (The kernel drops its pages then, and would cache stale data for long.)
 */
function attributeReads<P extends InodeCache<K>, K extends InodeState>({
  has,
  check,
}: DataHooks<P, K>): Fops<P> {
  const isHere = (xl: Xlator<P>, inode: Inode | null): inode is Inode => {
    const state = inode === null ? undefined : xl.priv.state(inode);
    return state !== undefined && has(state);
  };
  const learn = (frame: Frame, asked: number, xl: Xlator<P>, opRet: number, buf: Iatt | null) => {
    const inode = frame.local as Inode;
    const state = xl.priv.state(inode);
    if (opRet < 0 || state === undefined || !buf?.known) return;
    if (xl.priv.mayLearn(state, asked)) check(xl, state, buf, inode);
  };
  const stat: Fop<'stat', P> = (frame, xl, loc, xdata) => {
    const inode = inodeAt(xl, loc);
    if (!isHere(xl, inode)) return tail.stat(frame, xl.children[0]!, loc, xdata);
    frame.local = inode;
    wind.stat(frame, xl.priv.clock, statCbk, xl.children[0]!, loc, xdata);
  };
  const statCbk: Cbk<'stat', P> = (frame, asked, xl, opRet, opErrno, buf, xdata) => {
    learn(frame, asked, xl, opRet, buf);
    unwind.stat(frame, opRet, opErrno, buf, xdata);
  };
  const fstat: Fop<'fstat', P> = (frame, xl, fd, xdata) => {
    if (!isHere(xl, fd.inode)) return tail.fstat(frame, xl.children[0]!, fd, xdata);
    frame.local = fd.inode;
    wind.fstat(frame, xl.priv.clock, fstatCbk, xl.children[0]!, fd, xdata);
  };
  const fstatCbk: Cbk<'fstat', P> = (frame, asked, xl, opRet, opErrno, buf, xdata) => {
    learn(frame, asked, xl, opRet, buf);
    unwind.fstat(frame, opRet, opErrno, buf, xdata);
  };
  return { stat, fstat };
}

/** Reports an open with O_TRUNC as a change; passes every other open. */
export function truncatingOpen<P extends InodeCache<K>, K extends InodeState>(
  changed?: ChangeHooks<P, K>['changed'],
): Fop<'open', P> {
  const cbk: Cbk<'open', P> = (frame, _asked, xl, opRet, opErrno, fd, xdata) => {
    const { state, inode } = frame.local as Change<K>;
    xl.priv.changed(state);
    changed?.(xl, frame.root.client, inode, true);
    unwind.open(frame, opRet, opErrno, fd, xdata);
  };
  return (frame, xl, loc, flags, fd, xdata) => {
    if ((flags & O_TRUNC) === 0) return tail.open(frame, xl.children[0]!, loc, flags, fd, xdata);
    frame.local = new Change(xl.priv.changes(fd.inode), fd.inode);
    wind.open(frame, 0, cbk, xl.children[0]!, loc, flags, fd, xdata);
  };
}

/** A create with O_TRUNC may truncate a file that the cache knows under another name. */
function truncatingCreate<P extends InodeCache<K>, K extends InodeState>(): Fop<'create', P> {
  const cbk: Cbk<'create', P> = (
    frame,
    _asked,
    xl,
    opRet,
    opErrno,
    fd,
    inode,
    buf,
    preparent,
    postparent,
    xdata,
  ) => {
    const known = opRet < 0 || buf === null ? undefined : xl.inodes?.find(buf.iaGfid);
    if (known !== undefined) xl.priv.changed(xl.priv.changes(known));
    unwind.create(frame, opRet, opErrno, fd, inode, buf, preparent, postparent, xdata);
  };
  return (frame, xl, loc, flags, mode, umask, fd, xdata) => {
    const child = xl.children[0]!;
    if ((flags & (O_TRUNC | O_EXCL)) !== O_TRUNC) {
      return tail.create(frame, child, loc, flags, mode, umask, fd, xdata);
    }
    wind.create(frame, 0, cbk, child, loc, flags, mode, umask, fd, xdata);
  };
}

function doubtingLk<P>(doubt: (xl: Xlator<P>, inode: Inode) => void): Fop<'lk', P> {
  const cbk: Cbk<'lk', P> = (frame, _cookie, xl, opRet, opErrno, flock, xdata) => {
    doubt(xl, (frame.local as Fd).inode);
    unwind.lk(frame, opRet, opErrno, flock, xdata);
  };
  return (frame, xl, fd, cmd, flock, xdata) => {
    frame.local = fd;
    wind.lk(frame, 0, cbk, xl.children[0]!, fd, cmd, flock, xdata);
  };
}

/** Implements the fops for locks of applications: lk, flush, lists of a file's locks, and their count in a lookup. */
import { Dict } from '../../../core/dict.ts';
import { EINTR, EINVAL } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { fail, tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import { F_GETLK, F_SETLK, F_SETLKW, F_UNLCK, F_WRLCK, type Flock } from '../../../core/lock.ts';
import type { Fd } from '../../../core/operands.ts';
import { FLOCK } from '../../../core/xdata.ts';
import type { Cbk, Fop, Xlator } from '../../../core/xlator.ts';
import { isAnonymous, makeFlock, makeOwner, makeRequestOwner, readSpan } from './flock.ts';
import type { Holder, InodeLocks } from './inode-locks.ts';
import { LockOutcome } from './lock-outcome.ts';
import { type LockType, overlaps, type Range, type Span } from './ranges.ts';
import type { RecordLocks } from './record-locks.ts';
import { formatRangeLock, logRequest, type OutcomeLogger } from './request-log.ts';
import type { VolumeLocks } from './volume-locks.ts';

/** Commands of lk by number; 12 to 14 are F_GETLK64, F_SETLK64 and F_SETLKW64, which 32-bit callers send. */
const COMMANDS: ReadonlyMap<number, number> = new Map([
  [F_GETLK, F_GETLK],
  [F_SETLK, F_SETLK],
  [F_SETLKW, F_SETLKW],
  [12, F_GETLK],
  [13, F_SETLK],
  [14, F_SETLKW],
]);

/** An lk request with its decoded arguments. */
interface LockRequest {
  readonly fd: Fd;
  readonly command: number;
  readonly flock: Flock;
  readonly span: Span;
  readonly inodeLocks: InodeLocks;
  readonly table: RecordLocks<Holder>;
  readonly logOutcome: OutcomeLogger;
}

/**
 * A key of a lookup's xdata: the reply has the number of the file's locks of applications, blocked ones
 * included. GlusterFS's rebalance only moves files with a count of 0, since their locks would not move.
 */
const POSIXLK_COUNT = 'glusterfs.posixlk-count';

const lookupCbk: Cbk<'lookup', VolumeLocks> = (
  frame,
  _,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
  postparent,
) => {
  if (opRet < 0 || buf === null) {
    return unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
  }
  const linkedInode = xl.inodes?.find(buf.iaGfid);
  const count = (linkedInode && xl.priv.find(linkedInode)?.applicationLockCount) ?? 0;
  const replyXdata = (xdata?.copy() ?? new Dict()).set(POSIXLK_COUNT, count);
  unwind.lookup(frame, opRet, opErrno, inode, buf, replyXdata, postparent);
};

/** Adds the number of locks to the reply, if the xdata requests it. */
export const lookup: Fop<'lookup', VolumeLocks> = (frame, xl, loc, xdata) => {
  const [child] = xl.children;
  if (xdata?.has(POSIXLK_COUNT)) wind.lookup(frame, 0, lookupCbk, child!, loc, xdata);
  else tail.lookup(frame, child!, loc, xdata);
};

/** Sets, releases or tests a record lock, or a flock(2) if the xdata has `FLOCK`. */
export const lk: Fop<'lk', VolumeLocks> = (frame, xl, fd, cmd, flock, xdata) => {
  const command = COMMANDS.get(cmd);
  const span = readSpan(flock);
  if (command === undefined || isAnonymous(frame.root.lkOwner)) return fail.lk(frame, EINVAL);
  if (typeof span === 'number') return fail.lk(frame, span);
  const inodeLocks = xl.priv.findOrMake(fd.inode);
  const isFlock = xdata?.number(FLOCK) === 1;
  const table = isFlock ? inodeLocks.flocks : inodeLocks.records;
  const family = isFlock ? 'FLOCK' : 'FCNTL';
  const logOutcome = logRequest(xl, frame, fd.inode, () => formatRangeLock(family, command, flock));
  const request = { fd, command, flock, span, inodeLocks, table, logOutcome };
  if (command === F_GETLK) getlk(frame, request);
  else if (flock.type === F_UNLCK) unlock(frame, xl, request);
  else setlk(frame, xl, request);
};

/** Finds a lock that conflicts. With F_UNLCK, searches the caller's own locks instead, as Linux 6.6 does. */
function getlk(frame: Frame, { flock, span, table, logOutcome }: LockRequest): void {
  const { active } = table;
  const range =
    flock.type === F_UNLCK
      ? active
          .findByOwner(makeRequestOwner(frame.root))
          .find((ownRange) => overlaps(ownRange, span))
      : active.findConflict(makeRange(frame, flock, span, null));
  logOutcome(0);
  const flockReply = range && makeFlock(range, range.holder.pid);
  unwind.lk(frame, 0, 0, flockReply ?? { ...flock, type: F_UNLCK }, null);
}

/** Releases the caller's locks of a range. */
function unlock(
  frame: Frame,
  xl: Xlator<VolumeLocks>,
  { flock, span, inodeLocks, table, logOutcome }: LockRequest,
) {
  table.unlock(makeRequestOwner(frame.root), span);
  xl.priv.updateHold(inodeLocks);
  logOutcome(0);
  unwind.lk(frame, 0, 0, flock, null);
}

/** Requests a lock, and replies once it is granted or refused. */
function setlk(frame: Frame, xl: Xlator<VolumeLocks>, request: LockRequest): void {
  const { fd, command, flock, span, inodeLocks, table, logOutcome } = request;
  const reply = (errno: number): void => {
    if (errno === 0) unwind.lk(frame, 0, 0, flock, null);
    else fail.lk(frame, errno);
  };
  // Only translators with a context on the fd get its `release`.
  fd.ctxSet(xl, true);
  const outcome = new LockOutcome(xl, frame, inodeLocks, logOutcome, {
    pid: flock.pid,
    fd: fd.id,
    reply,
  });
  const range = makeRange(frame, flock, span, outcome.holder);
  const waiter = table.lock(range, command === F_SETLKW, outcome.settle);
  if (waiter !== null) outcome.waitUntilSettled(inodeLocks, (errno) => waiter.cancel(errno));
}

/** Makes the range that a request locks. @param holder null for a test (F_GETLK) */
function makeRange<N>(frame: Frame, flock: Flock, span: Span, holder: N): Range<N> {
  return { ...span, owner: makeRequestOwner(frame.root), type: flock.type as LockType, holder };
}

/**
 * The key by which a GlusterFS client cancels a lock request: a signal has interrupted the waiting
 * program. Only the request of the same descriptor and range ends.
 */
const INTERRUPT_KEY = /^glusterfs\.intrlk\.tposix\.kblocked\.(-?\d+),(-?\d+)-(-?\d+)$/;

/** Cancels a waiting request by `INTERRUPT_KEY`; any other fgetxattr passes. */
export const fgetxattr: Fop<'fgetxattr', VolumeLocks> = (frame, xl, fd, name, xdata) => {
  const match = INTERRUPT_KEY.exec(name ?? '');
  if (match === null) return tail.fgetxattr(frame, xl.children[0]!, fd, name, xdata);
  const [whence, start, len] = match.slice(1).map(Number) as [number, number, number];
  const span = readSpan({ type: F_WRLCK, whence, start, len, pid: 0, owner: '' });
  if (typeof span === 'number') return fail.fgetxattr(frame, span);
  const { client } = frame.root;
  const count = xl.priv.find(fd.inode)?.cancelWaiting(client, fd.id, span, EINTR) ?? 0;
  const dict = new Dict();
  dict.set(name!, `${xl.name}: posix blocked locks=${count} granted locks=0`);
  unwind.fgetxattr(frame, 0, 0, dict, null);
};

/** Removes an owner's record locks: POSIX drops all of them when it closes any descriptor of the file. */
export const flush: Fop<'flush', VolumeLocks> = (frame, xl, fd, xdata) => {
  const inodeLocks = xl.priv.find(fd.inode);
  if (inodeLocks !== undefined) {
    const { lkOwner } = frame.root;
    // After a disconnect, GlusterFS's server flushes without an lk-owner: then all locks of this fd are removed.
    if (isAnonymous(lkOwner)) inodeLocks.records.remove(({ holder }) => holder.fd === fd.id);
    else {
      const closingOwner = makeRequestOwner(frame.root);
      inodeLocks.records.remove(({ owner }) => owner === closingOwner);
    }
    xl.priv.updateHold(inodeLocks);
  }
  tail.flush(frame, xl.children[0]!, fd, xdata);
};

/** Lists the record locks of a file, for GlusterFS's rebalance. */
export const getactivelk: Fop<'getactivelk', VolumeLocks> = (frame, xl, loc) => {
  const { inode } = loc;
  if (inode === null) return fail.getactivelk(frame, EINVAL);
  const active = xl.priv.find(inode)?.records.active ?? [];
  const list = [...active].map((range) => makeFlock(range, range.holder.pid));
  unwind.getactivelk(frame, list.length, 0, list, null);
};

/**
 * Sets the record locks of a file that rebalance has moved to this brick. Fails with EINVAL if the file has locks
 * already, or if a lock has no owner.
 */
export const setactivelk: Fop<'setactivelk', VolumeLocks> = (frame, xl, { inode }, locklist) => {
  const spans = locklist.map((flock) => readSpan(flock));
  const areOwnersKnown = locklist.length > 0 && locklist.every(({ owner }) => !isAnonymous(owner));
  if (inode === null || !areOwnersKnown || spans.some((span) => typeof span === 'number')) {
    return fail.setactivelk(frame, EINVAL);
  }
  const inodeLocks = xl.priv.findOrMake(inode);
  if (!inodeLocks.records.isEmpty) return fail.setactivelk(frame, EINVAL);
  const { client } = frame.root;
  client?.ctxSet(xl, true);
  const grantedAt = xl.context.sink.now();
  for (const [index, { owner: lkOwner, type, pid }] of locklist.entries()) {
    const holder = { client, pid, fd: 0, blockedAt: null, grantedAt };
    const owner = makeOwner(client, lkOwner);
    inodeLocks.records.active.lock({
      ...(spans[index] as Span),
      owner,
      type: type as LockType,
      holder,
    });
  }
  xl.priv.updateHold(inodeLocks);
  unwind.setactivelk(frame, 0, 0, null);
};

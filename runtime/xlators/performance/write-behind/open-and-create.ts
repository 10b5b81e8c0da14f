/**
 * Handles the fops open and create of performance/write-behind.
 *
 * A create may open an existing file that another client has created. Which file it is, only the reply tells, and
 * writes to it may be under way here. The storage has then read its size, or truncated it (O_TRUNC), without these
 * writes. So the create's reply waits for them; then the file is truncated, or its size requested, once more. Without
 * such writes a create costs nothing extra.
 */
import type { Dict } from '../../../core/dict.ts';
import type { Frame } from '../../../core/frame.ts';
import {
  type AnyFop,
  collectCbk,
  fail,
  tail,
  tailArgs,
  unwindArgs,
  wind,
  windArgs,
} from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { O_ACCMODE, O_EXCL, O_RDONLY, O_TRUNC } from '../../../core/open-flags.ts';
import { type Fd, Loc } from '../../../core/operands.ts';
import { CAPABILITY } from '../../../core/xdata.ts';
import type { Cbk, Fop } from '../../../core/xlator.ts';
import { findArgumentInode } from '../shared/inode-cache.ts';
import type { WriteWaiter } from './write.ts';
import {
  WaitingChange,
  WaitingFop,
  type WriteBehind,
  type WriteBehindXlator,
  windAfterWrites,
} from './write-behind.ts';
import type { WriteQueue } from './write-queue.ts';

/**
 * Makes the fops getxattr and fgetxattr of performance/write-behind. A write removes a program's capabilities. So if a
 * reply shows capabilities while writes that were answered early are under way, the request is wound again after them.
 * A reply without capabilities is passed at once, because the kernel sends this request before each write. The cookie of
 * its wind is the volume's `endedWriteCount`.
 */
export function makeGetxattrFop(name: 'getxattr' | 'fgetxattr'): AnyFop {
  const cbk = collectCbk[name]((frame, endedCountAtWind, _xl, opRet, opErrno, values) => {
    const waiter = frame.local as WaitingFop;
    const queue = waiter.queue!;
    // A write that is under way, or has ended since the wind, may have removed the capability.
    const hasCapability = opRet >= 0 && (values[0] as Dict | null)?.has(CAPABILITY);
    if (hasCapability && (!queue.isIdle || queue.endedCountAtLastEnd > endedCountAtWind))
      queue.runAfterWrites(waiter);
    else unwindArgs[name](frame, opRet, opErrno, values);
  });
  return (frame, untypedXl, args) => {
    const xl = untypedXl as WriteBehindXlator;
    const xattr = args[1] as string | null;
    const requestsCapability = xattr === null || xattr === CAPABILITY;
    const inode = requestsCapability ? findArgumentInode(xl, args[0] as Loc | Fd) : null;
    const queue = inode === null ? undefined : xl.priv.findQueue(inode);
    if (queue === undefined || queue.isIdle) return tailArgs[name](frame, xl.children[0]!, args);
    frame.local = new WaitingFop(frame, xl, name, args, queue);
    windArgs[name](frame, xl.priv.endedWriteCount, cbk as never, xl.children[0]!, args as never);
  };
}

/** Winds an open after all writes under way to the file; the new fd reports only later failures of writes. */
export const open: Fop<'open', WriteBehind> = (frame, xl, loc, flags, fd, xdata) => {
  const queue = xl.priv.findQueue(fd.inode);
  queue?.noteOpen(fd);
  if ((flags & O_TRUNC) === 0 && (queue === undefined || queue.isIdle)) {
    return tail.open(frame, xl.children[0]!, loc, flags, fd, xdata);
  }
  windAfterWrites(frame, xl, 'open', queue, [loc, flags, fd, xdata]);
};

/** The index of the file's attributes in the values of a create's reply. */
const BUF_INDEX = 2;

/** A create under way. If it has found a file with writes under way, the `WriteQueue` calls `run` after them. */
class PendingCreate implements WriteWaiter {
  blockerCount = 0;
  readonly fd: Fd;
  /** The existing file that the create has found, if writes to it were under way, and the values of its reply. */
  existing!: { readonly inode: Inode; readonly queue: WriteQueue; readonly values: unknown[] };
  private readonly frame: Frame;
  private readonly xl: WriteBehindXlator;
  private readonly flags: number;

  constructor(frame: Frame, xl: WriteBehindXlator, fd: Fd, flags: number) {
    this.frame = frame;
    this.xl = xl;
    this.fd = fd;
    this.flags = flags;
  }

  /** Truncates the file, or requests its attributes; the callback unwinds the create. */
  run(): void {
    const { frame, xl, fd, existing, flags } = this;
    const child = xl.children[0]!;
    if ((flags & O_TRUNC) === 0) wind.fstat(frame, 0, statCbk, child, fd, null);
    else if ((flags & O_ACCMODE) !== O_RDONLY)
      wind.ftruncate(frame, 0, truncateCbk, child, fd, 0, null);
    else wind.truncate(frame, 0, truncateCbk, child, new Loc(existing.inode), 0, null);
  }
}

/** Winds a create; the callback decides whether its reply must wait. */
export const create: Fop<'create', WriteBehind> = (
  frame,
  xl,
  loc,
  flags,
  mode,
  umask,
  fd,
  xdata,
) => {
  const { priv } = xl;
  const child = xl.children[0]!;
  // The file has no earlier writes: it is new (O_EXCL), or no write to any file is under way or has failed.
  if ((flags & O_EXCL) !== 0 || (priv.usedBytes === 0 && !priv.hasFailed)) {
    if ((flags & (O_EXCL | O_TRUNC)) !== O_TRUNC)
      return tail.create(frame, child, loc, flags, mode, umask, fd, xdata);
    return new WaitingChange(frame, xl, 'create', [loc, flags, mode, umask, fd, xdata]).run();
  }
  frame.local = new PendingCreate(frame, xl, fd, flags);
  priv.changeCount += 1;
  wind.create(frame, priv.endedWriteCount, createCbk, child, loc, flags, mode, umask, fd, xdata);
};

const createCbk = collectCbk.create(
  (frame, endedCountAtWind, untypedXl, opRet, opErrno, values) => {
    const xl = untypedXl as WriteBehindXlator;
    xl.priv.changeCount -= 1;
    const buf = values[BUF_INDEX] as Iatt | null;
    const inode = opRet < 0 || buf === null ? undefined : xl.inodes?.find(buf.iaGfid);
    const queue = inode === undefined ? undefined : xl.priv.findQueue(inode);
    const pendingCreate = frame.local as PendingCreate;
    // Writes to the file are under way, or have ended while the create was.
    if (queue !== undefined && (!queue.isIdle || queue.endedCountAtLastEnd > endedCountAtWind)) {
      pendingCreate.existing = { inode: inode!, queue, values };
      return queue.runAfterWrites(pendingCreate);
    }
    // The new fd does not report earlier failures.
    queue?.skipEarlierErrors(pendingCreate.fd);
    unwindArgs.create(frame, opRet, opErrno, values);
  },
);

const truncateCbk: Cbk<'ftruncate', WriteBehind> = (frame, _cookie, _xl, ...[ret, errno, , buf]) =>
  unwindCreate(frame, ret, errno, buf);

const statCbk: Cbk<'fstat', WriteBehind> = (frame, _cookie, _xl, opRet, opErrno, buf) =>
  unwindCreate(frame, opRet, opErrno, buf);

/** Answers the create with the file's attributes after all earlier writes. */
function unwindCreate(frame: Frame, opRet: number, opErrno: number, current: Iatt | null): void {
  if (opRet < 0) {
    fail.create(frame, opErrno);
    return;
  }
  const { fd, existing } = frame.local as PendingCreate;
  existing.queue.skipEarlierErrors(fd);
  if (current !== null) existing.values[BUF_INDEX] = current;
  unwindArgs.create(frame, 0, 0, existing.values);
}

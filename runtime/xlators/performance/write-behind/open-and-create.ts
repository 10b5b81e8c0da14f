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
  unwind,
  unwindArgs,
  wind,
  windArgs,
} from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { O_ACCMODE, O_EXCL, O_RDONLY, O_TRUNC } from '../../../core/open-flags.ts';
import { type Fd, Loc } from '../../../core/operands.ts';
import type { Cbk, Fop } from '../../../core/xlator.ts';
import { findArgumentInode } from '../shared/inode-cache.ts';
import type { WriteWaiter } from './write.ts';
import {
  WaitingFop,
  type WriteBehind,
  type WriteBehindXlator,
  windAfterWrites,
} from './write-behind.ts';
import type { WriteQueue } from './write-queue.ts';

/**
 * Makes the fops getxattr and fgetxattr of performance/write-behind. A write removes a program's capabilities. So if a
 * reply shows capabilities while writes that were answered early are under way, the request is wound again after them.
 * A reply without capabilities is passed at once, because the kernel sends this request before each write.
 */
const CAPABILITY = 'security.capability';

/** A getxattr or fgetxattr that may have to wait for the writes of its file. */
class WaitingGetxattr extends WaitingFop {
  readonly queue: WriteQueue;

  constructor(
    frame: Frame,
    xl: WriteBehindXlator,
    name: 'getxattr' | 'fgetxattr',
    args: readonly unknown[],
    queue: WriteQueue,
  ) {
    super(frame, xl, name, args);
    this.queue = queue;
  }
}

/** Makes the fop getxattr or fgetxattr. The cookie of its wind is the volume's `endedWriteCount`. */
export function makeGetxattrFop(name: 'getxattr' | 'fgetxattr'): AnyFop {
  const cbk = collectCbk[name]((frame, endedCountAtWind, _xl, opRet, opErrno, values) => {
    const waiter = frame.local as WaitingGetxattr;
    const { queue } = waiter;
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
    frame.local = new WaitingGetxattr(frame, xl, name, args, queue);
    windArgs[name](frame, xl.priv.endedWriteCount, cbk as never, xl.children[0]!, args as never);
  };
}

/** Winds an open after all writes under way to the file; the new fd reports only later failures of writes. */
export const open: Fop<'open', WriteBehind> = (frame, xl, loc, flags, fd, xdata) => {
  const queue = xl.priv.findQueue(fd.inode);
  queue?.noteOpen(fd);
  if (queue === undefined || queue.isIdle) {
    return tail.open(frame, xl.children[0]!, loc, flags, fd, xdata);
  }
  windAfterWrites(frame, xl, 'open', queue, [loc, flags, fd, xdata]);
};

/** The storage's reply to a create, which is unwound after the file's writes. */
interface CreateReply {
  readonly opRet: number;
  readonly inode: Inode | null;
  readonly buf: Iatt;
  readonly preparent: Iatt | null;
  readonly postparent: Iatt | null;
  readonly xdata: Dict | null;
}

/** A create under way. If it has found a file with writes under way, the `WriteQueue` calls `run` after them. */
class PendingCreate implements WriteWaiter {
  blockerCount = 0;
  readonly fd: Fd;
  /** The existing file that the create has found, if writes to it were under way; set by the reply. */
  existing!: { readonly inode: Inode; readonly queue: WriteQueue; readonly reply: CreateReply };
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
    return tail.create(frame, child, loc, flags, mode, umask, fd, xdata);
  }
  frame.local = new PendingCreate(frame, xl, fd, flags);
  wind.create(frame, priv.endedWriteCount, createCbk, child, loc, flags, mode, umask, fd, xdata);
};

const createCbk: Cbk<'create', WriteBehind> = (
  frame,
  endedCountAtWind,
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
  const existingInode = opRet < 0 || buf === null ? undefined : xl.inodes?.find(buf.iaGfid);
  const queue = existingInode === undefined ? undefined : xl.priv.findQueue(existingInode);
  const pendingCreate = frame.local as PendingCreate;
  // Writes to the file are under way, or have ended while the create was.
  if (queue !== undefined && (!queue.isIdle || queue.endedCountAtLastEnd > endedCountAtWind)) {
    const reply = { opRet, inode, buf: buf!, preparent, postparent, xdata };
    pendingCreate.existing = { inode: existingInode!, queue, reply };
    return queue.runAfterWrites(pendingCreate);
  }
  // The new fd does not report earlier failures.
  queue?.skipEarlierErrors(pendingCreate.fd);
  unwind.create(frame, opRet, opErrno, fd, inode, buf, preparent, postparent, xdata);
};

const truncateCbk: Cbk<'ftruncate', WriteBehind> = (
  frame,
  _cookie,
  _xl,
  opRet,
  opErrno,
  _prebuf,
  postbuf,
) => unwindCreate(frame, opRet, opErrno, postbuf);

const statCbk: Cbk<'fstat', WriteBehind> = (frame, _cookie, _xl, opRet, opErrno, buf) =>
  unwindCreate(frame, opRet, opErrno, buf);

/** Answers the create with the file's attributes after all earlier writes. */
function unwindCreate(frame: Frame, opRet: number, opErrno: number, current: Iatt | null): void {
  if (opRet < 0) {
    fail.create(frame, opErrno);
    return;
  }
  const { fd, existing } = frame.local as PendingCreate;
  const { opRet: createRet, inode, buf, preparent, postparent, xdata } = existing.reply;
  existing.queue.skipEarlierErrors(fd);
  unwind.create(frame, createRet, 0, fd, inode, current ?? buf, preparent, postparent, xdata);
}

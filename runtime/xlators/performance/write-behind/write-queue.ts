/**
 * Orders, joins and delays the writes of one file.
 *
 * Each write waits for earlier writes that it overlaps; any other fop waits for earlier writes whose result
 * it may see. A write is sent once a fop waits for it; until then the queue may hold it back so that more data
 * joins it (`Write.isHeld`). If a write fails after it was answered, each fd open at that time reports it once:
 * `errors` counts these failures, and an fd's context has the count that it has reported (Linux's errseq_t).
 */
import { EIO } from '../../../core/errno.ts';
import { type Fd, newestFdId } from '../../../core/fd.ts';
import { requestAs } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Cbk, Xlator } from '../../../core/xlator.ts';
import type { OptionValues } from './options.ts';
import type { Write, WriteWaiter } from './write.ts';

/** A write that waits for room in the window. */
export interface DelayedWrite {
  readonly length: number;
  start(): void;
}

/** The part of the volume that a queue uses. */
interface QueueVolume {
  readonly xl: Xlator<QueueVolume>;
  readonly values: OptionValues;
  clock: number;
  sent: number;
  used: number;
  findOrAddQueue(inode: Inode): WriteQueue;
  holdBack(queue: WriteQueue): void;
  noteFailure(write: Write): void;
}

export class WriteQueue {
  /** Number of failed writes that were answered early, and the errno of the last. */
  errors = 0;
  errno = 0;
  /** The newest fd of any file at the last failure. */
  private newestFdAtFailure = 0;
  /** Number of open fds that have reported all failures, or were opened since. */
  private reportedFds = 0;
  /** Bytes of writes that were answered early or are under way. */
  used = 0;
  private sent = 0;
  private readonly writes = new Set<Write>();
  private joinableWrite: Write | null = null;
  /** The fd of the newest write, and the offset of its end. */
  private newestFd: Fd | null = null;
  private newestEnd = 0;
  private delayed: DelayedWrite[] = [];
  private isStarting = false;
  /** The volume's clock when a write of this file last ended. */
  lastEnd = 0;
  private readonly volume: QueueVolume;

  constructor(volume: QueueVolume) {
    this.volume = volume;
  }

  get isIdle(): boolean {
    return this.writes.size === 0;
  }

  /** The write that later writes may join; null if there is no such write. */
  get joinable(): Write | null {
    return this.joinableWrite;
  }

  get hasDelayed(): boolean {
    return this.delayed.length > 0;
  }

  /** Adds a write; earlier writes that overlap it block it. */
  add(write: Write): void {
    const { values } = this.volume;
    this.volume.used += write.cost;
    this.used += write.cost;
    write.isSequential =
      write.fd === this.newestFd && (write.isAppend || write.offset === this.newestEnd);
    this.noteEnd(write);
    write.blockers = 1;
    for (const other of this.writes) {
      const conflicts =
        values['strict-write-ordering'] || (other.start < write.end && write.start < other.end);
      if (conflicts) this.block(write, other);
    }
    this.writes.add(write);
    const before = this.joinableWrite;
    this.joinableWrite = write;
    write.fd.hold();
    if (before !== null) this.release(before);
    this.unblock(write);
    this.sendIfDue();
  }

  /** Whether the last write may grow by `length` bytes without overlapping another write. */
  mayGrow(length: number): boolean {
    const { joinableWrite: last } = this;
    if (last === null || last.isAppend) return last !== null;
    for (const other of this.writes) {
      if (other !== last && other.start < last.end + length && last.end < other.end) return false;
    }
    return true;
  }

  /** Accounts for data that has joined the last write. */
  accountJoined(cost: number): void {
    this.joinableWrite!.cost += cost;
    this.joinableWrite!.isSequential = true;
    this.noteEnd(this.joinableWrite!);
    this.used += cost;
    this.volume.used += cost;
    this.sendIfDue();
  }

  /** Calls `waiter.run` after all writes so far that overlap [start, end). */
  runAfterWrites(waiter: WriteWaiter, start = 0, end = Number.POSITIVE_INFINITY): void {
    waiter.blockers += 1;
    // A write that is sent may end at once and leave the set.
    for (const write of this.writes) {
      if (write.start < end && start < write.end) this.block(waiter, write);
    }
    this.unblock(waiter);
  }

  /** Whether a write to [start, end) is under way. */
  isBusy(start = 0, end = Number.POSITIVE_INFINITY): boolean {
    for (const write of this.writes) if (write.start < end && start < write.end) return true;
    return false;
  }

  /** Lets a write wait for room. */
  delay(delayed: DelayedWrite): void {
    this.delayed.push(delayed);
    if (this.joinableWrite !== null) this.release(this.joinableWrite);
  }

  /** Sends the write that is held back. */
  releaseJoinable(): void {
    if (this.joinableWrite !== null) this.release(this.joinableWrite);
  }

  /** Returns the errno that an fd has not reported yet, or 0, and marks it as reported. */
  takeError({ origin: fd }: Fd): number {
    if (this.errors === 0) return 0;
    const reportedErrors = (fd.ctxGet(this.volume.xl) as number | undefined) ?? 0;
    if (reportedErrors === this.errors) return 0;
    this.skipEarlierErrors(fd);
    return this.errno;
  }

  /** Marks all failures so far as reported by an fd. */
  skipEarlierErrors(fd: Fd): void {
    if (this.errors === 0) return;
    fd.ctxSet(this.volume.xl, this.errors);
    this.reportedFds += 1;
  }

  /**
   * Makes a new fd report only later failures. With open-behind above, the program may have opened its
   * fd before the last failure, and must get that error.
   */
  noteOpen(fd: Fd): void {
    if (fd.id > this.newestFdAtFailure) this.skipEarlierErrors(fd);
  }

  /** Ends an fd that has reported `reportedErrors` failures. */
  noteClose(reportedErrors: number): void {
    if (reportedErrors === this.errors) this.reportedFds -= 1;
  }

  /** Whether an open fd has still to report a failure. */
  hasUnreportedError({ fdCount }: Inode): boolean {
    return this.errors > 0 && this.reportedFds < fdCount;
  }

  private block(waiter: WriteWaiter, write: Write): void {
    if (write.hasEnded) return;
    waiter.blockers += 1;
    write.waiters.push(waiter);
    this.release(write);
  }

  private unblock(waiter: WriteWaiter): void {
    waiter.blockers -= 1;
    if (waiter.blockers === 0) waiter.run();
  }

  /** Stops holding a write back, and sends it unless another blocks it. */
  private release(write: Write): void {
    if (this.joinableWrite === write) this.joinableWrite = null;
    if (!write.isHeld) return;
    write.isHeld = false;
    if (write.blockers === 0) this.send(write);
  }

  private noteEnd(write: Write): void {
    this.newestFd = write.fd;
    this.newestEnd = write.offset + write.length;
  }

  /**
   * Sends the held write if it is full, or if no other is under way. A sequential write is held for a
   * time: otherwise a fast storage would get each small write separately.
   */
  private sendIfDue(): void {
    const { joinableWrite: last } = this;
    if (last === null) return;
    const { values } = this.volume;
    const hasDelayed = last.length >= values['aggregate-size'];
    const mayTrickle = values['trickling-writes'] && this.sent === 0 && !last.isSequential;
    if (hasDelayed || mayTrickle) this.release(last);
    else this.volume.holdBack(this);
  }

  send(write: Write): void {
    if (!write.isSent) this.sent += 1;
    write.isSent = true;
    this.volume.sent += 1;
    const { xl } = this.volume;
    const frame = xl.begin(requestAs(write.caller, 'WRITE'));
    frame.local = write;
    const { fd, remaining: rest, remainingOffset: at, flags, xdata } = write;
    wind.writev(frame, 0, sentCbk, xl.children[0]!, fd, rest, at, flags, xdata);
  }

  /** Handles the child's reply: sends the rest of a short write, or ends it. */
  handleReply(
    write: Write,
    opRet: number,
    opErrno: number,
    pre: Iatt | null,
    post: Iatt | null,
  ): void {
    if (opRet > 0) write.written += opRet;
    if (opRet > 0 && write.written < write.length) {
      this.send(write);
      return;
    }
    if (opRet <= 0) write.errno = opRet < 0 && opErrno > 0 ? opErrno : EIO;
    write.prebuf = pre;
    write.postbuf = post;
    this.endWrite(write);
  }

  private endWrite(write: Write): void {
    const { volume: sharedVolume } = this;
    write.hasEnded = true;
    this.writes.delete(write);
    if (this.joinableWrite === write) this.joinableWrite = null;
    this.sent -= 1;
    this.used -= write.cost;
    sharedVolume.used -= write.cost;
    sharedVolume.clock += 1;
    this.lastEnd = sharedVolume.clock;
    if (write.errno !== 0 && write.isAnsweredEarly) {
      this.errors += 1;
      this.errno = write.errno;
      this.newestFdAtFailure = newestFdId();
      this.reportedFds = 0;
      sharedVolume.noteFailure(write);
    }
    for (const waiter of write.waiters.splice(0)) this.unblock(waiter);
    write.fd.drop();
    this.startDelayed();
    this.sendIfDue();
  }

  /** Accepts delayed writes as long as there is room. */
  private startDelayed(): void {
    if (this.isStarting) return;
    this.isStarting = true;
    const maxBytes = this.volume.values['cache-size'];
    while (
      this.delayed.length > 0 &&
      (this.used === 0 || this.used + this.delayed[0]!.length <= maxBytes)
    ) {
      this.delayed.shift()!.start();
    }
    this.isStarting = false;
  }
}

const sentCbk: Cbk<'writev', QueueVolume> = (
  frame,
  _cookie,
  xl,
  opRet,
  opErrno,
  prebuf,
  postbuf,
) => {
  const write = frame.local as Write;
  xl.end(frame.root);
  xl.priv.findOrAddQueue(write.fd.inode).handleReply(write, opRet, opErrno, prebuf, postbuf);
};

/**
 * Orders, joins and delays the writes of one file.
 *
 * A write waits for earlier writes that it overlaps; any other fop waits for earlier writes whose result it may see.
 * The queue may hold a write back so that more data joins it (`Write.isHeld`), until a fop waits for it. After a failed
 * write that was answered early, each fd open at that time reports the error once. `failureCount` counts such failures;
 * each fd's context has the count that it has reported (as Linux's errseq_t).
 */
import { EIO } from '../../../core/errno.ts';
import { makeRequestAs } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { type Fd, readNewestFdId } from '../../../core/operands.ts';
import type { Cbk, Xlator } from '../../../core/xlator.ts';
import type { OptionValues } from './options.ts';
import type { Write, WriteWaiter } from './write.ts';

/** A write that is not answered yet, because the file's pending writes have reached option cache-size. */
export interface DelayedWrite {
  /** Bytes that it counts against the limits of the file and the volume. */
  readonly costBytes: number;
  /** Adds the write to the queue, and answers it. */
  start(): void;
}

/** The part of the volume's state (`write-behind.ts`) that a queue uses. */
interface QueueVolume {
  readonly xl: Xlator<QueueVolume>;
  readonly values: OptionValues;
  /** Number of writes of all files that have ended. */
  endedWriteCount: number;
  /** Number of writes sent below. */
  sentCount: number;
  /** Number of requests under way below that change a file in another way. */
  readonly changeCount: number;
  /** Bytes of all pending writes. */
  usedBytes: number;
  findOrAddQueue(inode: Inode): WriteQueue;
  holdBack(queue: WriteQueue): void;
  noteFailure(write: Write): void;
}

/** The pending writes of one file; the context of its inode. */
export class WriteQueue {
  /** Number of failed writes that were answered early. */
  failureCount = 0;
  /** The errno of the last of these writes. */
  lastErrno = 0;
  /** The id of the newest fd of any file at the last failure: fds with larger ids were opened later. */
  private newestFdIdAtFailure = 0;
  /** Number of open fds that have reported all failures, or were opened since. */
  private reportedFdCount = 0;
  /** Bytes of writes that were answered early or are under way. */
  usedBytes = 0;
  /** Number of writes under way below. */
  private underWayCount = 0;
  /** The write under way, if nothing else that may change the file has been under way at the same time; else null. */
  private loneWrite: Write | null = null;
  /** While the waiters of a lone write run: the attributes of its reply, which show all earlier changes; else null. */
  settledAttributes: Iatt | null = null;
  /** All pending writes, the oldest first. */
  private readonly writes = new Set<Write>();
  /** The write that later writes may join. */
  private joinableWrite: Write | null = null;
  /** The fd of the newest write. */
  private newestFd: Fd | null = null;
  /** The offset after the newest write. */
  private newestEnd = 0;
  /** The delayed writes, the oldest first. */
  private delayedWrites: DelayedWrite[] = [];
  /** Whether `startDelayed` is running, which must not call itself. */
  private isStarting = false;
  /** The volume's `endedWriteCount` when a write of this file last ended. */
  endedCountAtLastEnd = 0;
  private readonly volume: QueueVolume;

  constructor(volume: QueueVolume) {
    this.volume = volume;
  }

  /** Whether no write of the file is pending. */
  get isIdle(): boolean {
    return this.writes.size === 0;
  }

  /** The write that later writes may join; null if there is no such write. */
  get joinable(): Write | null {
    return this.joinableWrite;
  }

  get hasDelayedWrites(): boolean {
    return this.delayedWrites.length > 0;
  }

  /** Adds a write, which waits for earlier writes that it overlaps. */
  add(write: Write): void {
    const { values } = this.volume;
    this.volume.usedBytes += write.costBytes;
    this.usedBytes += write.costBytes;
    write.isSequential =
      write.fd === this.newestFd && (write.isAppend || write.offset === this.newestEnd);
    this.recordNewestEnd(write);
    // Blocks the write until all its blockers are counted.
    write.blockerCount = 1;
    for (const other of this.writes) {
      const isConflict =
        values['strict-write-ordering'] || (other.start < write.end && write.start < other.end);
      if (isConflict) this.block(write, other);
    }
    this.writes.add(write);
    const predecessor = this.joinableWrite;
    this.joinableWrite = write;
    write.fd.hold();
    if (predecessor !== null) this.release(predecessor);
    this.unblock(write);
    this.sendIfDue();
  }

  /** Whether the joinable write may grow by `length` bytes without overlapping another write. */
  mayGrow(length: number): boolean {
    const { joinable } = this;
    if (joinable === null || joinable.isAppend) return joinable !== null;
    const end = joinable.end + length;
    for (const other of this.writes) {
      if (other !== joinable && other.start < end && joinable.end < other.end) return false;
    }
    return true;
  }

  /** Counts `costBytes` that have joined the joinable write. */
  countJoinedBytes(costBytes: number): void {
    this.joinableWrite!.costBytes += costBytes;
    this.joinableWrite!.isSequential = true;
    this.recordNewestEnd(this.joinableWrite!);
    this.usedBytes += costBytes;
    this.volume.usedBytes += costBytes;
    this.sendIfDue();
  }

  /** Calls `waiter.run` after all writes so far that overlap [start, end). */
  runAfterWrites(waiter: WriteWaiter, start = 0, end = Number.POSITIVE_INFINITY): void {
    waiter.blockerCount += 1;
    // `block` may send a write, which may end at once and leave the set; a Set's iterator allows that.
    for (const write of this.writes) {
      if (write.start < end && start < write.end) this.block(waiter, write);
    }
    this.unblock(waiter);
  }

  /** Whether a write that overlaps [start, end) is pending. */
  hasOverlappingWrite(start = 0, end = Number.POSITIVE_INFINITY): boolean {
    for (const write of this.writes) if (write.start < end && start < write.end) return true;
    return false;
  }

  /** Delays a write until there is room, and sends the joinable write to make room. */
  delay(delayedWrite: DelayedWrite): void {
    this.delayedWrites.push(delayedWrite);
    if (this.joinableWrite !== null) this.release(this.joinableWrite);
  }

  /** Sends the write that is held back, if any. */
  releaseJoinable(): void {
    if (this.joinableWrite !== null) this.release(this.joinableWrite);
  }

  /**
   * Returns the errno of the last failure if an fd has not reported it yet, and marks it as reported; otherwise 0. A
   * stand-in fd counts as its original.
   */
  takeUnreportedErrno({ origin: fd }: Fd): number {
    if (this.failureCount === 0) return 0;
    const reportedCount = (fd.ctxGet(this.volume.xl) as number | undefined) ?? 0;
    if (reportedCount === this.failureCount) return 0;
    this.skipEarlierErrors(fd);
    return this.lastErrno;
  }

  /** Marks all failures so far as reported by an fd. */
  skipEarlierErrors(fd: Fd): void {
    if (this.failureCount === 0) return;
    fd.ctxSet(this.volume.xl, this.failureCount);
    this.reportedFdCount += 1;
  }

  /**
   * Makes a new fd report only later failures. With open-behind above, the program may have opened its
   * fd before the last failure, and must get that error.
   */
  noteOpen(fd: Fd): void {
    if (fd.id > this.newestFdIdAtFailure) this.skipEarlierErrors(fd);
  }

  /** Records the close of an fd that has reported `reportedCount` failures. */
  noteClose(reportedCount: number): void {
    if (reportedCount === this.failureCount) this.reportedFdCount -= 1;
  }

  /** Whether an open fd has not yet reported a failure. */
  hasUnreportedError({ fdCount }: Inode): boolean {
    return this.failureCount > 0 && this.reportedFdCount < fdCount;
  }

  /** Makes `waiter` wait for a write, which is then held back no longer. */
  private block(waiter: WriteWaiter, write: Write): void {
    if (write.hasEnded) return;
    waiter.blockerCount += 1;
    write.waiters.push(waiter);
    this.release(write);
  }

  /** Counts the end of one of the writes that `waiter` waits for; runs it after the last. */
  private unblock(waiter: WriteWaiter): void {
    waiter.blockerCount -= 1;
    if (waiter.blockerCount === 0) waiter.run();
  }

  /** Stops holding a write back, and sends it unless another blocks it. */
  private release(write: Write): void {
    if (this.joinableWrite === write) this.joinableWrite = null;
    if (!write.isHeld) return;
    write.isHeld = false;
    if (write.blockerCount === 0) this.send(write);
  }

  /** Records where the newest write ends, to detect whether the next one continues it. */
  private recordNewestEnd(write: Write): void {
    this.newestFd = write.fd;
    this.newestEnd = write.offset + write.length;
  }

  /**
   * Sends the joinable write if it is full, or if no other is under way; otherwise holds it back. A sequential write is
   * held back in any case: else a fast storage would get each small write separately.
   */
  private sendIfDue(): void {
    const { joinable } = this;
    if (joinable === null) return;
    const { values } = this.volume;
    const isFull = joinable.length >= values['aggregate-size'];
    const mayTrickle =
      values['trickling-writes'] && this.underWayCount === 0 && !joinable.isSequential;
    if (isFull || mayTrickle) this.release(joinable);
    else this.volume.holdBack(this);
  }

  /** Winds a write's data, or what a short write has left of it. A `Write` calls it when nothing blocks it. */
  send(write: Write): void {
    if (!write.isSent) {
      this.underWayCount += 1;
      this.loneWrite = this.underWayCount === 1 && this.volume.changeCount === 0 ? write : null;
    }
    write.isSent = true;
    this.volume.sentCount += 1;
    const { xl } = this.volume;
    const frame = xl.begin(makeRequestAs(write.caller, 'WRITE'));
    frame.local = write;
    const child = xl.children[0]!;
    const { fd, remaining, remainingOffset, flags, xdata } = write;
    wind.writev(frame, 0, writevCbk, child, fd, remaining, remainingOffset, flags, xdata);
  }

  /** Handles the child's reply: sends the rest of a short write, or ends it. */
  handleReply(
    write: Write,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
  ): void {
    if (opRet > 0) write.writtenBytes += opRet;
    if (opRet > 0 && write.writtenBytes < write.length) {
      this.send(write);
      return;
    }
    if (opRet <= 0) write.errno = opRet < 0 && opErrno > 0 ? opErrno : EIO;
    write.prebuf = prebuf;
    write.postbuf = postbuf;
    this.endWrite(write);
  }

  /** Ends a write: records the failure of one that was answered early, and continues requests that wait for it. */
  private endWrite(write: Write): void {
    const { volume } = this;
    write.hasEnded = true;
    this.writes.delete(write);
    if (this.joinableWrite === write) this.joinableWrite = null;
    this.underWayCount -= 1;
    this.usedBytes -= write.costBytes;
    volume.usedBytes -= write.costBytes;
    volume.endedWriteCount += 1;
    this.endedCountAtLastEnd = volume.endedWriteCount;
    if (write.errno !== 0 && write.isAnsweredEarly) {
      this.failureCount += 1;
      this.lastErrno = write.errno;
      this.newestFdIdAtFailure = readNewestFdId();
      this.reportedFdCount = 0;
      volume.noteFailure(write);
    }
    const isSettled = this.isIdle && this.loneWrite === write && write.errno === 0;
    this.settledAttributes = isSettled ? write.postbuf : null;
    for (const waiter of write.waiters.splice(0)) this.unblock(waiter);
    this.settledAttributes = null;
    write.fd.drop();
    this.startDelayed();
    this.sendIfDue();
  }

  /** Starts delayed writes as long as there is room. */
  private startDelayed(): void {
    if (this.isStarting) return;
    this.isStarting = true;
    const maxBytes = this.volume.values['cache-size'];
    while (
      this.delayedWrites.length > 0 &&
      (this.usedBytes === 0 || this.usedBytes + this.delayedWrites[0]!.costBytes <= maxBytes)
    ) {
      this.delayedWrites.shift()!.start();
    }
    this.isStarting = false;
  }
}

const writevCbk: Cbk<'writev', QueueVolume> = (
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

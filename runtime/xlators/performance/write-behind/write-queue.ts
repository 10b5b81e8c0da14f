/**
 * The queue of one file's writes.
 *
 * Each write waits for earlier writes that it overlaps; any other fop waits for earlier writes whose result
 * it may see. A write is sent once a fop waits for it; until then it may be held back so that more join it
 * (`Write.isHeld`). If a write fails that was answered early, each fd open at that time reports it once:
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
import type { Waiting, Write } from './write.ts';

/** A write that waits for room in the window. */
export interface DelayedWrite {
  readonly length: number;
  take(): void;
}

/** The part of the volume that a queue uses. */
interface Volume {
  readonly xl: Xlator<Volume>;
  readonly values: OptionValues;
  clock: number;
  sent: number;
  used: number;
  queueOf(inode: Inode): Queue;
  hold(queue: Queue): void;
  failed(write: Write): void;
}

export class Queue {
  /** Number of failed writes that were answered early, and the errno of the last. */
  errors = 0;
  errno = 0;
  /** The newest fd of any file at the last failure. */
  private newestAtLoss = 0;
  /** Number of open fds that have reported all failures, or were opened since. */
  private told = 0;
  /** Bytes of writes that were answered early or are under way. */
  used = 0;
  private sent = 0;
  private readonly writes = new Set<Write>();
  private last: Write | null = null;
  /** The fd of the newest write, and the offset of its end. */
  private newest: Fd | null = null;
  private newestEnd = 0;
  private late: DelayedWrite[] = [];
  private isAdmitting = false;
  /** The volume's clock when a write of this file last ended. */
  settled = 0;
  private readonly volume: Volume;

  constructor(volume: Volume) {
    this.volume = volume;
  }

  get isIdle(): boolean {
    return this.writes.size === 0;
  }

  /** The write that later writes may join; null for none. */
  get open(): Write | null {
    return this.last;
  }

  get isFull(): boolean {
    return this.late.length > 0;
  }

  /** Adds a write; earlier writes that overlap it block it. */
  add(write: Write): void {
    const { values } = this.volume;
    this.volume.used += write.cost;
    this.used += write.cost;
    write.goesOn = write.fd === this.newest && (write.appends || write.offset === this.newestEnd);
    this.follow(write);
    write.blockers = 1;
    for (const other of this.writes) {
      const conflicts =
        values['strict-write-ordering'] || (other.start < write.end && write.start < other.end);
      if (conflicts) this.block(write, other);
    }
    this.writes.add(write);
    const before = this.last;
    this.last = write;
    write.fd.hold();
    if (before !== null) this.release(before);
    this.unblock(write);
    this.trickle();
  }

  /** Whether the last write may grow by `length` bytes without overlapping another write. */
  mayGrow(length: number): boolean {
    const { last } = this;
    if (last === null || last.appends) return last !== null;
    for (const other of this.writes) {
      if (other !== last && other.start < last.end + length && last.end < other.end) return false;
    }
    return true;
  }

  /** Accounts for data that has joined the last write. */
  joined(cost: number): void {
    this.last!.cost += cost;
    this.last!.goesOn = true;
    this.follow(this.last!);
    this.used += cost;
    this.volume.used += cost;
    this.trickle();
  }

  /** Calls `waiting.go` after all writes so far that overlap [start, end). */
  wait(waiting: Waiting, start = 0, end = Number.POSITIVE_INFINITY): void {
    waiting.blockers += 1;
    // A write that is sent may end at once and leave the set.
    for (const write of this.writes) {
      if (write.start < end && start < write.end) this.block(waiting, write);
    }
    this.unblock(waiting);
  }

  /** Whether a write to [start, end) is under way. */
  isBusy(start = 0, end = Number.POSITIVE_INFINITY): boolean {
    for (const write of this.writes) if (write.start < end && start < write.end) return true;
    return false;
  }

  /** Lets a write wait for room. */
  postpone(late: DelayedWrite): void {
    this.late.push(late);
    if (this.last !== null) this.release(this.last);
  }

  /** Sends the write that is held back. */
  push(): void {
    if (this.last !== null) this.release(this.last);
  }

  /** Returns the errno that an fd has not reported yet, or 0, and marks it as reported. */
  error({ origin: fd }: Fd): number {
    if (this.errors === 0) return 0;
    const told = (fd.ctxGet(this.volume.xl) as number | undefined) ?? 0;
    if (told === this.errors) return 0;
    this.skipEarlierErrors(fd);
    return this.errno;
  }

  /** Marks all failures so far as reported by an fd. */
  skipEarlierErrors(fd: Fd): void {
    if (this.errors === 0) return;
    fd.ctxSet(this.volume.xl, this.errors);
    this.told += 1;
  }

  /**
   * Makes a new fd report only later failures. With open-behind above, the program may have opened its
   * fd before the last failure, and must get that error.
   */
  opened(fd: Fd): void {
    if (fd.id > this.newestAtLoss) this.skipEarlierErrors(fd);
  }

  /** Ends an fd that has reported `told` failures. */
  closed(told: number): void {
    if (told === this.errors) this.told -= 1;
  }

  /** Whether an open fd has still to report a failure. */
  hasUnreportedError({ fdCount }: Inode): boolean {
    return this.errors > 0 && this.told < fdCount;
  }

  private block(waiting: Waiting, write: Write): void {
    if (write.isOver) return;
    waiting.blockers += 1;
    write.waiting.push(waiting);
    this.release(write);
  }

  private unblock(waiting: Waiting): void {
    waiting.blockers -= 1;
    if (waiting.blockers === 0) waiting.go();
  }

  /** Stops holding a write back, and sends it unless another blocks it. */
  private release(write: Write): void {
    if (this.last === write) this.last = null;
    if (!write.isHeld) return;
    write.isHeld = false;
    if (write.blockers === 0) this.send(write);
  }

  private follow(write: Write): void {
    this.newest = write.fd;
    this.newestEnd = write.offset + write.length;
  }

  /**
   * Sends the held write if it is full, or if no other is under way. A sequential write is held for a
   * time: otherwise a fast storage would get each small write separately.
   */
  private trickle(): void {
    const { last } = this;
    if (last === null) return;
    const { values } = this.volume;
    const isFull = last.length >= values['aggregate-size'];
    const trickles = values['trickling-writes'] && this.sent === 0 && !last.goesOn;
    if (isFull || trickles) this.release(last);
    else this.volume.hold(this);
  }

  send(write: Write): void {
    if (!write.isSent) this.sent += 1;
    write.isSent = true;
    this.volume.sent += 1;
    const { xl } = this.volume;
    const frame = xl.begin(requestAs(write.caller, 'WRITE'));
    frame.local = write;
    const { fd, rest, at, flags, xdata } = write;
    wind.writev(frame, 0, sentCbk, xl.children[0]!, fd, rest, at, flags, xdata);
  }

  /** Handles the child's reply: sends the rest of a short write, or ends it. */
  answered(
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
    this.over(write);
  }

  private over(write: Write): void {
    const { volume: priv } = this;
    write.isOver = true;
    this.writes.delete(write);
    if (this.last === write) this.last = null;
    this.sent -= 1;
    this.used -= write.cost;
    priv.used -= write.cost;
    priv.clock += 1;
    this.settled = priv.clock;
    if (write.errno !== 0 && write.isAnsweredEarly) {
      this.errors += 1;
      this.errno = write.errno;
      this.newestAtLoss = newestFdId();
      this.told = 0;
      priv.failed(write);
    }
    for (const waiting of write.waiting.splice(0)) this.unblock(waiting);
    write.fd.drop();
    this.admit();
    this.trickle();
  }

  /** Accepts delayed writes as long as there is room. */
  private admit(): void {
    if (this.isAdmitting) return;
    this.isAdmitting = true;
    const most = this.volume.values['cache-size'];
    while (this.late.length > 0 && (this.used === 0 || this.used + this.late[0]!.length <= most)) {
      this.late.shift()!.take();
    }
    this.isAdmitting = false;
  }
}

const sentCbk: Cbk<'writev', Volume> = (frame, _cookie, xl, opRet, opErrno, prebuf, postbuf) => {
  const write = frame.local as Write;
  xl.end(frame.root);
  xl.priv.queueOf(write.fd.inode).answered(write, opRet, opErrno, prebuf, postbuf);
};

/**
 * The writes on their way to one file.
 *
 * Each write waits for the writes before it that it overlaps; whatever else is asked of the file waits
 * for the writes before it whose result it may see. A write that something waits for is sent; others
 * may be held back, for more to join them (`Write.isHeld`).
 *
 * That a write has failed which was answered already is told to each fd that was open then, once: `errors`
 * counts them, and an fd keeps the count up to which it was told (Linux's errseq_t).
 */
import { EIO } from '../../../core/errno.ts';
import { type Fd, newestFdId } from '../../../core/fd.ts';
import { requestAs } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Cbk, Xlator } from '../../../core/xlator.ts';
import type { Given } from './options.ts';
import type { Waiting, Write } from './write.ts';

/** A write that waits until there is room for it in the window. */
export interface Late {
  readonly length: number;
  take(): void;
}

/** What a queue has of the volume. */
interface Volume {
  readonly xl: Xlator<Volume>;
  readonly given: Given;
  clock: number;
  sent: number;
  used: number;
  queueOf(inode: Inode): Queue;
  hold(queue: Queue): void;
  failed(write: Write): void;
}

export class Queue {
  /** Lied writes that have failed, and the errno of the last. */
  errors = 0;
  errno = 0;
  /** The newest fd that there was then, of any file. */
  private newestAtLoss = 0;
  /** How many of those who have the file open were told of all of them, or have opened it since. */
  private told = 0;
  /** Bytes that were answered for, or are on their way. */
  used = 0;
  private sent = 0;
  private readonly writes = new Set<Write>();
  private last: Write | null = null;
  /** Where the newest write has ended, and whose it is. */
  private newest: Fd | null = null;
  private newestEnd = 0;
  private late: Late[] = [];
  private isAdmitting = false;
  /** The volume's count of what was written when something of this file last was. */
  settled = 0;
  private readonly volume: Volume;

  constructor(volume: Volume) {
    this.volume = volume;
  }

  get isIdle(): boolean {
    return this.writes.size === 0;
  }

  /** The write that others may be joined to; null for none. */
  get open(): Write | null {
    return this.last;
  }

  get isFull(): boolean {
    return this.late.length > 0;
  }

  /** A write more, which the others before it hold up where they overlap. */
  add(write: Write): void {
    const { given } = this.volume;
    this.volume.used += write.cost;
    this.used += write.cost;
    write.goesOn = write.fd === this.newest && (write.appends || write.offset === this.newestEnd);
    this.follow(write);
    write.blockers = 1;
    for (const other of this.writes) {
      const conflicts =
        given['strict-write-ordering'] || (other.start < write.end && write.start < other.end);
      if (conflicts) this.block(write, other);
    }
    this.writes.add(write);
    const before = this.last;
    this.last = write;
    write.fd.hold();
    if (before !== null) this.letGo(before);
    this.unblock(write);
    this.trickle();
  }

  /**
   * Whether the last write may grow by so much: where another is on its way, only a write of its own
   * would wait for that.
   */
  mayGrow(length: number): boolean {
    const { last } = this;
    if (last === null || last.appends) return last !== null;
    for (const other of this.writes) {
      if (other !== last && other.start < last.end + length && last.end < other.end) return false;
    }
    return true;
  }

  /** A write has joined the last. */
  joined(cost: number): void {
    this.last!.cost += cost;
    this.last!.goesOn = true;
    this.follow(this.last!);
    this.used += cost;
    this.volume.used += cost;
    this.trickle();
  }

  /** Calls `waiting.go` after all writes so far that begin before `end` and end after `start`. */
  wait(waiting: Waiting, start = 0, end = Number.POSITIVE_INFINITY): void {
    waiting.blockers += 1;
    // What is sent may be over at once, and be taken out.
    for (const write of this.writes) {
      if (write.start < end && start < write.end) this.block(waiting, write);
    }
    this.unblock(waiting);
  }

  /** Whether something is on its way that one sees who reads there, or how far the file goes. */
  isBusy(start = 0, end = Number.POSITIVE_INFINITY): boolean {
    for (const write of this.writes) if (write.start < end && start < write.end) return true;
    return false;
  }

  /** There is no room for it yet. */
  postpone(late: Late): void {
    this.late.push(late);
    if (this.last !== null) this.letGo(this.last);
  }

  /** Nothing is held back any more. */
  push(): void {
    if (this.last !== null) this.letGo(this.last);
  }

  /** The errno that an fd has not been told of yet; 0 for none. */
  error({ origin: fd }: Fd): number {
    if (this.errors === 0) return 0;
    const told = (fd.ctxGet(this.volume.xl) as number | undefined) ?? 0;
    if (told === this.errors) return 0;
    this.spare(fd);
    return this.errno;
  }

  /** An fd is to hear of what fails from now on, and of nothing before. */
  spare(fd: Fd): void {
    if (this.errors === 0) return;
    fd.ctxSet(this.volume.xl, this.errors);
    this.told += 1;
  }

  /**
   * An fd is opened: it hears of nothing before. That is, of nothing before its program has opened it: where
   * open-behind stands above, it has answered that program long ago.
   */
  opened(fd: Fd): void {
    if (fd.id > this.newestAtLoss) this.spare(fd);
  }

  /** An fd is closed that was told of so many errors. */
  closed(told: number): void {
    if (told === this.errors) this.told -= 1;
  }

  /** Whether somebody who has the file open is to be told of an error. */
  owes({ fdCount }: Inode): boolean {
    return this.errors > 0 && this.told < fdCount;
  }

  private block(waiting: Waiting, write: Write): void {
    if (write.isOver) return;
    waiting.blockers += 1;
    write.waiting.push(waiting);
    this.letGo(write);
  }

  private unblock(waiting: Waiting): void {
    waiting.blockers -= 1;
    if (waiting.blockers === 0) waiting.go();
  }

  /** It is sent, however little it is. */
  private letGo(write: Write): void {
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
   * Sends what is held back, if it is enough, or nothing else is on its way. Who writes in sequence
   * is given the time to go on: a quick storage would have each of its writes by itself otherwise.
   */
  private trickle(): void {
    const { last } = this;
    if (last === null) return;
    const { given } = this.volume;
    const isFull = last.length >= given['aggregate-size'];
    const trickles = given['trickling-writes'] && this.sent === 0 && !last.goesOn;
    if (isFull || trickles) this.letGo(last);
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

  /** The child's answer. */
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
    if (write.errno !== 0 && write.isLie) {
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

  /** Takes writes that have waited, as long as there is room. */
  private admit(): void {
    if (this.isAdmitting) return;
    this.isAdmitting = true;
    const most = this.volume.given['cache-size'];
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

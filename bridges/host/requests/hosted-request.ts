/**
 * Records a request inside the host translator: its arguments, its winds and the children's
 * replies. `Interpreter` makes one per fop; the guest refers to it by its number.
 */
import { Dict } from '../../../runtime/core/dict.ts';
import { type ArgType, findFop } from '../../../runtime/core/fops.ts';
import { type Frame, makeFirstFrame, Stack } from '../../../runtime/core/frame.ts';
import { Inode } from '../../../runtime/core/inode.ts';
import type { LogSource } from '../../../runtime/core/log.ts';
import { Fd, Loc } from '../../../runtime/core/operands.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { Plan } from '../crossing/plan.ts';
import type { ChildReply } from '../crossing/reply-check.ts';
import type { Lane, QueuedRequest } from './decision-queue.ts';

/**
 * Maximum number of replies kept per request (a power of two), as a module may wind without end.
 * The oldest are dropped.
 */
const MAX_REPLIES = 4096;
/** Maximum number of bytes of data and listings in these replies. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;
/** Number of first replies whose bytes are not counted: most requests have one or two. */
const UNCOUNTED_REPLIES = 16;
/** Estimated bytes of a listing's entry, with its iatt and inode. */
const ENTRY_BYTES = 512;

const READV_ROW = findFop('readv')!;

/** The pid of requests that a module begins; GlusterFS does not use this number. */
export const MODULE_PID = -100;

export class HostedRequest implements QueuedRequest {
  /** The guest's number for it; negative for a request of the translator's own. */
  readonly id: number;
  /** The plan for its fop; null for a request of the translator's own. */
  readonly plan: Plan | null;
  /** The frame to unwind; for a request of the translator's own, the one that winds. */
  readonly frame: Frame;
  readonly args: readonly unknown[];
  /** Children's latest replies; index: the wind's number modulo MAX_REPLIES. */
  readonly replies: (ChildReply | undefined)[] = [];
  /** Fds made for winds, by the wind's number; closed if the fop fails. */
  createdFds: Map<number, Fd> | null = null;
  /** Locs of names that the guest looks up or makes, by the wind's number. */
  namedLocs: Map<number, Loc> | null = null;
  /** Arguments of winds that move or remove other names than the fop, by the wind's number. */
  movedArgs: Map<number, readonly unknown[]> | null = null;
  /** The number of winds so far. */
  windCount = 0;
  /** True if the guest is to be notified of an interrupt. */
  isInterruptWatched = false;
  /** Replies that children owe, also for queued winds. */
  owedReplyCount = 0;
  /** Calls about it that run in the guest's thread. */
  callsInThread = 0;
  /** True once its frame was unwound. */
  isAnswered = false;
  /**
   * failing: the guest has reported that its method failed; abandoned: the guest has failed or is
   * gone, and gets no more calls about this request. Either way the request may have its answer.
   */
  standing: 'open' | 'failing' | 'abandoned' = 'open';
  /** The position in the module at which it fails the request; null if unknown. */
  failureSource: LogSource | null = null;
  /** True once the guest has returned without a decision. */
  isPending = false;
  /**
   * The reply to a readv whose data is valid until the caller's next request (`Frame.readBuffer`);
   * null without one.
   */
  borrowing: ChildReply | null = null;
  /** Seconds that it has waited for the module, not for a child. */
  waitedSeconds = 0;
  /** `windCount` at the last sweep of pending-requests.ts. */
  windCountAtSweep = 0;
  /** Bytes of its counted replies (`sumLargeParts`), and the index of the oldest of these. */
  private countedBytes = 0;
  private oldestCountedIndex = UNCOUNTED_REPLIES;
  // Only the decision queue uses these (QueuedRequest).
  queuedWindCount = 0;
  lane: Lane | null = null;
  firstValidNumber = 0;

  constructor(id: number, plan: Plan | null, frame: Frame, args: readonly unknown[]) {
    this.id = id;
    this.plan = plan;
    this.frame = frame;
    this.args = args;
  }

  /** Returns what a debugger shows of the request, which is its frame's `local`. */
  toJSON(): Readonly<Record<string, unknown>> {
    const { windCount: winds, owedReplyCount: owed, isAnswered: answered, waitedSeconds } = this;
    return { winds, owed, answered, 'seconds-waited': waitedSeconds };
  }

  get isAbandoned(): boolean {
    return this.standing === 'abandoned';
  }

  /** True once nothing will happen to it any more: it is answered, and no child and no thread owes a reply. */
  get isDone(): boolean {
    if (this.owedReplyCount !== 0 || this.callsInThread !== 0) return false;
    return this.isAnswered || this.plan === null;
  }

  get name(): string {
    return this.plan === null ? 'a request of its own' : this.plan.name;
  }

  /** Stores a child's reply, in place of the one MAX_REPLIES winds before. */
  keepReply(reply: ChildReply): void {
    const slot = reply.wind & (MAX_REPLIES - 1);
    if (reply.wind >= UNCOUNTED_REPLIES) this.dropOldestReplies(reply, slot);
    this.replies[slot] = reply;
    if (reply.row === READV_ROW && reply.opRet > 0 && this.frame.root.readBuffer !== null)
      this.borrowing = reply;
  }

  /** Drops the oldest replies when the next one would exceed the limit of bytes. */
  private dropOldestReplies(newReply: ChildReply, slot: number): void {
    this.countedBytes += sumLargeParts(newReply) - sumLargeParts(this.replies[slot]);
    this.replies[slot] = undefined;
    for (
      let remaining = MAX_REPLIES;
      remaining > 0 && this.countedBytes > MAX_REPLY_BYTES;
      remaining--
    ) {
      this.countedBytes -= sumLargeParts(this.replies[this.oldestCountedIndex]);
      if (this.oldestCountedIndex < this.replies.length)
        this.replies[this.oldestCountedIndex] = undefined;
      this.oldestCountedIndex = (this.oldestCountedIndex + 1) & (MAX_REPLIES - 1);
    }
  }

  /** Copies the borrowed data, so that it outlives the call into the guest. */
  copyBorrowedData(): void {
    if (this.borrowing === null) return;
    const data = this.borrowing.values[0] as Uint8Array;
    // Not `slice`, which shares the memory of a Buffer.
    this.replaceBorrowedData(new Uint8Array(data));
  }

  /**
   * Ends the use of borrowed data when the guest has returned.
   * @param isPassedOn true if the reply itself is the answer, and unwound now
   */
  returnBorrowedData(isPassedOn: boolean): void {
    if (this.borrowing === null) return;
    // A request that waits for more replies stays, and the module may read the data then.
    if (this.owedReplyCount > 0) this.copyBorrowedData();
    else if (isPassedOn) this.borrowing = null;
    // The answer has other data, or a copy of its own (`copyBorrowedData`).
    else if (this.lane?.last?.decision.verb === 'unwind') this.replaceBorrowedData(undefined);
    else this.copyBorrowedData();
  }

  private replaceBorrowedData(data: Uint8Array | undefined): void {
    (this.borrowing!.values as unknown[])[0] = data;
    this.borrowing = null;
  }

  /** Finds the child's reply to wind number `wind`, if still kept. */
  findReply(wind: number): ChildReply | undefined {
    const reply = this.replies[wind & (MAX_REPLIES - 1)];
    return reply?.wind === wind ? reply : undefined;
  }

  /** Finds argument `index` of the fop (wind -1), or of the reply to wind number `wind`. */
  findValue(wind: number, index: number): unknown {
    return wind === -1 ? this.args[index] : this.findReply(wind)?.values[index];
  }

  /** Finds the type of that value. */
  findType(wind: number, index: number): ArgType | undefined {
    const args = wind === -1 ? this.plan?.row.args : this.findReply(wind)?.row.reply;
    return args?.[index]?.type;
  }

  /** Lists all values received with it, its own arguments first. */
  *listValues(): Iterable<unknown> {
    yield* this.args;
    for (const reply of this.replies) if (reply !== undefined) yield* reply.values;
  }

  /** Lists the inodes received with it. */
  *listInodes(): Iterable<Inode> {
    for (const value of this.listValues()) {
      if (value instanceof Inode) yield value;
      else if (value instanceof Fd) yield value.inode;
      else if (value instanceof Loc) {
        if (value.inode !== null) yield value.inode;
        if (value.parent !== null) yield value.parent;
      }
    }
  }

  findInode(id: number): Inode | undefined {
    for (const inode of this.listInodes()) if (inode.id === id) return inode;
    return undefined;
  }

  findFd(id: number): Fd | undefined {
    for (const value of this.listValues()) if (value instanceof Fd && value.id === id) return value;
    return undefined;
  }
}

/** Counts the bytes of a counted reply's large parts: data, listings, and the values of dicts. */
function sumLargeParts(reply: ChildReply | undefined): number {
  let bytes = 0;
  if (reply === undefined || reply.wind < UNCOUNTED_REPLIES) return bytes;
  for (const value of reply.values) {
    if (value instanceof Uint8Array) bytes += value.length;
    else if (Array.isArray(value)) bytes += value.length * ENTRY_BYTES;
    else if (value instanceof Dict) {
      value.forEach((_, dictValue) => {
        bytes +=
          typeof dictValue === 'string' || dictValue instanceof Uint8Array ? dictValue.length : 0;
      });
    }
  }
  return bytes;
}

/** Makes a request that the module begins. The volume's call pool lists it while it is pending. */
export const makeOwnRequest = (id: number, xl: Xlator<unknown>): HostedRequest =>
  new HostedRequest(id, null, makeFirstFrame(new Stack(0, 0, MODULE_PID, 'NULL'), xl), []);

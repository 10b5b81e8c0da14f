/**
 * Sends a client's calls over one connection and finds the call of each reply, as replies arrive in any order. Never
 * blocks, and does not interpret arguments or results. Clients of bricks and of volfile servers use it.
 *
 * Bytes are queued until the caller invokes `flush`, so that the calls of one turn leave together. The
 * data of a write is sent from its own memory; only the unsent rest is copied.
 */

import { ESTALE } from '../../runtime/core/errno.ts';
import { makeRecordMark, type RecordReader } from '../../runtime/wire/record.ts';
import { XdrReader, XdrWriter } from '../../runtime/wire/xdr.ts';
import { CALL, type Caller, NO_XID, REPLY, readReply, SELF_CALLER, writeCall } from './message.ts';
import type { Program } from './programs.ts';

/** The first xid of a GlusterFS client. */
const FIRST_XID = 2;
/** The length of the ring at first. */
const INITIAL_SLOTS = 64;

/** A call that awaits its reply. */
interface NumberedCall {
  /** The xid of the call; set by the ring. */
  xid: number;
}

/**
 * Stores calls that await a reply, by xid (the number that matches a reply with its call). Xids increase, so the lowest
 * bits of a call's xid are its slot in a ring. An xid whose slot is occupied by an older call is skipped.
 */
export class PendingCalls<C extends NumberedCall> {
  /** The ring; its length is a power of two. */
  private slots = new Array<C | null>(INITIAL_SLOTS).fill(null);
  /** The xid of the next call, if its slot is free. */
  private nextXid = FIRST_XID;
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Adds a call under the next free xid. @returns that xid */
  add(call: C): number {
    if (this.count * 2 >= this.slots.length) this.widen();
    const { slots } = this;
    const slotMask = slots.length - 1;
    let xid = this.nextXid;
    while (slots[xid & slotMask] !== null) xid = computeNextXid(xid);
    this.nextXid = computeNextXid(xid);
    call.xid = xid;
    slots[xid & slotMask] = call;
    this.count += 1;
    return xid;
  }

  /** Removes the call with this xid. @returns null for an unknown xid */
  remove(xid: number): C | null {
    const { slots } = this;
    const slot = xid & (slots.length - 1);
    const call = slots[slot]!;
    if (call === null || call.xid !== xid) return null;
    slots[slot] = null;
    this.count -= 1;
    return call;
  }

  /** Lists all calls, the oldest first. */
  listByXid(): C[] {
    // Xids begin again after the largest; counted from the next xid on, the oldest call comes first.
    const getRank = ({ xid }: C): number => (xid - this.nextXid) >>> 0;
    return this.slots.filter((call) => call !== null).sort((a, b) => getRank(a) - getRank(b));
  }

  /** Doubles the ring. */
  private widen(): void {
    const calls = this.listByXid();
    this.slots = new Array<C | null>(this.slots.length * 2).fill(null);
    for (const call of calls) this.slots[call.xid & (this.slots.length - 1)] = call;
  }
}

/** Returns the xid after this one; after the largest, the first. */
const computeNextXid = (xid: number): number => (xid + 1) >>> 0 || FIRST_XID;

const MARK_BYTES = 4;
/** If this many bytes of the buffer were sent, the unsent rest moves to its front. */
const COMPACT_THRESHOLD_BYTES = 65_536;

/** The reason why a call has no results. */
export type LossReason = 'refused' | 'disconnected' | 'timeout';

/** A call that awaits its reply. */
export interface PendingCall extends NumberedCall {
  /** Milliseconds by `now` at which the call began; set by the channel. */
  sentAtMs: number;
  /** Called once with the reader at the results, which are valid until it returns. */
  onReply(r: XdrReader): void;
  /** Called once instead if no results will arrive. */
  onLoss(reason: LossReason): void;
}

/** Sends bytes to the peer. */
export interface ByteSender {
  /**
   * Sends as much as can leave now: the first `length` bytes of `bytes`, then `data`.
   * @returns the number of bytes that left, or minus the errno: EAGAIN when none can
   */
  send(bytes: Uint8Array, length: number, data: Uint8Array | null): number;
}

/** The clock of a channel, and the functions that it calls for messages other than expected replies. */
export interface CallChannelSettings {
  /** Milliseconds by a sampled clock, which may lag by the duration of a request. */
  now(): number;
  /** Called for the peer's own calls, with the reader at the header after xid and type. */
  onCall(r: XdrReader, xid: number): void;
  /** Called for a reply that matches no call. */
  onUnknownXid(xid: number): void;
}

/** The calls of one client, which may use several connections one after the other. */
export class CallChannel {
  /** The buffer into which calls are written, between `begin` and `end`. */
  readonly out = new XdrWriter(65_536);
  /**
   * Time at which the peer last sent bytes, or accepted some after a delay. Bytes that leave at
   * once prove nothing: the kernel of a stopped peer accepts them.
   */
  lastActivityMs = 0;
  private readonly settings: CallChannelSettings;
  private readonly reader = new XdrReader();
  private readonly pendingCalls = new PendingCalls<PendingCall>();
  /** The position in `out` of the record mark of the current call. */
  private markPosition = 0;
  private sender: ByteSender | null = null;
  /** The number of bytes at the start of `out` that were sent already. */
  private sentPrefix = 0;
  /** Whether the peer did not accept all bytes at the last `flush`. */
  private isBlocked = false;
  /** The checks of unsent calls that may become too late (`Stack.isTooLate`). */
  private readonly lateChecks = new Set<() => boolean>();

  constructor(settings: CallChannelSettings) {
    this.settings = settings;
  }

  /** The number of calls without a reply. */
  get outstandingCount(): number {
    return this.pendingCalls.size;
  }

  /** Whether bytes wait to be sent. */
  get hasQueuedBytes(): boolean {
    return this.out.position > this.sentPrefix;
  }

  /** Uses a new connection. Xids continue, so that a late reply never matches a call of the new connection. */
  attach(sender: ByteSender): void {
    this.sender = sender;
    this.isBlocked = false;
    this.lastActivityMs = this.settings.now();
  }

  /** Stops using the connection; every call fails with `disconnected`. */
  detach(): void {
    this.sender = null;
    this.out.position = 0;
    this.sentPrefix = 0;
    this.lateChecks.clear();
    this.failAll('disconnected');
  }

  /**
   * Begins a call: the caller writes the arguments into the returned writer, then calls `end`.
   * @param flavor the layout of the credentials (AUTH_*). @param caller null to send no credentials
   */
  begin(
    { number: program, version }: Program,
    procedure: number,
    flavor: number,
    caller: Caller | null,
    call: PendingCall,
  ): XdrWriter {
    const { out } = this;
    const xid = this.pendingCalls.add(call);
    this.markPosition = out.position;
    out.u32(0);
    writeCall(out, { xid, program, version, procedure }, flavor, caller);
    call.sentAtMs = this.settings.now();
    return out;
  }

  /**
   * Completes a call.
   * @param data bytes that follow the arguments; with data the call is sent now
   * @param isTooLate whether the call must not be sent any more; nothing is sent then
   */
  end(data: Uint8Array | null = null, isTooLate: (() => boolean) | null = null): void {
    const { out, markPosition } = this;
    if (isTooLate !== null) this.lateChecks.add(isTooLate);
    out.patch(
      markPosition,
      makeRecordMark(out.position - markPosition - MARK_BYTES + (data?.length ?? 0)),
    );
    if (data !== null) this.flush(data);
  }

  /**
   * Calls a procedure; by default as this process, not as an application's user.
   * @param onResult called with the results, or with the reason why they are missing
   */
  call(
    program: Program,
    procedure: number,
    flavor: number,
    write: (w: XdrWriter) => void,
    onResult: (r: XdrReader | LossReason) => void,
    caller = SELF_CALLER,
  ): void {
    const call: PendingCall = { sentAtMs: 0, xid: 0, onReply: onResult, onLoss: onResult };
    write(this.begin(program, procedure, flavor, caller, call));
    this.end();
  }

  /** Withdraws a call whose arguments could not be written. */
  withdraw(call: PendingCall): void {
    this.out.position = this.markPosition;
    this.pendingCalls.remove(call.xid);
  }

  /**
   * Sends the queued bytes, then `data`.
   * @returns 0, or minus the errno if nothing could be sent: ESTALE if it is too late for a call among them
   */
  flush(data: Uint8Array | null = null): number {
    const { out, sender } = this;
    if (sender === null) return 0;
    const queuedLength = out.position - this.sentPrefix;
    const length = queuedLength + (data?.length ?? 0);
    if (length === 0) return 0;
    const bytes = this.sentPrefix === 0 ? out.bytes : out.bytes.subarray(this.sentPrefix);
    if (this.lateChecks.size > 0 && this.isAnyTooLate()) {
      if (data !== null) out.fixed(data);
      return -ESTALE;
    }
    const result = sender.send(bytes, queuedLength, data);
    if (result > 0 && this.isBlocked) this.lastActivityMs = this.settings.now();
    this.isBlocked = result !== length;
    if (result === length) {
      out.position = 0;
      this.sentPrefix = 0;
      if (this.lateChecks.size > 0) this.lateChecks.clear();
      return 0;
    }
    const accepted = Math.max(result, 0);
    if (data !== null) out.fixed(data.subarray(Math.max(accepted - queuedLength, 0)));
    this.sentPrefix += Math.min(accepted, queuedLength);
    if (this.sentPrefix >= COMPACT_THRESHOLD_BYTES) this.compact();
    return result < 0 ? result : 0;
  }

  private isAnyTooLate(): boolean {
    for (const isTooLate of this.lateChecks) if (isTooLate()) return true;
    return false;
  }

  /** Moves the unsent bytes to the front of the buffer, which would grow while a peer accepts bytes slowly. */
  private compact(): void {
    const { out, sentPrefix } = this;
    out.bytes.copyWithin(0, sentPrefix, out.position);
    out.position -= sentPrefix;
    this.sentPrefix = 0;
  }

  /** Dispatches all complete messages. @throws {RecordError} */
  dispatch(records: RecordReader): void {
    this.lastActivityMs = this.settings.now();
    const r = this.reader;
    while (records.findNext()) {
      r.begin(records.bytes, records.start, records.end);
      const xid = r.u32();
      const type = r.u32();
      if (r.isMalformed) continue;
      if (type === CALL) this.settings.onCall(r, xid);
      else if (type === REPLY) this.dispatchReply(r, xid);
      if (r.isTaken) records.lend();
      // The callback may have closed the connection.
      if (this.sender === null) return;
    }
  }

  private dispatchReply(r: XdrReader, xid: number): void {
    const call = this.pendingCalls.remove(xid);
    if (call === null) {
      if (xid !== NO_XID) this.settings.onUnknownXid(xid);
      return;
    }
    if (readReply(r)) call.onReply(r);
    else call.onLoss('refused');
  }

  /** Fails the calls that were sent before this time; a later reply to one is dropped. @returns their number */
  expireSentBefore(timeMs: number): number {
    let count = 0;
    for (const call of this.pendingCalls.listByXid()) {
      // Calls are listed in the order of sending. An earlier `onLoss` may have removed this one.
      if (call.sentAtMs >= timeMs) break;
      if (this.pendingCalls.remove(call.xid) !== call) continue;
      count += 1;
      call.onLoss('timeout');
    }
    return count;
  }

  private failAll(reason: LossReason): void {
    const calls = this.pendingCalls.listByXid();
    for (const { xid } of calls) this.pendingCalls.remove(xid);
    for (const call of calls) call.onLoss(reason);
  }
}

/**
 * One connection to a peer, whatever carries it: calls go out in a row, and their answers come in any
 * order. Nothing here waits, and nothing knows what a call means.
 *
 * What is sent gathers until somebody calls `flush`, so that what belongs to one turn leaves at once.
 * Data of a write is never gathered: it is sent from where it lies, and only what did not leave is
 * copied.
 */
import { CALL, type Caller, ITSELF, NO_XID, REPLY, readReply, writeCall } from './message.ts';
import type { Program } from './programs.ts';
import { markOf, type Records } from './record.ts';
import { type Numbered, Waiters } from './waiters.ts';
import { XdrReader, XdrWriter } from './xdr.ts';

const MARK_SIZE = 4;
/** Bytes that have left, and are kept in front of the others until there are so many. */
const COMPACT_AT = 65_536;

/** Why a call has no results. */
export type Loss = 'refused' | 'disconnected' | 'timeout';

/** Whoever waits for the answer to a call. */
export interface Waiter extends Numbered {
  /** When it was sent; the link's to set. */
  at: number;
  /** Called once, with the results at the reader's place: they are valid until it returns. */
  answered(r: XdrReader): void;
  /** Or this is called, once. */
  lost(why: Loss): void;
}

/** What carries bytes to the peer. */
export interface Carrier {
  /**
   * Sends as much as can leave now: the first `length` bytes of `bytes`, and then `data`.
   * @returns how many bytes have left, or minus the errno: EAGAIN when none can
   */
  send(bytes: Uint8Array, length: number, data: Uint8Array | null): number;
}

export interface LinkSettings {
  /** Milliseconds; by a clock that may be late by those that a request takes. */
  now(): number;
  /** A call of the peer's: its header after xid and type is at the reader's place. */
  called(r: XdrReader, xid: number): void;
  /** A reply to nobody: its number, for the log. */
  unknown(xid: number): void;
}

export class Link {
  /** Calls are written here, between `begin` and `end`. */
  readonly out = new XdrWriter(65_536);
  /**
   * When the peer last sent bytes, or took some for which it had been too slow. Bytes that leave at once
   * say nothing of it: the kernel of a peer that is stopped takes them.
   */
  lastSign = 0;
  private readonly settings: LinkSettings;
  private readonly reader = new XdrReader();
  private readonly waiters = new Waiters<Waiter>();
  private mark = 0;
  private carrier: Carrier | null = null;
  /** What of `out` has left already. */
  private sent = 0;
  /** The peer could not take all, the last time. */
  private isHeldUp = false;

  constructor(settings: LinkSettings) {
    this.settings = settings;
  }

  /** Calls without an answer. */
  get outstanding(): number {
    return this.waiters.size;
  }

  /** Whether something is to be sent. */
  get isQueued(): boolean {
    return this.out.at > this.sent;
  }

  /** Numbers of calls go on: an answer that is late is none of a new connection's. */
  connected(carrier: Carrier): void {
    this.carrier = carrier;
    this.isHeldUp = false;
    this.lastSign = this.settings.now();
  }

  /** Every call is lost. */
  disconnected(): void {
    this.carrier = null;
    this.out.at = 0;
    this.sent = 0;
    this.loseAll('disconnected');
  }

  /**
   * Begins a call: its arguments are to be written into what is returned, and then comes `end`.
   * @param caller null for nobody in particular
   */
  begin(
    { number: program, version }: Program,
    procedure: number,
    flavor: number,
    caller: Caller | null,
    waiter: Waiter,
  ): XdrWriter {
    const { out } = this;
    const xid = this.waiters.add(waiter);
    this.mark = out.at;
    out.u32(0);
    writeCall(out, { xid, program, version, procedure }, flavor, caller);
    waiter.at = this.settings.now();
    return out;
  }

  /** The arguments are written; with data behind them the call leaves now. */
  end(data: Uint8Array | null = null): void {
    const { out, mark } = this;
    out.patch(mark, markOf(out.at - mark - MARK_SIZE + (data?.length ?? 0)));
    if (data !== null) this.flush(data);
  }

  /**
   * Calls as the program itself, or as another caller.
   * @param answered given the results, or why there are none
   */
  ask(
    program: Program,
    procedure: number,
    flavor: number,
    write: (w: XdrWriter) => void,
    answered: (r: XdrReader | Loss) => void,
    caller = ITSELF,
  ): void {
    const waiter: Waiter = { at: 0, xid: 0, answered, lost: answered };
    write(this.begin(program, procedure, flavor, caller, waiter));
    this.end();
  }

  /** Takes back a call whose arguments could not be written. */
  abandon(waiter: Waiter): void {
    this.out.at = this.mark;
    this.waiters.take(waiter.xid);
  }

  /** Sends what is queued. @returns 0, or minus the errno when it cannot be sent any more */
  flush(data: Uint8Array | null = null): number {
    const { out, carrier } = this;
    if (carrier === null) return 0;
    const first = out.at - this.sent;
    const length = first + (data?.length ?? 0);
    if (length === 0) return 0;
    const bytes = this.sent === 0 ? out.bytes : out.bytes.subarray(this.sent);
    const sent = carrier.send(bytes, first, data);
    if (sent > 0 && this.isHeldUp) this.lastSign = this.settings.now();
    this.isHeldUp = sent !== length;
    if (sent === length) {
      out.at = 0;
      this.sent = 0;
      return 0;
    }
    const left = Math.max(sent, 0);
    if (data !== null) out.fixed(data.subarray(Math.max(left - first, 0)));
    this.sent += Math.min(left, first);
    if (this.sent >= COMPACT_AT) this.compact();
    return sent < 0 ? sent : 0;
  }

  /** What has left takes no room any more, however slowly the peer takes the rest. */
  private compact(): void {
    const { out, sent } = this;
    out.bytes.copyWithin(0, sent, out.at);
    out.at -= sent;
    this.sent = 0;
  }

  /** Hands over all messages that are whole. @throws {RecordError} */
  take(records: Records): void {
    this.lastSign = this.settings.now();
    const r = this.reader;
    while (records.next()) {
      r.begin(records.bytes, records.start, records.end);
      const xid = r.u32();
      const type = r.u32();
      if (r.short) continue;
      if (type === CALL) this.settings.called(r, xid);
      else if (type === REPLY) this.reply(r, xid);
      // Whoever was told may have ended the connection.
      if (this.carrier === null) return;
    }
  }

  private reply(r: XdrReader, xid: number): void {
    const waiter = this.waiters.take(xid);
    if (waiter === null) {
      if (xid !== NO_XID) this.settings.unknown(xid);
      return;
    }
    if (readReply(r)) waiter.answered(r);
    else waiter.lost('refused');
  }

  /** Calls that were sent before this are lost; an answer that comes later is dropped. */
  expire(before: number): number {
    let count = 0;
    for (const waiter of this.waiters.list()) {
      // They are in the order in which they were sent. Who is told may have others lost.
      if (waiter.at >= before) break;
      if (this.waiters.take(waiter.xid) !== waiter) continue;
      count += 1;
      waiter.lost('timeout');
    }
    return count;
  }

  private loseAll(why: Loss): void {
    const lost = this.waiters.list();
    for (const { xid } of lost) this.waiters.take(xid);
    for (const waiter of lost) waiter.lost(why);
  }
}

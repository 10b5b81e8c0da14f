/**
 * Records on a stream: before each part of a message stand 4 bytes, whose highest bit marks the last
 * part, and the others say how long it is. Real peers send one part per message, but must be understood
 * when they send more. Source: RFC 5531, record marking; GlusterFS `socket.c`, `xdr-common.h`.
 */

const MARK_SIZE = 4;
const LAST = 0x8000_0000;
const LENGTH = 0x7fff_ffff;

/** A message longer than this is none that a peer would send: 1 GiB is what GlusterFS refuses. */
export const RECORD_MAX = 64 * 2 ** 20;

/** The mark of a message in one part. */
export const markOf = (length: number): number => (LAST | length) >>> 0;

export class RecordError extends Error {
  readonly code = 'GLOSSA_RPC_RECORD';
}

/** How many use messages of some memory, after they were given. */
export interface Loan {
  count: number;
}

/**
 * Takes bytes as they come, and gives messages as they are whole. What is given is valid until more
 * bytes are taken: a message that is to be kept must be copied, or lent.
 *
 *   const room = records.room();       // where to receive
 *   records.received(recv(socket, room));
 *   for (;;) { if (!records.next()) break; … records.bytes, records.start, records.end }
 */
export class Records {
  bytes: Uint8Array<ArrayBuffer>;
  /** The message that `next` has found. */
  start = 0;
  end = 0;
  private view: DataView;
  /** What was received and not looked at yet. */
  private from = 0;
  private to = 0;
  /** Of a message in parts: where its first bytes are (its parts are put together), or -1. */
  private begun = -1;
  private gathered = 0;
  /** Bytes of memory that may be taken; a little more is, where bytes have been received already. */
  limit = Number.POSITIVE_INFINITY;
  private leastRoom: number;
  private most: number;
  private loan: Loan = { count: 0 };

  constructor(leastRoom = 65_536, most = RECORD_MAX) {
    this.leastRoom = leastRoom;
    this.most = most;
    this.bytes = new Uint8Array(this.ownRoom);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Whether a message has come in part. */
  get isBegun(): boolean {
    return this.begun >= 0 || this.to > this.from;
  }

  /** Bytes of memory for messages that are not long. */
  get ownRoom(): number {
    return this.leastRoom * 4;
  }

  /** Bytes of memory for the longest. */
  get mostRoom(): number {
    return MARK_SIZE + this.most + this.leastRoom;
  }

  /** Bytes of the message that has come in part, with its mark; 0 where none has, or it is not known. */
  get size(): number {
    const { begun, from, to, most } = this;
    // No part says how many will follow.
    if (begun >= 0) return most;
    if (to - from < MARK_SIZE) return 0;
    const mark = this.view.getUint32(from);
    return mark >= LAST ? Math.min(mark & LENGTH, most) + MARK_SIZE : most;
  }

  /** Bytes of it that have not come yet. */
  get missing(): number {
    const start = this.begun >= 0 ? this.begun : this.from;
    return Math.max(this.size - (this.to - start), 0);
  }

  /** Bytes of memory that it takes, and to receive more behind it. */
  get wantedRoom(): number {
    const { size } = this;
    return size === 0 ? 0 : size + this.leastRoom;
  }

  /** From now on there is other room, and longer messages are taken. */
  widen(leastRoom: number, most: number): void {
    this.leastRoom = leastRoom;
    this.most = most;
  }

  /**
   * The message that was given is in use until the caller lowers the count that is returned: what comes
   * before then is put elsewhere.
   */
  lend(): Loan {
    this.loan.count += 1;
    return this.loan;
  }

  /** Free memory behind what was received. Messages that were given are gone, except those that are lent. */
  room(): Uint8Array<ArrayBuffer> {
    if (this.loan.count > 0) this.leave();
    if (this.begun >= 0) this.moveRest(this.begun + this.gathered);
    const kept = this.begun >= 0 ? this.begun : this.from;
    if (kept === this.to) {
      this.from = 0;
      this.to = 0;
      if (this.begun >= 0) this.begun = 0;
    } else if (kept > 0 && this.bytes.length - this.to < this.wanted()) {
      this.bytes.copyWithin(0, kept, this.to);
      this.from -= kept;
      this.to -= kept;
      if (this.begun >= 0) this.begun = 0;
    }
    if (this.bytes.length - this.to < this.leastRoom) {
      const most = Math.max(this.limit, this.to + this.leastRoom);
      this.grow(Math.min(this.to + this.wanted(), most));
    }
    return this.to === 0 ? this.bytes : this.bytes.subarray(this.to);
  }

  received(count: number): void {
    this.to += count;
  }

  /**
   * Takes bytes that somebody else has received.
   * @param taken called when some are there; false ends it, and the rest is dropped
   */
  put(bytes: Uint8Array, taken: () => boolean): void {
    for (let at = 0; at < bytes.length; ) {
      const room = this.room();
      const count = Math.min(room.length, bytes.length - at);
      room.set(bytes.subarray(at, at + count));
      this.received(count);
      at += count;
      if (!taken()) return;
    }
  }

  /** Finds the next whole message. @throws {RecordError} when there can be none any more */
  next(): boolean {
    for (;;) {
      const { from, to, view } = this;
      if (to - from < MARK_SIZE) return false;
      const mark = view.getUint32(from);
      const length = mark & LENGTH;
      if (this.gathered + length > this.most) {
        const all = this.gathered + length;
        throw new RecordError(`a message of ${all} bytes or more, where ${this.most} are the most`);
      }
      if (to - from - MARK_SIZE < length) return false;
      const isLast = mark >= LAST;
      if (this.begun < 0 && isLast) {
        this.start = from + MARK_SIZE;
        this.end = this.start + length;
        this.from = this.end;
        return true;
      }
      this.gather(length);
      if (!isLast) continue;
      this.start = this.begun;
      this.end = this.begun + this.gathered;
      this.begun = -1;
      this.gathered = 0;
      return true;
    }
  }

  /** Puts a part behind those before it, in the place of its mark and theirs. */
  private gather(length: number): void {
    const { from } = this;
    if (this.begun < 0) this.begun = from;
    this.bytes.copyWithin(this.begun + this.gathered, from + MARK_SIZE, from + MARK_SIZE + length);
    this.gathered += length;
    this.from = from + MARK_SIZE + length;
  }

  /** What was not looked at yet comes to stand here. */
  private moveRest(at: number): void {
    if (at === this.from) return;
    this.bytes.copyWithin(at, this.from, this.to);
    this.to -= this.from - at;
    this.from = at;
  }

  /** Bytes that the message under way still takes, and more to receive a few at once. */
  private wanted(): number {
    const { from, to, view } = this;
    const length = to - from >= MARK_SIZE ? Math.min(view.getUint32(from) & LENGTH, this.most) : 0;
    return Math.max(MARK_SIZE + length - (to - from), 0) + this.leastRoom;
  }

  /** Gives memory back that is more than `limit`, as far as no message is in it. */
  shrink(): void {
    if (this.bytes.length > this.limit) this.leave();
  }

  /** Goes on in other memory. */
  private leave(): void {
    const kept = this.begun >= 0 ? this.begun : this.from;
    const least = this.to - kept + this.leastRoom;
    const bytes = new Uint8Array(Math.max(Math.min(this.bytes.length, this.limit), least));
    bytes.set(this.bytes.subarray(kept, this.to));
    this.from -= kept;
    this.to -= kept;
    if (this.begun >= 0) this.begun = 0;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
    this.loan = { count: 0 };
  }

  private grow(size: number): void {
    if (size <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(size, Math.min(this.bytes.length * 2, this.limit)));
    bytes.set(this.bytes.subarray(0, this.to));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

/**
 * Splits a byte stream into messages. Each part of a message follows a mark of 4 bytes: the highest
 * bit marks the last part, the other bits give its length. Peers send one part per message but may
 * send more. Source: RFC 5531, record marking; GlusterFS `socket.c`, `xdr-common.h`.
 */

const MARK_SIZE = 4;
const LAST = 0x8000_0000;
const LENGTH = 0x7fff_ffff;

/** The longest accepted message; GlusterFS itself refuses 1 GiB. */
export const RECORD_MAX = 64 * 2 ** 20;

/** The mark of a message in one part. */
export const markOf = (length: number): number => (LAST | length) >>> 0;

export class RecordError extends Error {
  readonly code = 'GLOSSA_RPC_RECORD';
}

/** Counts the users of messages in one buffer. */
export interface Loan {
  count: number;
}

/**
 * Collects received bytes and returns complete messages. A message is valid until more bytes are
 * received; a caller that needs it longer copies or lends it.
 *
 *   const room = records.room();       // where to receive
 *   records.received(recv(socket, room));
 *   for (;;) { if (!records.next()) break; … records.bytes, records.start, records.end }
 */
export class Records {
  bytes: Uint8Array<ArrayBuffer>;
  /** The range of the message that `next` has found. */
  start = 0;
  end = 0;
  private view: DataView;
  /** The range of bytes that were received and not read yet. */
  private from = 0;
  private to = 0;
  /** Start of a message in several parts, which are joined here; -1 without one. */
  private begun = -1;
  private gathered = 0;
  /** The most bytes of memory; slightly exceeded where bytes were already received. */
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

  /** Whether part of a message was received. */
  get isBegun(): boolean {
    return this.begun >= 0 || this.to > this.from;
  }

  /** Bytes of memory for messages of ordinary length. */
  get ownRoom(): number {
    return this.leastRoom * 4;
  }

  /** Bytes of memory for the longest message. */
  get mostRoom(): number {
    return MARK_SIZE + this.most + this.leastRoom;
  }

  /** Bytes of the incomplete message with its mark; 0 between messages, or while the size is unknown. */
  get size(): number {
    const { begun, from, to, most } = this;
    // A part does not tell how many parts follow.
    if (begun >= 0) return most;
    if (to - from < MARK_SIZE) return 0;
    const mark = this.view.getUint32(from);
    return mark >= LAST ? Math.min(mark & LENGTH, most) + MARK_SIZE : most;
  }

  /** Bytes of the incomplete message that were not received yet. */
  get missing(): number {
    const start = this.begun >= 0 ? this.begun : this.from;
    return Math.max(this.size - (this.to - start), 0);
  }

  /** Bytes of memory for the incomplete message, and to receive more behind it. */
  get wantedRoom(): number {
    const { size } = this;
    return size === 0 ? 0 : size + this.leastRoom;
  }

  /** Changes the room and the longest message from now on. */
  widen(leastRoom: number, most: number): void {
    this.leastRoom = leastRoom;
    this.most = most;
  }

  /**
   * Keeps the current message in place until the caller lowers the returned count; bytes received
   * meanwhile go into another buffer.
   */
  lend(): Loan {
    this.loan.count += 1;
    return this.loan;
  }

  /** Returns free memory behind the received bytes. Invalidates messages that are not lent. */
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
   * Copies bytes in that were received elsewhere.
   * @param taken called after each portion; false stops, and the rest is dropped
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

  /** Finds the next complete message. @throws {RecordError} when the stream is malformed */
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

  /** Appends a part to those before it, over their marks. */
  private gather(length: number): void {
    const { from } = this;
    if (this.begun < 0) this.begun = from;
    this.bytes.copyWithin(this.begun + this.gathered, from + MARK_SIZE, from + MARK_SIZE + length);
    this.gathered += length;
    this.from = from + MARK_SIZE + length;
  }

  /** Moves the unread bytes to this position. */
  private moveRest(at: number): void {
    if (at === this.from) return;
    this.bytes.copyWithin(at, this.from, this.to);
    this.to -= this.from - at;
    this.from = at;
  }

  /** Bytes that the incomplete message still needs, and room to receive more. */
  private wanted(): number {
    const { from, to, view } = this;
    const length = to - from >= MARK_SIZE ? Math.min(view.getUint32(from) & LENGTH, this.most) : 0;
    return Math.max(MARK_SIZE + length - (to - from), 0) + this.leastRoom;
  }

  /** Frees memory beyond `limit` unless it holds a message. */
  shrink(): void {
    if (this.bytes.length > this.limit) this.leave();
  }

  /** Continues in a new buffer. */
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

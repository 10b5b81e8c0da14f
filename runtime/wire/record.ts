/**
 * Splits a byte stream into messages. Each part of a message follows a mark of 4 bytes: the highest
 * bit marks the last part, the other bits give its length. Peers send one part per message but may
 * send more. Source: RFC 5531, record marking; GlusterFS `socket.c`, `xdr-common.h`.
 */

const MARK_SIZE = 4;
const LAST_PART = 0x8000_0000;
const LENGTH_MASK = 0x7fff_ffff;

/** The longest accepted message; GlusterFS itself refuses 1 GiB. */
export const RECORD_MAX = 64 * 2 ** 20;

/** The mark of a message in one part. */
export const recordMark = (length: number): number => (LAST_PART | length) >>> 0;

export class RecordError extends Error {
  readonly code = 'GLOSSA_RPC_RECORD';
}

/** The number of calls that still use messages in one buffer. */
export interface Loan {
  count: number;
}

/**
 * Collects received bytes and finds complete messages. A message is valid until more bytes are received; a caller that
 * needs it longer copies the message, or calls `lend`.
 *
 *   const room = records.reserveRoom();       // where to receive
 *   records.noteReceived(recv(socket, room));
 *   while (records.findNext()) { … records.bytes, records.start, records.end }
 */
export class RecordReader {
  bytes: Uint8Array<ArrayBuffer>;
  /** The range of the message that `findNext` has found. */
  start = 0;
  end = 0;
  private view: DataView;
  /** The range of bytes that were received and not read yet. */
  private from = 0;
  private to = 0;
  /** The position at which the parts of a message are joined; -1 while no message in several parts is incomplete. */
  private partsStart = -1;
  private partsLength = 0;
  /** The most bytes of memory; may be exceeded slightly by bytes that were already received. */
  limit = Number.POSITIVE_INFINITY;
  private minRoom: number;
  private maxLength: number;
  private loan: Loan = { count: 0 };

  constructor(minRoom = 65_536, maxLength = RECORD_MAX) {
    this.minRoom = minRoom;
    this.maxLength = maxLength;
    this.bytes = new Uint8Array(this.ordinaryMemory);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Whether part of a message was received. */
  get hasPartialMessage(): boolean {
    return this.partsStart >= 0 || this.to > this.from;
  }

  /** Bytes of memory for messages of ordinary length. */
  get ordinaryMemory(): number {
    return this.minRoom * 4;
  }

  /** Bytes of memory for the longest message. */
  get maxMemory(): number {
    return MARK_SIZE + this.maxLength + this.minRoom;
  }

  /** Bytes of the incomplete message with its mark; 0 between messages, or while the size is unknown. */
  get size(): number {
    const { partsStart, from, to, maxLength } = this;
    // The number of further parts is unknown, so the longest message is assumed.
    if (partsStart >= 0) return maxLength;
    if (to - from < MARK_SIZE) return 0;
    const mark = this.view.getUint32(from);
    return mark >= LAST_PART ? Math.min(mark & LENGTH_MASK, maxLength) + MARK_SIZE : maxLength;
  }

  /** Bytes of the incomplete message that were not received yet. */
  get missingBytes(): number {
    const start = this.partsStart >= 0 ? this.partsStart : this.from;
    return Math.max(this.size - (this.to - start), 0);
  }

  /** Bytes of memory for the incomplete message, and to receive more behind it. */
  get neededMemory(): number {
    const { size } = this;
    return size === 0 ? 0 : size + this.minRoom;
  }

  /** Sets the least free room for receiving, and the longest accepted message. */
  setLimits(minRoom: number, maxLength: number): void {
    this.minRoom = minRoom;
    this.maxLength = maxLength;
  }

  /**
   * Keeps the current message unchanged in memory until the caller lowers the returned count. Bytes received meanwhile
   * go into another buffer.
   */
  lend(): Loan {
    this.loan.count += 1;
    return this.loan;
  }

  /** Returns free memory behind the received bytes. Invalidates messages that are not lent. */
  reserveRoom(): Uint8Array<ArrayBuffer> {
    if (this.loan.count > 0) this.replaceBuffer();
    if (this.partsStart >= 0) this.moveRest(this.partsStart + this.partsLength);
    const keptStart = this.partsStart >= 0 ? this.partsStart : this.from;
    if (keptStart === this.to) {
      this.from = 0;
      this.to = 0;
      if (this.partsStart >= 0) this.partsStart = 0;
    } else if (keptStart > 0 && this.bytes.length - this.to < this.neededRoom()) {
      this.bytes.copyWithin(0, keptStart, this.to);
      this.from -= keptStart;
      this.to -= keptStart;
      if (this.partsStart >= 0) this.partsStart = 0;
    }
    if (this.bytes.length - this.to < this.minRoom) {
      const most = Math.max(this.limit, this.to + this.minRoom);
      this.grow(Math.min(this.to + this.neededRoom(), most));
    }
    return this.to === 0 ? this.bytes : this.bytes.subarray(this.to);
  }

  /** Records that the caller has received `count` bytes into the reserved room. */
  noteReceived(count: number): void {
    this.to += count;
  }

  /**
   * Appends bytes that were received elsewhere.
   * @param onPortion called after each copied portion; false stops, and the rest is dropped
   */
  append(bytes: Uint8Array, onPortion: () => boolean): void {
    for (let at = 0; at < bytes.length; ) {
      const room = this.reserveRoom();
      const count = Math.min(room.length, bytes.length - at);
      room.set(bytes.subarray(at, at + count));
      this.noteReceived(count);
      at += count;
      if (!onPortion()) return;
    }
  }

  /** Finds the next complete message. @throws {RecordError} when the stream is malformed */
  findNext(): boolean {
    for (;;) {
      const { from, to, view } = this;
      if (to - from < MARK_SIZE) return false;
      const mark = view.getUint32(from);
      const length = mark & LENGTH_MASK;
      if (this.partsLength + length > this.maxLength) {
        const totalBytes = this.partsLength + length;
        throw new RecordError(
          `a message of ${totalBytes} bytes or more, where ${this.maxLength} are the most`,
        );
      }
      if (to - from - MARK_SIZE < length) return false;
      const isLast = mark >= LAST_PART;
      if (this.partsStart < 0 && isLast) {
        this.start = from + MARK_SIZE;
        this.end = this.start + length;
        this.from = this.end;
        return true;
      }
      this.gather(length);
      if (!isLast) continue;
      this.start = this.partsStart;
      this.end = this.partsStart + this.partsLength;
      this.partsStart = -1;
      this.partsLength = 0;
      return true;
    }
  }

  /** Moves a part directly behind the parts before it, over its own mark. */
  private gather(length: number): void {
    const { from } = this;
    if (this.partsStart < 0) this.partsStart = from;
    this.bytes.copyWithin(
      this.partsStart + this.partsLength,
      from + MARK_SIZE,
      from + MARK_SIZE + length,
    );
    this.partsLength += length;
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
  private neededRoom(): number {
    const { from, to, view } = this;
    const length =
      to - from >= MARK_SIZE ? Math.min(view.getUint32(from) & LENGTH_MASK, this.maxLength) : 0;
    return Math.max(MARK_SIZE + length - (to - from), 0) + this.minRoom;
  }

  /** Frees memory beyond `limit` unless it holds a message. */
  shrink(): void {
    if (this.bytes.length > this.limit) this.replaceBuffer();
  }

  /** Copies the unread bytes to a new buffer; a lent message stays in the old one. */
  private replaceBuffer(): void {
    const keptStart = this.partsStart >= 0 ? this.partsStart : this.from;
    const least = this.to - keptStart + this.minRoom;
    const bytes = new Uint8Array(Math.max(Math.min(this.bytes.length, this.limit), least));
    bytes.set(this.bytes.subarray(keptStart, this.to));
    this.from -= keptStart;
    this.to -= keptStart;
    if (this.partsStart >= 0) this.partsStart = 0;
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

/**
 * Splits a byte stream into messages. A message is one part or several. Before each part stand 4 bytes, its mark: the
 * highest bit is set for the last part, the other bits are its length. Peers usually send a message as one part.
 *
 * Source: RFC 5531, record marking; GlusterFS `socket.c`, `xdr-common.h`.
 */

/** Bytes of a mark; its bit for the last part, and its bits for the length. */
const MARK_SIZE = 4;
const LAST_PART = 0x8000_0000;
const LENGTH_MASK = 0x7fff_ffff;

/** Bytes of the longest accepted message; GlusterFS itself refuses 1 GiB. */
export const RECORD_MAX = 64 * 2 ** 20;

/** Makes the mark of a message that is one part. */
export const makeRecordMark = (length: number): number => (LAST_PART | length) >>> 0;

/** Thrown for a malformed stream: the connection must be closed. */
export class RecordError extends Error {
  readonly code = 'GLOSSA_RPC_RECORD';
}

/** Makes memory of any content. */
export type AllocateBytes = (size: number) => Uint8Array<ArrayBuffer>;

const allocateCleared: AllocateBytes = (size) => new Uint8Array(size);

/** The number of calls that still use messages in one buffer. */
export interface Loan {
  count: number;
  /** The bytes of the buffer, once the reader has left it to the calls; until then 0. */
  bytes: number;
}

/**
 * Collects received bytes and finds complete messages. A message is valid until the next `reserveRoom`; a caller that
 * needs it longer copies the message, or calls `lend`.
 *
 *   const room = records.reserveRoom();       // where to receive
 *   records.noteReceived(recv(socket, room));
 *   while (records.findNext()) { … records.bytes, records.start, records.end }
 */
export class RecordReader {
  /** The buffer of received bytes, in which all positions are. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The range of the message that `findNext` has found. */
  start = 0;
  end = 0;
  private view: DataView;
  /** The range of bytes that were received and not read yet. */
  private unreadStart = 0;
  private unreadEnd = 0;
  /** Position and length of the joined parts of an incomplete message; -1 without joined parts. */
  private partsStart = -1;
  private partsLength = 0;
  /** The most bytes of memory. Bytes that were already received may exceed it slightly. */
  memoryLimit = Number.POSITIVE_INFINITY;
  private minRoom: number;
  private maxLength: number;
  private readonly allocate: AllocateBytes;
  private loan: Loan = { count: 0, bytes: 0 };
  /** The bytes of buffers that the reader has left to calls which use messages in them. */
  lentBytes = 0;

  /**
   * @param minRoom the least bytes that `reserveRoom` returns
   * @param maxLength of a message; a longer one is an error
   * @param allocate makes its memory
   */
  constructor(minRoom = 65_536, maxLength = RECORD_MAX, allocate: AllocateBytes = allocateCleared) {
    this.minRoom = minRoom;
    this.maxLength = maxLength;
    this.allocate = allocate;
    this.bytes = allocate(this.ordinaryMemory);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Whether part of a message was received. */
  get hasPartialMessage(): boolean {
    return this.partsStart >= 0 || this.unreadEnd > this.unreadStart;
  }

  /** Bytes of memory for messages of ordinary length. */
  get ordinaryMemory(): number {
    return this.minRoom * 4;
  }

  /** Bytes of memory for the longest message. */
  get maxMemory(): number {
    return MARK_SIZE + this.maxLength + this.minRoom;
  }

  /** Bytes of the incomplete message with its mark; 0 between messages, and until its mark was received. */
  get incompleteSize(): number {
    const { partsStart, unreadStart, unreadEnd, maxLength } = this;
    // The number of further parts is unknown, so the longest message is assumed.
    if (partsStart >= 0) return maxLength;
    if (unreadEnd - unreadStart < MARK_SIZE) return 0;
    const mark = this.view.getUint32(unreadStart);
    return mark >= LAST_PART ? Math.min(mark & LENGTH_MASK, maxLength) + MARK_SIZE : maxLength;
  }

  /** Bytes of the incomplete message that were not received yet. */
  get missingBytes(): number {
    const start = this.partsStart >= 0 ? this.partsStart : this.unreadStart;
    return Math.max(this.incompleteSize - (this.unreadEnd - start), 0);
  }

  /** Bytes of memory for the incomplete message, and for receiving more after it. */
  get neededMemory(): number {
    const { incompleteSize } = this;
    return incompleteSize === 0 ? 0 : incompleteSize + this.minRoom;
  }

  /** Sets the parameters of the constructor anew, for instance after a client was admitted. */
  setLimits(minRoom: number, maxLength: number): void {
    this.minRoom = minRoom;
    this.maxLength = maxLength;
  }

  /**
   * Keeps the current message unchanged in memory until the caller returns the loan. Bytes received meanwhile go into
   * another buffer.
   */
  lend(): Loan {
    this.loan.count += 1;
    return this.loan;
  }

  /** Returns a loan, once for each `lend`. */
  returnLoan(loan: Loan): void {
    loan.count -= 1;
    if (loan.count === 0) this.lentBytes -= loan.bytes;
  }

  /** Makes `findNext` find the present message again; called before any other use of the reader. */
  putBack(): void {
    const length = this.end - this.start;
    // Parts were joined over their marks, so that the message now ends before the next one, with room for one mark.
    const start = this.unreadStart - length;
    if (start !== this.start) this.bytes.copyWithin(start, this.start, this.end);
    this.unreadStart = start - MARK_SIZE;
    this.view.setUint32(this.unreadStart, makeRecordMark(length));
  }

  /** Returns free memory after the received bytes. Invalidates messages that are not lent. */
  reserveRoom(): Uint8Array<ArrayBuffer> {
    if (this.loan.count > 0) this.replaceBuffer();
    if (this.partsStart >= 0) this.moveUnread(this.partsStart + this.partsLength);
    const keptStart = this.partsStart >= 0 ? this.partsStart : this.unreadStart;
    if (keptStart === this.unreadEnd) {
      this.unreadStart = 0;
      this.unreadEnd = 0;
      if (this.partsStart >= 0) this.partsStart = 0;
    } else if (keptStart > 0 && this.bytes.length - this.unreadEnd < this.computeNeededRoom()) {
      this.bytes.copyWithin(0, keptStart, this.unreadEnd);
      this.unreadStart -= keptStart;
      this.unreadEnd -= keptStart;
      if (this.partsStart >= 0) this.partsStart = 0;
    }
    if (this.bytes.length - this.unreadEnd < this.minRoom) {
      const sizeLimit = Math.max(this.memoryLimit, this.unreadEnd + this.minRoom);
      this.grow(Math.min(this.unreadEnd + this.computeNeededRoom(), sizeLimit));
    }
    return this.unreadEnd === 0 ? this.bytes : this.bytes.subarray(this.unreadEnd);
  }

  /** Records that the caller has received `count` bytes into the reserved room. */
  noteReceived(count: number): void {
    this.unreadEnd += count;
  }

  /**
   * Appends bytes that were received elsewhere.
   * @param onPortion called after each copied portion; false stops, and the rest is dropped
   */
  append(bytes: Uint8Array, onPortion: () => boolean): void {
    for (let copiedCount = 0; copiedCount < bytes.length; ) {
      const room = this.reserveRoom();
      const count = Math.min(room.length, bytes.length - copiedCount);
      room.set(bytes.subarray(copiedCount, copiedCount + count));
      this.noteReceived(count);
      copiedCount += count;
      if (!onPortion()) return;
    }
  }

  /** Finds the next complete message; false if none has arrived yet. @throws {RecordError} for a malformed stream */
  findNext(): boolean {
    for (;;) {
      const { unreadStart, unreadEnd, view } = this;
      if (unreadEnd - unreadStart < MARK_SIZE) return false;
      const mark = view.getUint32(unreadStart);
      const length = mark & LENGTH_MASK;
      if (this.partsLength + length > this.maxLength) {
        const totalBytes = this.partsLength + length;
        throw new RecordError(
          `a message of ${totalBytes} bytes or more, where ${this.maxLength} are the most`,
        );
      }
      if (unreadEnd - unreadStart - MARK_SIZE < length) return false;
      const isLast = mark >= LAST_PART;
      if (this.partsStart < 0 && isLast) {
        this.start = unreadStart + MARK_SIZE;
        this.end = this.start + length;
        this.unreadStart = this.end;
        return true;
      }
      this.joinPart(length);
      if (!isLast) continue;
      this.start = this.partsStart;
      this.end = this.partsStart + this.partsLength;
      this.partsStart = -1;
      this.partsLength = 0;
      return true;
    }
  }

  /** Joins a part to the parts before it, by moving it over its own mark. */
  private joinPart(length: number): void {
    const { unreadStart } = this;
    if (this.partsStart < 0) this.partsStart = unreadStart;
    this.bytes.copyWithin(
      this.partsStart + this.partsLength,
      unreadStart + MARK_SIZE,
      unreadStart + MARK_SIZE + length,
    );
    this.partsLength += length;
    this.unreadStart = unreadStart + MARK_SIZE + length;
  }

  /** Moves the unread bytes to a lower position. */
  private moveUnread(position: number): void {
    if (position === this.unreadStart) return;
    this.bytes.copyWithin(position, this.unreadStart, this.unreadEnd);
    this.unreadEnd -= this.unreadStart - position;
    this.unreadStart = position;
  }

  /** Bytes that the incomplete message still needs, and room to receive more. */
  private computeNeededRoom(): number {
    const { unreadStart, unreadEnd, view } = this;
    const length =
      unreadEnd - unreadStart >= MARK_SIZE
        ? Math.min(view.getUint32(unreadStart) & LENGTH_MASK, this.maxLength)
        : 0;
    return Math.max(MARK_SIZE + length - (unreadEnd - unreadStart), 0) + this.minRoom;
  }

  /** Frees memory beyond `limit` unless it holds a message. */
  shrink(): void {
    if (this.bytes.length > this.memoryLimit) this.replaceBuffer();
  }

  /** Frees all memory, and forgets what was received; lent messages stay. */
  release(): void {
    this.unreadStart = 0;
    this.unreadEnd = 0;
    this.partsStart = -1;
    this.partsLength = 0;
    this.bytes = new Uint8Array(0);
    this.view = new DataView(this.bytes.buffer);
    this.loan = { count: 0, bytes: 0 };
  }

  /** Copies the unread bytes to a new buffer; a lent message stays in the old one. */
  private replaceBuffer(): void {
    const keptStart = this.partsStart >= 0 ? this.partsStart : this.unreadStart;
    const lentLength = this.bytes.length;
    const neededBytes = this.unreadEnd - keptStart + this.minRoom;
    const bytes = this.allocate(
      Math.max(Math.min(this.bytes.length, this.memoryLimit), neededBytes),
    );
    bytes.set(this.bytes.subarray(keptStart, this.unreadEnd));
    this.unreadStart -= keptStart;
    this.unreadEnd -= keptStart;
    if (this.partsStart >= 0) this.partsStart = 0;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
    if (this.loan.count > 0) {
      this.loan.bytes = lentLength;
      this.lentBytes += lentLength;
    }
    this.loan = { count: 0, bytes: 0 };
  }

  /** Replaces the buffer by one of at least `neededBytes`, unless it is that large. */
  private grow(neededBytes: number): void {
    if (neededBytes <= this.bytes.length) return;
    const bytes = this.allocate(
      Math.max(neededBytes, Math.min(this.bytes.length * 2, this.memoryLimit)),
    );
    bytes.set(this.bytes.subarray(0, this.unreadEnd));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

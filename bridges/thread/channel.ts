/**
 * Sends messages between two threads over shared memory, and wakes the receiver. Each side has a
 * `Channel`: guest-link.ts in the main thread, guest-thread.ts in the guest's.
 *
 * Each direction is a ring of bytes with two counters, the writer's and the reader's. Messages that
 * do not fit wait in the writer's backlog. The other side is untrusted: a counter is read once, and
 * a message is copied before it is decoded. A side is AWAKE (it polls), ASLEEP (until notified),
 * AWAY (in its event loop), or CALLED (away, and `wakeOther` was called already).
 */
import type { BusyPoll } from '../../runtime/core/busy-poll.ts';
import { concatBytes } from '../../runtime/core/bytes.ts';
import { MalformedMessageError, MessageReader, type MessageWriter } from './message-bytes.ts';

/** Bytes of a ring: a power of two, larger than the largest read or write. */
const RING_BYTES = 4 * 1024 * 1024;
/** Maximum bytes of a piece; longer messages are sent in several. */
const MAX_PIECE_BYTES = 1024 * 1024;
/** Maximum bytes of a message. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;
/** Up to this length bytes are copied in a loop, which is faster than `set`. */
const MAX_LOOP_COPY_BYTES = 96;
/**
 * Bytes of a piece's header: the piece's length (with `MORE_FOLLOWS`), and the length of the
 * message's head (message-bytes.ts).
 */
const HEADER_BYTES = 8;
/** A bit of the length: the message continues in the next piece. */
const MORE_FOLLOWS = 0x80000000;

// Indices of the words of one side in the control memory.
/** Bytes that this side has written to its ring, modulo 2^32. */
const WRITTEN_WORD = 0;
/** Bytes that this side has read from the other's ring, modulo 2^32. */
const READ_WORD = 1;
/** 1 while this side waits for room in its ring. */
const WAITS_FOR_ROOM_WORD = 2;
/** AWAKE, ASLEEP, AWAY or CALLED. */
const STATE_WORD = 3;
/** The number of words reserved for one side; the other side's follow. */
const SIDE_WORDS = 8;
// Indices of the words that both sides share, after those of the sides.
const LOG_LEVEL_WORD = 2 * SIDE_WORDS;
const HEARTBEAT_WORD = LOG_LEVEL_WORD + 1;
const CLOCK_OFFSET_BYTES = 4 * (LOG_LEVEL_WORD + 4);
const CONTROL_BYTES = CLOCK_OFFSET_BYTES + 8;

// States of a side; the header explains them.
const AWAKE = 0;
const ASLEEP = 1;
const AWAY = 2;
const CALLED = 3;

/** The memory that both threads use. */
export interface SharedMemory {
  readonly control: SharedArrayBuffer;
  /** The rings, one written by each side. */
  readonly rings: readonly [SharedArrayBuffer, SharedArrayBuffer];
}

/** Makes the shared memory of a new worker. */
export const makeSharedMemory = (): SharedMemory => ({
  control: new SharedArrayBuffer(CONTROL_BYTES),
  rings: [new SharedArrayBuffer(RING_BYTES), new SharedArrayBuffer(RING_BYTES)],
});

/** Rounds a number of bytes up to a multiple of 8. */
const alignBytes = (bytes: number): number => (bytes + 7) & ~7;
/** Computes the bytes that a piece occupies in the ring, header included. */
const computeRingBytes = (bytes: number): number => HEADER_BYTES + alignBytes(bytes);

export class Channel {
  /** Bytes of messages for which the ring has no room yet. */
  backlogBytes = 0;
  private readonly control: Int32Array;
  private readonly clock: Float64Array;
  /** Indices of the first words of this side, and of the other, in the control memory. */
  private readonly ownWordsStart: number;
  private readonly otherWordsStart: number;
  private readonly outRing: Ring;
  private readonly inRing: Ring;
  private readonly wakeOther: () => void;
  private readonly reader = new MessageReader();
  /** Holds the latest short message. */
  private readonly scratch = new Uint8Array(64 * 1024);
  private backlog: Piece[] = [];
  /** Pieces of an incomplete message. */
  private pieces: Uint8Array[] = [];
  private writtenByteCount = 0;
  private readByteCount = 0;

  /**
   * @param side 0 or 1
   * @param wakeOther wakes the other side in its event loop
   */
  constructor({ control, rings }: SharedMemory, side: 0 | 1, wakeOther: () => void) {
    this.control = new Int32Array(control);
    this.clock = new Float64Array(control, CLOCK_OFFSET_BYTES, 1);
    this.ownWordsStart = side * SIDE_WORDS;
    this.otherWordsStart = (1 - side) * SIDE_WORDS;
    this.outRing = new Ring(rings[side]);
    this.inRing = new Ring(rings[1 - side]!);
    this.wakeOther = wakeOther;
  }

  // -- shared state ------------------------------------------------------------------------------

  /** The time of a test's clock, in milliseconds, set by the main thread. */
  get testClockMs(): number {
    return this.clock[0]!;
  }

  set testClockMs(ms: number) {
    this.clock[0] = ms;
  }

  /** The volume's log level, set by the main thread. */
  get logLevel(): number {
    return this.control[LOG_LEVEL_WORD]!;
  }

  set logLevel(level: number) {
    this.control[LOG_LEVEL_WORD] = level;
  }

  /** A counter that the worker raises while it runs: if it stays the same, the worker is stuck. */
  get heartbeat(): number {
    return Atomics.load(this.control, HEARTBEAT_WORD);
  }

  raiseHeartbeat(): void {
    Atomics.add(this.control, HEARTBEAT_WORD, 1);
  }

  // -- sending -----------------------------------------------------------------------------------

  /** Puts a message into the ring, or in the backlog. Does not wake the receiver. */
  put(message: MessageWriter): void {
    // Aligns long data: V8 copies unaligned shared memory byte by byte, up to eight times as slowly.
    if (message.longBytes > 0) message.headLength = alignBytes(message.headLength);
    const { length } = message;
    if (this.backlog.length === 0 && length <= MAX_PIECE_BYTES && this.hasRoom(length)) {
      this.outRing.writeMessage(message, this.writtenByteCount);
      this.advanceWritten(length);
      return;
    }
    this.queueInBacklog(message);
    this.flush();
  }

  /** Sends the backlog, as far as there is room. */
  flush(): void {
    while (this.backlog.length > 0) {
      const { bytes, lengthWord, headLength } = this.backlog[0]!;
      if (!this.hasRoom(bytes.length)) {
        Atomics.store(this.control, this.ownWordsStart + WAITS_FOR_ROOM_WORD, 1);
        // The reader may have made room before it could see that this side waits.
        if (!this.hasRoom(bytes.length)) return;
      }
      this.outRing.writePiece(bytes, lengthWord, headLength, this.writtenByteCount);
      this.advanceWritten(bytes.length);
      this.backlogBytes -= bytes.length;
      this.backlog.shift();
    }
  }

  /** Copies a message to the backlog, in pieces. */
  private queueInBacklog(message: MessageWriter): void {
    // A copy, as the caller reuses the message's memory.
    const whole = concatBytes([message.bytes.slice(0, message.headLength), ...message.longParts]);
    for (let start = 0; start < whole.length; start += MAX_PIECE_BYTES) {
      const bytes = whole.subarray(start, start + MAX_PIECE_BYTES);
      const moreFlag = start + MAX_PIECE_BYTES < whole.length ? MORE_FOLLOWS : 0;
      this.backlog.push({
        bytes,
        lengthWord: (bytes.length | moreFlag) >>> 0,
        headLength: message.headLength,
      });
      this.backlogBytes += bytes.length;
    }
  }

  /** Whether the ring has room for a piece. @throws {MalformedMessageError} */
  private hasRoom(bytes: number): boolean {
    const { freeBytes } = this;
    if (freeBytes < 0) throw new MalformedMessageError('an impossible counter');
    return computeRingBytes(bytes) <= freeBytes;
  }

  /** Free bytes of the ring; negative when the reader's counter is impossible. */
  private get freeBytes(): number {
    const read = Atomics.load(this.control, this.otherWordsStart + READ_WORD) >>> 0;
    return RING_BYTES - ((this.writtenByteCount - read) >>> 0);
  }

  /** Adds a written piece to this side's counter. */
  private advanceWritten(bytes: number): void {
    this.writtenByteCount = (this.writtenByteCount + computeRingBytes(bytes)) >>> 0;
    Atomics.store(this.control, this.ownWordsStart + WRITTEN_WORD, this.writtenByteCount | 0);
  }

  /** True when the other side has read all messages. */
  get isAllRead(): boolean {
    return (
      Atomics.load(this.control, this.otherWordsStart + READ_WORD) >>> 0 === this.writtenByteCount
    );
  }

  /** Wakes the other side unless it polls. */
  wake(): void {
    const { control } = this;
    const stateIndex = this.otherWordsStart + STATE_WORD;
    const state = Atomics.load(control, stateIndex);
    if (state === ASLEEP) {
      if (Atomics.compareExchange(control, stateIndex, ASLEEP, AWAKE) === ASLEEP)
        Atomics.notify(control, stateIndex);
    } else if (state === AWAY) {
      if (Atomics.compareExchange(control, stateIndex, AWAY, CALLED) === AWAY) this.wakeOther();
    }
  }

  /** As `wake`, if the other side has unread messages. */
  wakeIfUnread(): void {
    if (!this.isAllRead) this.wake();
  }

  /** True when the other side is idle: it has read all messages and does not run. */
  get isOtherSideIdle(): boolean {
    const state = Atomics.load(this.control, this.otherWordsStart + STATE_WORD);
    return (state === ASLEEP || state === AWAY) && this.isAllRead;
  }

  // -- receiving ---------------------------------------------------------------------------------

  get hasMessage(): boolean {
    return (
      Atomics.load(this.control, this.otherWordsStart + WRITTEN_WORD) >>> 0 !== this.readByteCount
    );
  }

  /**
   * Receives a message, valid until the next call; null without one.
   * @throws {MalformedMessageError}
   */
  receive(): MessageReader | null {
    for (;;) {
      const writtenCount = Atomics.load(this.control, this.otherWordsStart + WRITTEN_WORD) >>> 0;
      const unreadByteCount = (writtenCount - this.readByteCount) >>> 0;
      if (unreadByteCount === 0) return null;
      if (unreadByteCount > RING_BYTES || unreadByteCount < HEADER_BYTES)
        throw new MalformedMessageError('an impossible counter');
      const lengthWord = this.inRing.readHeaderWord(this.readByteCount, 0);
      const headLength = this.inRing.readHeaderWord(this.readByteCount, 1);
      const length = lengthWord & ~MORE_FOLLOWS;
      const moreFollows = (lengthWord & MORE_FOLLOWS) !== 0;
      if (length > MAX_PIECE_BYTES || computeRingBytes(length) > unreadByteCount) {
        throw new MalformedMessageError('a message is longer than the sent bytes');
      }
      const isShort = length <= this.scratch.length && !moreFollows && this.pieces.length === 0;
      const bytes = isShort ? this.scratch : new Uint8Array(alignBytes(length));
      this.inRing.read(bytes, length, this.readByteCount);
      this.advanceRead(length);
      if (isShort) return this.reader.open(bytes, length, headLength, true);
      const message = this.assemble(bytes.subarray(0, length), moreFollows);
      if (message !== null) return this.reader.open(message, message.length, headLength, false);
    }
  }

  /** Adds a piece to its message; returns the message once it is complete, null before. */
  private assemble(piece: Uint8Array, moreFollows: boolean): Uint8Array | null {
    if (!moreFollows && this.pieces.length === 0) return piece;
    this.pieces.push(piece);
    const bytes = this.pieces.reduce((sum, { length }) => sum + length, 0);
    if (bytes > MAX_MESSAGE_BYTES) throw new MalformedMessageError('a message does not end');
    if (moreFollows) return null;
    const whole = concatBytes(this.pieces);
    this.pieces = [];
    return whole;
  }

  /** Adds a read piece to this side's counter, and wakes a writer that waits for room. */
  private advanceRead(bytes: number): void {
    this.readByteCount = (this.readByteCount + computeRingBytes(bytes)) >>> 0;
    Atomics.store(this.control, this.ownWordsStart + READ_WORD, this.readByteCount | 0);
    if (Atomics.load(this.control, this.otherWordsStart + WAITS_FOR_ROOM_WORD) === 0) return;
    Atomics.store(this.control, this.otherWordsStart + WAITS_FOR_ROOM_WORD, 0);
    this.wake();
  }

  // -- waiting -----------------------------------------------------------------------------------

  /** Sets this side AWAKE: it polls. */
  setAwake(): void {
    Atomics.store(this.control, this.ownWordsStart + STATE_WORD, AWAKE);
  }

  /** Polls for a message if `busyPoll` finds that worthwhile. Returns false if no message came. */
  pollWhileBusy(busyPoll: BusyPoll): boolean {
    if (!busyPoll.shouldPoll()) return false;
    const pollEnd = performance.now() + busyPoll.limitUs / 1000;
    do {
      // Several tries per sample of the clock, which takes longer than a try.
      for (let tries = 0; tries < 8; tries++) {
        if (!this.hasMessage) continue;
        busyPoll.noteHit();
        return true;
      }
    } while (performance.now() < pollEnd);
    busyPoll.noteMiss();
    return false;
  }

  /**
   * True when this side has no message to read, and no room to send its backlog. Called after its
   * state was set to ASLEEP or AWAY. The reader wakes a side that waits for room.
   */
  private get hasNoWork(): boolean {
    if (this.hasMessage) return false;
    const next = this.backlog[0];
    if (next === undefined) return true;
    Atomics.store(this.control, this.ownWordsStart + WAITS_FOR_ROOM_WORD, 1);
    const { freeBytes } = this;
    // `flush` throws for an impossible counter.
    return freeBytes >= 0 && freeBytes < computeRingBytes(next.bytes.length);
  }

  /**
   * Sleeps until there is work, for at most `ms` milliseconds.
   * @param announcesIdle true to wake the other side if it sleeps: no message will come soon
   */
  sleep(ms: number, announcesIdle: boolean): void {
    const { control } = this;
    const stateIndex = this.ownWordsStart + STATE_WORD;
    Atomics.store(control, stateIndex, ASLEEP);
    if (this.hasNoWork) {
      if (announcesIdle) this.wakeSleeper();
      Atomics.wait(control, stateIndex, ASLEEP, ms);
    }
    Atomics.store(control, stateIndex, AWAKE);
  }

  /**
   * Sets this side AWAY. Returns false, and stays AWAKE, if there is work.
   * @param announcesIdle as in `sleep`
   */
  setAway(announcesIdle: boolean): boolean {
    Atomics.store(this.control, this.ownWordsStart + STATE_WORD, AWAY);
    if (this.hasNoWork) {
      if (announcesIdle) this.wakeSleeper();
      return true;
    }
    this.setAwake();
    return false;
  }

  /** Wakes the other side if it is ASLEEP, but not if it is in its event loop. */
  private wakeSleeper(): void {
    if (Atomics.load(this.control, this.otherWordsStart + STATE_WORD) === ASLEEP) this.wake();
  }
}

/** A part of a message in the backlog. */
interface Piece {
  readonly bytes: Uint8Array;
  /** Its length, with `MORE_FOLLOWS` if the message continues. */
  readonly lengthWord: number;
  readonly headLength: number;
}

/** Accesses the ring of one direction. Counters of bytes wrap at its end; a piece starts at one. */
class Ring {
  private readonly bytes: Uint8Array;
  private readonly words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.bytes = new Uint8Array(memory);
    this.words = new Int32Array(memory);
  }

  /** Reads a word of the header of the piece at `counter`: `writeHeader` writes them. */
  readHeaderWord(counter: number, index: 0 | 1): number {
    return this.words[((counter & (RING_BYTES - 1)) >> 2) + index]! >>> 0;
  }

  private writeHeader(counter: number, lengthWord: number, headLength: number): void {
    const wordIndex = (counter & (RING_BYTES - 1)) >> 2;
    this.words[wordIndex] = lengthWord | 0;
    this.words[wordIndex + 1] = headLength;
  }

  /** Writes a whole message as one piece. */
  writeMessage(message: MessageWriter, counter: number): void {
    this.writeHeader(counter, message.length, message.headLength);
    let partStart = this.copy(message.bytes, message.headLength, counter + HEADER_BYTES);
    for (const part of message.longParts) partStart = this.copy(part, part.length, partStart);
  }

  writePiece(piece: Uint8Array, lengthWord: number, headLength: number, counter: number): void {
    this.writeHeader(counter, lengthWord, headLength);
    this.copy(piece, piece.length, counter + HEADER_BYTES);
  }

  /** Copies bytes into the ring at counter `at`; returns the counter after them. */
  private copy(from: Uint8Array, length: number, counter: number): number {
    const start = counter & (RING_BYTES - 1);
    if (start + length <= RING_BYTES && length <= MAX_LOOP_COPY_BYTES) {
      const { bytes } = this;
      for (let i = 0; i < length; i++) bytes[start + i] = from[i]!;
    } else {
      const firstLength = Math.min(length, RING_BYTES - start);
      this.bytes.set(from.subarray(0, firstLength), start);
      if (firstLength < length) this.bytes.set(from.subarray(firstLength, length), 0);
    }
    return counter + length;
  }

  /** Copies the content of the piece at `at` out of the ring. */
  read(into: Uint8Array, length: number, counter: number): void {
    const start = (counter + HEADER_BYTES) & (RING_BYTES - 1);
    const { bytes } = this;
    if (start + length <= RING_BYTES && length <= MAX_LOOP_COPY_BYTES) {
      for (let i = 0; i < length; i++) into[i] = bytes[start + i]!;
      return;
    }
    const firstLength = Math.min(length, RING_BYTES - start);
    into.set(bytes.subarray(start, start + firstLength));
    if (firstLength < length) into.set(bytes.subarray(0, length - firstLength), firstLength);
  }
}

/**
 * Reads and writes XDR, the encoding of GlusterFS's messages: big-endian, padded with zeros to multiples of 4 bytes.
 *
 * Reading never throws. Past the end of a message, a reader returns zeros or no bytes, and sets `isMalformed`; the
 * caller checks that once, after the last field. 64-bit integers become JavaScript numbers, exact below 2^53.
 *
 * Source: RFC 4506.
 */
import { decodeName, encodeNameInto } from '../core/bytes.ts';
import { type Gfid, gfidFromBytes, NULL_GFID, writeGfidBytes } from '../core/gfid.ts';
import { GFID_SIZE } from '../core/limits.ts';

const TWO_32 = 0x1_0000_0000;
/** The most bytes for which a loop is faster than `set` or `fill`. */
const LOOP_MAX_BYTES = 48;
const NO_BYTES = new Uint8Array(0);
/** The least share of a message's memory for which `take` does not copy. */
const MIN_TAKEN_SHARE = 0.75;

/** Number of slots in a cache of gfids that were read, because some, such as a directory's, recur often. */
const RECENT_GFID_COUNT = 1024;
const recentGfids: Gfid[] = new Array<Gfid>(RECENT_GFID_COUNT).fill(NULL_GFID);
/** The bytes of the cached gfids, four words each. */
const recentWords = new Int32Array(RECENT_GFID_COUNT * 4);

/** Converts the 16 bytes at a position to text, through the cache. The caller has checked that they exist. */
function readGfidAt(view: DataView, bytes: Uint8Array, position: number): Gfid {
  const word0 = view.getInt32(position);
  const word1 = view.getInt32(position + 4);
  const word2 = view.getInt32(position + 8);
  const word3 = view.getInt32(position + 12);
  const slot = (word0 ^ word3) & (RECENT_GFID_COUNT - 1);
  const firstWord = slot * 4;
  const isKnown =
    recentWords[firstWord] === word0 &&
    recentWords[firstWord + 1] === word1 &&
    recentWords[firstWord + 2] === word2 &&
    recentWords[firstWord + 3] === word3;
  if (isKnown) return recentGfids[slot]!;
  const gfid = gfidFromBytes(bytes, position);
  recentGfids[slot] = gfid;
  recentWords[firstWord] = word0;
  recentWords[firstWord + 1] = word1;
  recentWords[firstWord + 2] = word2;
  recentWords[firstWord + 3] = word3;
  return gfid;
}

/** Computes the bytes that a text or data of this length takes with its padding. */
export const computePaddedLength = (length: number): number => length + (-length & 3);

/** Reads the fields of a message in their order. Methods are named by XDR's types. */
export class XdrReader {
  bytes: Uint8Array = NO_BYTES;
  view: DataView = new DataView(NO_BYTES.buffer);
  /** Position of the next field, and of the end of the message, in `bytes`. */
  position = 0;
  end = 0;
  /** Set when the message ended inside a field, or a field was invalid. */
  isMalformed = false;
  /** Whether a caller keeps the message's memory. */
  isTaken = false;

  constructor(bytes?: Uint8Array) {
    if (bytes !== undefined) this.begin(bytes, 0, bytes.length);
  }

  /** Starts reading the message in `bytes[start … end)`. */
  begin(bytes: Uint8Array, start: number, end: number): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.position = start;
    this.end = Math.min(end, bytes.length);
    this.isMalformed = end > bytes.length || start > end;
    this.isTaken = false;
  }

  /** Number of bytes from the position to the end of the message. */
  get remaining(): number {
    return this.end - this.position;
  }

  u32(): number {
    return this.advance(4) ? this.view.getUint32(this.position - 4) : 0;
  }

  i32(): number {
    return this.advance(4) ? this.view.getInt32(this.position - 4) : 0;
  }

  u64(): number {
    if (!this.advance(8)) return 0;
    const { view, position } = this;
    const high = view.getUint32(position - 8);
    const low = view.getUint32(position - 4);
    return high === 0 ? low : high * TWO_32 + low;
  }

  i64(): number {
    if (!this.advance(8)) return 0;
    const { view, position } = this;
    const high = view.getInt32(position - 8);
    const low = view.getUint32(position - 4);
    return high === 0 ? low : high * TWO_32 + low;
  }

  double(): number {
    return this.advance(8) ? this.view.getFloat64(this.position - 8) : 0;
  }

  gfid(): Gfid {
    return this.advance(GFID_SIZE)
      ? readGfidAt(this.view, this.bytes, this.position - GFID_SIZE)
      : NULL_GFID;
  }

  /** Reads `count` bytes without padding, not copied. */
  fixed(count: number): Uint8Array {
    return this.advance(count)
      ? this.bytes.subarray(this.position - count, this.position)
      : NO_BYTES;
  }

  /**
   * Reads `count` bytes that the caller may keep: copied, or if they are most of the message's memory, in that memory,
   * which then must not be reused (`isTaken`).
   */
  take(count: number): Uint8Array {
    const bytes = this.fixed(count);
    if (bytes.length < this.bytes.length * MIN_TAKEN_SHARE) return bytes.slice();
    this.isTaken = true;
    return bytes;
  }

  /** Reads an `opaque<>`, not copied: valid as long as the message. */
  opaque(): Uint8Array {
    const length = this.u32();
    const start = this.position;
    return this.advance(computePaddedLength(length))
      ? this.bytes.subarray(start, start + length)
      : NO_BYTES;
  }

  /** Reads an `opaque<>` into a copy. */
  opaqueCopy(): Uint8Array {
    const length = this.u32();
    const start = this.position;
    return this.advance(computePaddedLength(length))
      ? this.bytes.slice(start, start + length)
      : new Uint8Array(0);
  }

  /** Skips these bytes if they come next. @returns whether they did */
  skipSame(bytes: Uint8Array): boolean {
    const { length } = bytes;
    if (length > this.remaining) return false;
    for (let i = 0; i < length; i++) if (this.bytes[this.position + i] !== bytes[i]) return false;
    this.position += length;
    return true;
  }

  /** Reads a `string<>`; bytes that are not UTF-8 are preserved, as in names. */
  string(): string {
    const length = this.u32();
    const start = this.position;
    return this.advance(computePaddedLength(length))
      ? decodeName(this.bytes, start, start + length)
      : '';
  }

  /** Reads a text whose length usually counts a NUL at its end. */
  cString(): string {
    const length = this.u32();
    const start = this.position;
    if (!this.advance(computePaddedLength(length))) return '';
    const end = start + length;
    const hasNul = length > 0 && this.bytes[end - 1] === 0;
    return decodeName(this.bytes, start, hasNul ? end - 1 : end);
  }

  skip(count: number): void {
    this.advance(count);
  }

  /** Marks the message as malformed. */
  markMalformed(): void {
    this.isMalformed = true;
    this.position = this.end;
  }

  /** Moves past `count` bytes. @returns false if the message is shorter, and is marked as malformed */
  private advance(count: number): boolean {
    if (count > this.end - this.position) {
      this.markMalformed();
      return false;
    }
    this.position += count;
    return true;
  }
}

/** The most unused bytes by which a writer grows. */
const MAX_GROWTH_BYTES = 2 ** 20;
/** Number of slots in a cache of gfids that were written; the gfid's last digit, at index 35, selects the slot. */
const WRITTEN_GFID_COUNT = 16;
const writtenGfids: Gfid[] = new Array<Gfid>(WRITTEN_GFID_COUNT).fill(NULL_GFID);
/** The bytes of the cached gfids, four words each. */
const writtenWords = new Int32Array(WRITTEN_GFID_COUNT * 4);

/** Writes fields into memory that grows on demand. Methods are named by XDR's types. */
export class XdrWriter {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  /** Position of the next field: the number of bytes written. */
  position = 0;

  private readonly initialSize: number;

  constructor(size = 4096) {
    this.initialSize = size;
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Frees the memory of an empty writer beyond that of a new one. */
  shrink(): void {
    if (this.bytes.length === this.initialSize) return;
    this.bytes = new Uint8Array(this.initialSize);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Frees all memory; writing again takes new. */
  release(): void {
    this.position = 0;
    this.bytes = new Uint8Array(0);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Removes the first `count` bytes. */
  dropFront(count: number): void {
    this.bytes.copyWithin(0, count, this.position);
    this.position -= count;
  }

  /** The written bytes, not copied. */
  get writtenBytes(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.position);
  }

  u32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.position, value);
    this.position += 4;
  }

  i32(value: number): void {
    this.u32(value);
  }

  /** Writes an integer from -2^53 to 2^53; negative ones as two's complement. */
  u64(value: number): void {
    this.reserve(8);
    this.view.setInt32(this.position, Math.floor(value / TWO_32));
    this.view.setUint32(this.position + 4, value);
    this.position += 8;
  }

  i64(value: number): void {
    this.u64(value);
  }

  double(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.position, value);
    this.position += 8;
  }

  gfid(gfid: Gfid): void {
    if (gfid === NULL_GFID) {
      this.zeros(GFID_SIZE);
      return;
    }
    this.reserve(GFID_SIZE);
    const { view, position } = this;
    const slot = gfid.charCodeAt(35) & (WRITTEN_GFID_COUNT - 1);
    const firstWord = slot * 4;
    if (writtenGfids[slot] === gfid) {
      for (let i = 0; i < 4; i++) view.setInt32(position + i * 4, writtenWords[firstWord + i]!);
    } else {
      writeGfidBytes(gfid, this.bytes, position);
      writtenGfids[slot] = gfid;
      for (let i = 0; i < 4; i++) writtenWords[firstWord + i] = view.getInt32(position + i * 4);
    }
    this.position = position + GFID_SIZE;
  }

  /** Writes bytes without padding; their number is known to the reader. */
  fixed(bytes: Uint8Array): void {
    const { length } = bytes;
    this.reserve(length);
    if (length <= LOOP_MAX_BYTES)
      for (let i = 0; i < length; i++) this.bytes[this.position + i] = bytes[i]!;
    else this.bytes.set(bytes, this.position);
    this.position += length;
  }

  zeros(count: number): void {
    if (count === 0) return;
    this.reserve(count);
    const { bytes, position } = this;
    if (count <= LOOP_MAX_BYTES) for (let i = 0; i < count; i++) bytes[position + i] = 0;
    else bytes.fill(0, position, position + count);
    this.position = position + count;
  }

  /** Writes an `opaque<>`: the number of bytes, the bytes, and their padding. */
  opaque(bytes: Uint8Array): void {
    this.u32(bytes.length);
    this.fixed(bytes);
    this.pad(bytes.length);
  }

  /** Writes a `string<>`. @throws {NameError} for a text that names cannot have */
  string(text: string): void {
    this.reserve(4 + text.length * 3 + 4);
    const length = encodeNameInto(text, this.bytes, this.position + 4);
    this.view.setUint32(this.position, length);
    this.position += 4 + length;
    this.pad(length);
  }

  /** Writes a text whose length counts a NUL at its end. @throws {NameError} */
  cString(text: string): void {
    this.reserve(4 + text.length * 3 + 1 + 3);
    const length = encodeNameInto(text, this.bytes, this.position + 4) + 1;
    this.view.setUint32(this.position, length);
    this.position += 4 + length;
    this.bytes[this.position - 1] = 0;
    this.pad(length);
  }

  /** Overwrites the number at a position, such as a length that was not known before. */
  patch(position: number, value: number): void {
    this.view.setUint32(position, value);
  }

  private pad(length: number): void {
    this.zeros(computePaddedLength(length) - length);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.position + count <= this.bytes.length) return;
    const { length } = this.bytes;
    const size = Math.max(length + Math.min(length, MAX_GROWTH_BYTES), this.position + count);
    const bytes = new Uint8Array(size);
    bytes.set(this.bytes.subarray(0, this.position));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

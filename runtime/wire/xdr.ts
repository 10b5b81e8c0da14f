/**
 * Reads and writes XDR, GlusterFS's wire format: big-endian, padded with zeros to multiples of 4 bytes.
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

/** Number of slots in a cache of gfids that were read, because some, such as a directory's, recur often. */
const RECENT_GFID_COUNT = 1024;
const recentGfids: Gfid[] = new Array<Gfid>(RECENT_GFID_COUNT).fill(NULL_GFID);
/** The bytes of the cached gfids, four words each. */
const recentWords = new Int32Array(RECENT_GFID_COUNT * 4);

/** Converts the 16 bytes at `at` to text, through the cache. The caller has checked that they exist. */
function readGfidAt(view: DataView, bytes: Uint8Array, at: number): Gfid {
  const word0 = view.getInt32(at);
  const word1 = view.getInt32(at + 4);
  const word2 = view.getInt32(at + 8);
  const word3 = view.getInt32(at + 12);
  const slot = (word0 ^ word3) & (RECENT_GFID_COUNT - 1);
  const firstWord = slot * 4;
  const isKnown =
    recentWords[firstWord] === word0 &&
    recentWords[firstWord + 1] === word1 &&
    recentWords[firstWord + 2] === word2 &&
    recentWords[firstWord + 3] === word3;
  if (isKnown) return recentGfids[slot]!;
  const gfid = gfidFromBytes(bytes, at);
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
  at = 0;
  end = 0;
  /** Set when the message ended inside a field, or a field was invalid. */
  isMalformed = false;

  constructor(bytes?: Uint8Array) {
    if (bytes !== undefined) this.begin(bytes, 0, bytes.length);
  }

  /** Starts reading the message in `bytes[start … end)`. */
  begin(bytes: Uint8Array, start: number, end: number): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.at = start;
    this.end = Math.min(end, bytes.length);
    this.isMalformed = end > bytes.length || start > end;
  }

  get remaining(): number {
    return this.end - this.at;
  }

  u32(): number {
    return this.advance(4) ? this.view.getUint32(this.at - 4) : 0;
  }

  i32(): number {
    return this.advance(4) ? this.view.getInt32(this.at - 4) : 0;
  }

  u64(): number {
    if (!this.advance(8)) return 0;
    const { view, at } = this;
    const high = view.getUint32(at - 8);
    const low = view.getUint32(at - 4);
    return high === 0 ? low : high * TWO_32 + low;
  }

  i64(): number {
    if (!this.advance(8)) return 0;
    const { view, at } = this;
    const high = view.getInt32(at - 8);
    const low = view.getUint32(at - 4);
    return high === 0 ? low : high * TWO_32 + low;
  }

  double(): number {
    return this.advance(8) ? this.view.getFloat64(this.at - 8) : 0;
  }

  gfid(): Gfid {
    return this.advance(GFID_SIZE)
      ? readGfidAt(this.view, this.bytes, this.at - GFID_SIZE)
      : NULL_GFID;
  }

  /** Returns `count` bytes, not copied. */
  fixed(count: number): Uint8Array {
    return this.advance(count) ? this.bytes.subarray(this.at - count, this.at) : NO_BYTES;
  }

  /** Reads an `opaque<>`, not copied: valid as long as the message. */
  opaque(): Uint8Array {
    const length = this.u32();
    const start = this.at;
    return this.advance(computePaddedLength(length))
      ? this.bytes.subarray(start, start + length)
      : NO_BYTES;
  }

  /** Reads an `opaque<>` into a copy. */
  opaqueCopy(): Uint8Array {
    const length = this.u32();
    const start = this.at;
    return this.advance(computePaddedLength(length))
      ? this.bytes.slice(start, start + length)
      : new Uint8Array(0);
  }

  /** Skips these bytes if they come next. @returns whether they did */
  skipSame(bytes: Uint8Array): boolean {
    const { length } = bytes;
    if (length > this.remaining) return false;
    for (let at = 0; at < length; at++) if (this.bytes[this.at + at] !== bytes[at]) return false;
    this.at += length;
    return true;
  }

  /** Reads a `string<>`; bytes that are not UTF-8 are preserved, as in names. */
  string(): string {
    const length = this.u32();
    const start = this.at;
    return this.advance(computePaddedLength(length))
      ? decodeName(this.bytes, start, start + length)
      : '';
  }

  /** Reads a text whose length usually counts a NUL at its end. */
  cString(): string {
    const length = this.u32();
    const start = this.at;
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
    this.at = this.end;
  }

  /** Moves past `count` bytes. @returns false if the message is shorter, and is marked as malformed */
  private advance(count: number): boolean {
    if (count > this.end - this.at) {
      this.markMalformed();
      return false;
    }
    this.at += count;
    return true;
  }
}

/** Number of slots in a cache of gfids that were written; the gfid's last digit selects the slot. */
const WRITTEN_GFID_COUNT = 16;
const writtenGfids: Gfid[] = new Array<Gfid>(WRITTEN_GFID_COUNT).fill(NULL_GFID);
/** The bytes of the cached gfids, four words each. */
const writtenWords = new Int32Array(WRITTEN_GFID_COUNT * 4);

/** Writes fields into memory that grows on demand. Methods are named by XDR's types. */
export class XdrWriter {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  /** Position of the next field: the number of bytes written. */
  at = 0;

  constructor(size = 4096) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  /** The written bytes, not copied. */
  get writtenBytes(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.at);
  }

  u32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.at, value);
    this.at += 4;
  }

  i32(value: number): void {
    this.u32(value);
  }

  /** Writes an integer from -2^53 to 2^53; negative ones as two's complement. */
  u64(value: number): void {
    this.reserve(8);
    this.view.setInt32(this.at, Math.floor(value / TWO_32));
    this.view.setUint32(this.at + 4, value);
    this.at += 8;
  }

  i64(value: number): void {
    this.u64(value);
  }

  double(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.at, value);
    this.at += 8;
  }

  gfid(gfid: Gfid): void {
    if (gfid === NULL_GFID) {
      this.zeros(GFID_SIZE);
      return;
    }
    this.reserve(GFID_SIZE);
    const { view, at } = this;
    const slot = gfid.charCodeAt(35) & (WRITTEN_GFID_COUNT - 1);
    const from = slot * 4;
    if (writtenGfids[slot] === gfid) {
      for (let i = 0; i < 4; i++) view.setInt32(at + i * 4, writtenWords[from + i]!);
    } else {
      writeGfidBytes(gfid, this.bytes, at);
      writtenGfids[slot] = gfid;
      for (let i = 0; i < 4; i++) writtenWords[from + i] = view.getInt32(at + i * 4);
    }
    this.at = at + GFID_SIZE;
  }

  fixed(bytes: Uint8Array): void {
    const { length } = bytes;
    this.reserve(length);
    if (length <= LOOP_MAX_BYTES)
      for (let i = 0; i < length; i++) this.bytes[this.at + i] = bytes[i]!;
    else this.bytes.set(bytes, this.at);
    this.at += length;
  }

  zeros(count: number): void {
    if (count === 0) return;
    this.reserve(count);
    const { bytes, at } = this;
    if (count <= LOOP_MAX_BYTES) for (let i = 0; i < count; i++) bytes[at + i] = 0;
    else bytes.fill(0, at, at + count);
    this.at = at + count;
  }

  opaque(bytes: Uint8Array): void {
    this.u32(bytes.length);
    this.fixed(bytes);
    this.pad(bytes.length);
  }

  /** @throws {NameError} */
  string(text: string): void {
    this.reserve(4 + text.length * 3 + 4);
    const length = encodeNameInto(text, this.bytes, this.at + 4);
    this.view.setUint32(this.at, length);
    this.at += 4 + length;
    this.pad(length);
  }

  /** Writes a text whose length counts a NUL at its end. @throws {NameError} */
  cString(text: string): void {
    this.reserve(4 + text.length * 3 + 1 + 3);
    const length = encodeNameInto(text, this.bytes, this.at + 4) + 1;
    this.view.setUint32(this.at, length);
    this.at += 4 + length;
    this.bytes[this.at - 1] = 0;
    this.pad(length);
  }

  /** Overwrites the number at a position, such as a length that was not known before. */
  patch(at: number, value: number): void {
    this.view.setUint32(at, value);
  }

  private pad(length: number): void {
    this.zeros(computePaddedLength(length) - length);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.bytes.length * 2, this.at + count));
    bytes.set(this.bytes.subarray(0, this.at));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

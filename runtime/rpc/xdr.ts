/**
 * XDR: how GlusterFS writes numbers and texts on a wire. Everything is big-endian and takes a multiple
 * of 4 bytes; what is shorter is filled up with zeros. Source: RFC 4506.
 *
 * Reading cannot fail in the middle: beyond the end there are zeros (or an empty range), and `short`
 * says so. Whoever reads a message looks at it once, after the last field. Nothing is read outside of
 * the message, whatever its bytes say.
 *
 * 64-bit numbers become Numbers, exact below 2^53.
 */
import { decodeName, encodeNameInto } from '../core/bytes.ts';
import { type Gfid, gfidFromBytes, gfidToBytesInto, NULL_GFID } from '../core/gfid.ts';
import { GFID_SIZE } from '../core/limits.ts';

const TWO_32 = 0x1_0000_0000;
const NOTHING = new Uint8Array(0);

/** Bytes that a text or data of this length takes, its zeros counted. */
export const padded = (length: number): number => length + (-length & 3);

export class XdrReader {
  bytes: Uint8Array = NOTHING;
  view: DataView = new DataView(NOTHING.buffer);
  at = 0;
  end = 0;
  /** The message ended before a field did, or a field said what it cannot. */
  short = false;

  constructor(bytes?: Uint8Array) {
    if (bytes !== undefined) this.begin(bytes, 0, bytes.length);
  }

  /** Starts on the message in `bytes[start … end)`. */
  begin(bytes: Uint8Array, start: number, end: number): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.at = start;
    this.end = Math.min(end, bytes.length);
    this.short = end > bytes.length || start > end;
  }

  get left(): number {
    return this.end - this.at;
  }

  u32(): number {
    return this.take(4) ? this.view.getUint32(this.at - 4) : 0;
  }

  i32(): number {
    return this.take(4) ? this.view.getInt32(this.at - 4) : 0;
  }

  u64(): number {
    if (!this.take(8)) return 0;
    const { view, at } = this;
    return view.getUint32(at - 8) * TWO_32 + view.getUint32(at - 4);
  }

  i64(): number {
    if (!this.take(8)) return 0;
    const { view, at } = this;
    return view.getInt32(at - 8) * TWO_32 + view.getUint32(at - 4);
  }

  double(): number {
    return this.take(8) ? this.view.getFloat64(this.at - 8) : 0;
  }

  gfid(): Gfid {
    return this.take(GFID_SIZE) ? gfidFromBytes(this.bytes, this.at - GFID_SIZE) : NULL_GFID;
  }

  /** So many bytes as they are, not copied. */
  fixed(count: number): Uint8Array {
    return this.take(count) ? this.bytes.subarray(this.at - count, this.at) : NOTHING;
  }

  /** `opaque<>`, not copied: what is to be kept must be. */
  opaque(): Uint8Array {
    const length = this.u32();
    const start = this.at;
    return this.take(padded(length)) ? this.bytes.subarray(start, start + length) : NOTHING;
  }

  /** `string<>`; bytes that are no UTF-8 are kept, as in names. */
  string(): string {
    const length = this.u32();
    const start = this.at;
    return this.take(padded(length)) ? decodeName(this.bytes, start, start + length) : '';
  }

  /** A text whose length counts the NUL at its end, in most cases. */
  cString(): string {
    const length = this.u32();
    const start = this.at;
    if (!this.take(padded(length))) return '';
    const end = start + length;
    const hasNul = length > 0 && this.bytes[end - 1] === 0;
    return decodeName(this.bytes, start, hasNul ? end - 1 : end);
  }

  skip(count: number): void {
    this.take(count);
  }

  /** Notes that what was read cannot be. */
  refuse(): void {
    this.short = true;
    this.at = this.end;
  }

  private take(count: number): boolean {
    if (count > this.end - this.at) {
      this.refuse();
      return false;
    }
    this.at += count;
    return true;
  }
}

/** Writes into memory that grows as it must. */
export class XdrWriter {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  at = 0;

  constructor(size = 4096) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  /** What was written, not copied. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.at);
  }

  u32(value: number): void {
    this.need(4);
    this.view.setUint32(this.at, value);
    this.at += 4;
  }

  i32(value: number): void {
    this.u32(value);
  }

  /** From 0, or from -2^53, to 2^53. */
  u64(value: number): void {
    this.need(8);
    this.view.setInt32(this.at, Math.floor(value / TWO_32));
    this.view.setUint32(this.at + 4, value);
    this.at += 8;
  }

  i64(value: number): void {
    this.u64(value);
  }

  double(value: number): void {
    this.need(8);
    this.view.setFloat64(this.at, value);
    this.at += 8;
  }

  gfid(gfid: Gfid): void {
    this.need(GFID_SIZE);
    gfidToBytesInto(gfid, this.bytes, this.at);
    this.at += GFID_SIZE;
  }

  fixed(bytes: Uint8Array): void {
    this.need(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  zeros(count: number): void {
    this.need(count);
    this.bytes.fill(0, this.at, this.at + count);
    this.at += count;
  }

  opaque(bytes: Uint8Array): void {
    this.u32(bytes.length);
    this.fixed(bytes);
    this.pad(bytes.length);
  }

  /** @throws {NameError} */
  string(text: string): void {
    this.need(4 + text.length * 3 + 4);
    const length = encodeNameInto(text, this.bytes, this.at + 4);
    this.view.setUint32(this.at, length);
    this.at += 4 + length;
    this.pad(length);
  }

  /** A text whose length counts a NUL at its end. @throws {NameError} */
  cString(text: string): void {
    this.need(4 + text.length * 3 + 1 + 3);
    const length = encodeNameInto(text, this.bytes, this.at + 4) + 1;
    this.view.setUint32(this.at, length);
    this.at += 4 + length;
    this.bytes[this.at - 1] = 0;
    this.pad(length);
  }

  /** Writes a number again, of which only now is known what it is. */
  patch(at: number, value: number): void {
    this.view.setUint32(at, value);
  }

  private pad(length: number): void {
    this.zeros(padded(length) - length);
  }

  need(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.bytes.length * 2, this.at + count));
    bytes.set(this.bytes.subarray(0, this.at));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

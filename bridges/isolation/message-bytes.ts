/**
 * Encodes and decodes numbers, texts and data as bytes of a message between threads. A message is a
 * head, followed by long data (`LONG_DATA_BYTES` or more): these are copied only once, into shared
 * memory. The sender may be an untrusted thread: the reader checks every length against the bytes
 * that arrived.
 */
import { type Gfid, gfidFromBytes, writeGfidBytes } from '../../runtime/core/gfid.ts';
import { GFID_SIZE } from '../../runtime/core/limits.ts';

/** Thrown for a message with impossible contents. */
export class MalformedMessageError extends Error {
  readonly code = 'GLOSSA_MALFORMED';
}

/** Data of this size or more follows the head. */
const LONG_DATA_BYTES = 512;
/** Characters converted to text at a time: arguments of a call need stack. */
const CHUNK_CHARS = 4096;

export class MessageWriter {
  bytes = new Uint8Array(4096);
  /** The number of bytes of the head so far. */
  at = 0;
  /** Long data after the head, in order. */
  readonly longParts: Uint8Array[] = [];
  longBytes = 0;
  private view = new DataView(this.bytes.buffer);

  begin(kind: number): this {
    this.at = 0;
    if (this.longBytes > 0) {
      this.longParts.length = 0;
      this.longBytes = 0;
    }
    return this.u8(kind);
  }

  get length(): number {
    return this.at + this.longBytes;
  }

  u8(value: number): this {
    this.reserve(1);
    this.bytes[this.at++] = value;
    return this;
  }

  u32(value: number): this {
    this.reserve(4);
    this.view.setUint32(this.at, value, true);
    this.at += 4;
    return this;
  }

  /** Writes any ECMAScript number. */
  number(value: number): this {
    this.reserve(8);
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
    return this;
  }

  gfid(gfid: Gfid): this {
    this.reserve(GFID_SIZE);
    writeGfidBytes(gfid, this.bytes, this.at);
    this.at += GFID_SIZE;
    return this;
  }

  /** Writes one byte per character, or two if any character needs it: then the size word is odd. */
  text(text: string): this {
    const { length } = text;
    this.reserve(4 + 2 * length);
    const { bytes } = this;
    let at = this.at + 4;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 255) return this.wideText(text);
      bytes[at++] = code;
    }
    this.view.setUint32(this.at, length * 2, true);
    this.at = at;
    return this;
  }

  private wideText(text: string): this {
    const { length } = text;
    this.u32(length * 2 + 1);
    for (let i = 0; i < length; i++, this.at += 2) {
      this.view.setUint16(this.at, text.charCodeAt(i), true);
    }
    return this;
  }

  data(bytes: Uint8Array): this {
    const { length } = bytes;
    this.u32(length);
    if (length >= LONG_DATA_BYTES) {
      this.longParts.push(bytes);
      this.longBytes += length;
      return this;
    }
    this.reserve(length);
    this.bytes.set(bytes, this.at);
    this.at += length;
    return this;
  }

  private reserve(bytes: number): void {
    const needed = this.at + bytes;
    if (needed <= this.bytes.length) return;
    const oldBytes = this.bytes;
    // A multiple of 8, as pieces in a ring are aligned to 8 bytes.
    this.bytes = new Uint8Array(Math.max(2 * oldBytes.length, (needed + 7) & ~7));
    this.bytes.set(oldBytes);
    this.view = new DataView(this.bytes.buffer);
  }
}

/** Reads one message after another, from memory that no other thread can change. */
export class MessageReader {
  private bytes: Uint8Array = new Uint8Array(0);
  private view: DataView = new DataView(this.bytes.buffer);
  // Offsets in `bytes`: the next byte of the head and of the long data, and the end of each.
  private at = 0;
  private longAt = 0;
  private headEnd = 0;
  private end = 0;
  private isReused = false;

  /**
   * @param headLength bytes of its head
   * @param isReused true if the memory will be reused, so that data must be copied
   * @throws {MalformedMessageError}
   */
  open(bytes: Uint8Array, length: number, headLength: number, isReused: boolean): this {
    if (headLength > length || length > bytes.length)
      throw new MalformedMessageError('the head is longer than the message');
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset);
    }
    this.at = 0;
    this.headEnd = this.longAt = headLength;
    this.end = length;
    this.isReused = isReused;
    return this;
  }

  u8(): number {
    return this.bytes[this.take(1)]!;
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  number(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  /** @throws {MalformedMessageError} unless it is an exact integer */
  integer(): number {
    const value = this.number();
    if (!Number.isSafeInteger(value)) throw new MalformedMessageError('a number is not an integer');
    return value;
  }

  gfid(): Gfid {
    return gfidFromBytes(this.bytes, this.take(GFID_SIZE));
  }

  text(): string {
    const size = this.u32();
    const length = size >>> 1;
    if ((size & 1) === 0) {
      const at = this.take(length);
      return decodeCharacters(this.bytes.subarray(at, at + length));
    }
    const at = this.take(2 * length);
    const codes = new Uint16Array(length);
    for (let i = 0; i < length; i++) codes[i] = this.view.getUint16(at + 2 * i, true);
    return decodeCharacters(codes);
  }

  data(): Uint8Array {
    const length = this.u32();
    const isLong = length >= LONG_DATA_BYTES;
    const at = isLong ? this.longAt : this.take(length);
    if (isLong) {
      if (length > this.end - at) throw new MalformedMessageError('data is shorter than announced');
      this.longAt += length;
    }
    return this.isReused ? this.bytes.slice(at, at + length) : this.bytes.subarray(at, at + length);
  }

  /** Returns a copy of the message, from its start. */
  copy(): MessageReader {
    return new MessageReader().open(this.bytes.slice(0, this.end), this.end, this.headEnd, false);
  }

  /**
   * Reads the number of items that follow, each at least one byte long. @throws {MalformedMessageError}
   */
  count(): number {
    const count = this.u32();
    if (count > this.headEnd - this.at)
      throw new MalformedMessageError('a list is longer than its message');
    return count;
  }

  /** Advances in the head; returns the offset of the bytes read. @throws {MalformedMessageError} */
  private take(bytes: number): number {
    const { at } = this;
    if (bytes > this.headEnd - at) throw new MalformedMessageError('the message ends too soon');
    this.at = at + bytes;
    return at;
  }
}

function decodeCharacters(codes: Uint8Array | Uint16Array): string {
  if (codes.length <= CHUNK_CHARS)
    return String.fromCharCode.apply(null, codes as unknown as number[]);
  let text = '';
  for (let at = 0; at < codes.length; at += CHUNK_CHARS) {
    text += decodeCharacters(codes.subarray(at, at + CHUNK_CHARS));
  }
  return text;
}

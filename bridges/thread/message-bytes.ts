/**
 * Encodes and decodes numbers, texts and data as bytes of a message between threads. A message is a
 * head, followed by long data (`LONG_DATA_BYTES` or more): these are copied only once, into shared
 * memory. The sender may be an untrusted thread: the reader checks every length against the bytes
 * that arrived.
 */

/** Thrown for a message with impossible contents. */
export class MalformedMessageError extends Error {
  readonly code = 'GLOSSA_MALFORMED';
}

/** Data of this size or more follows the head. */
const LONG_DATA_BYTES = 512;
/** Number of characters converted to text at a time: each is an argument, which needs stack. */
const CHUNK_CHARS = 4096;

/** Writes one message after another, in memory that it reuses. */
export class MessageWriter {
  bytes = new Uint8Array(4096);
  /** The number of bytes of the head so far. */
  headLength = 0;
  /** Long data after the head, in order. */
  readonly longParts: Uint8Array[] = [];
  longBytes = 0;
  private view = new DataView(this.bytes.buffer);

  /** Begins the next message. */
  begin(kind: number): this {
    this.headLength = 0;
    if (this.longBytes > 0) {
      this.longParts.length = 0;
      this.longBytes = 0;
    }
    return this.writeU8(kind);
  }

  get length(): number {
    return this.headLength + this.longBytes;
  }

  writeU8(value: number): this {
    this.reserve(1);
    this.bytes[this.headLength++] = value;
    return this;
  }

  writeU32(value: number): this {
    this.reserve(4);
    this.view.setUint32(this.headLength, value, true);
    this.headLength += 4;
    return this;
  }

  /** Writes any ECMAScript number. */
  writeNumber(value: number): this {
    this.reserve(8);
    this.view.setFloat64(this.headLength, value, true);
    this.headLength += 8;
    return this;
  }

  /** Writes one byte per character, or two if any character needs it: then the size word is odd. */
  writeText(writeText: string): this {
    const { length } = writeText;
    this.reserve(4 + 2 * length);
    const { bytes } = this;
    let offset = this.headLength + 4;
    for (let i = 0; i < length; i++) {
      const code = writeText.charCodeAt(i);
      if (code > 255) return this.writeWideText(writeText);
      bytes[offset++] = code;
    }
    this.view.setUint32(this.headLength, length * 2, true);
    this.headLength = offset;
    return this;
  }

  private writeWideText(text: string): this {
    const { length } = text;
    this.writeU32(length * 2 + 1);
    for (let i = 0; i < length; i++, this.headLength += 2) {
      this.view.setUint16(this.headLength, text.charCodeAt(i), true);
    }
    return this;
  }

  /** Adds the contents of another message, without its kind. */
  append(other: MessageWriter): this {
    const { bytes, headLength, longBytes, longParts } = other;
    this.reserve(headLength);
    this.bytes.set(bytes.subarray(1, headLength), this.headLength);
    this.headLength += headLength - 1;
    for (const part of longParts) this.longParts.push(part);
    this.longBytes += longBytes;
    return this;
  }

  writeData(bytes: Uint8Array): this {
    const { length } = bytes;
    this.writeU32(length);
    if (length >= LONG_DATA_BYTES) {
      this.longParts.push(bytes);
      this.longBytes += length;
      return this;
    }
    this.reserve(length);
    this.bytes.set(bytes, this.headLength);
    this.headLength += length;
    return this;
  }

  /** Makes the memory large enough for that many more bytes of the head. */
  private reserve(byteCount: number): void {
    const needed = this.headLength + byteCount;
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
  private headOffset = 0;
  private longOffset = 0;
  private headEnd = 0;
  private end = 0;
  private isReused = false;

  /**
   * Begins to read a message.
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
    this.headOffset = 0;
    this.headEnd = this.longOffset = headLength;
    this.end = length;
    this.isReused = isReused;
    return this;
  }

  readU8(): number {
    return this.bytes[this.advance(1)]!;
  }

  readU32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  readNumber(): number {
    return this.view.getFloat64(this.advance(8), true);
  }

  /** Reads a number. @throws {MalformedMessageError} unless it is an exact integer */
  readInteger(): number {
    const value = this.readNumber();
    if (!Number.isSafeInteger(value)) throw new MalformedMessageError('a number is not an integer');
    return value;
  }

  readText(): string {
    const size = this.readU32();
    const length = size >>> 1;
    if ((size & 1) === 0) {
      const offset = this.advance(length);
      return decodeCharacters(this.bytes.subarray(offset, offset + length));
    }
    const offset = this.advance(2 * length);
    const codes = new Uint16Array(length);
    for (let i = 0; i < length; i++) codes[i] = this.view.getUint16(offset + 2 * i, true);
    return decodeCharacters(codes);
  }

  readData(): Uint8Array {
    const length = this.readU32();
    const isLong = length >= LONG_DATA_BYTES;
    const offset = isLong ? this.longOffset : this.advance(length);
    if (isLong) {
      if (length > this.end - offset)
        throw new MalformedMessageError('data is shorter than announced');
      this.longOffset += length;
    }
    return this.isReused
      ? this.bytes.slice(offset, offset + length)
      : this.bytes.subarray(offset, offset + length);
  }

  /** Returns a copy of the message, from its start. */
  copy(): MessageReader {
    return new MessageReader().open(this.bytes.slice(0, this.end), this.end, this.headEnd, false);
  }

  /**
   * Reads the number of items that follow, each at least one byte long.
   * @throws {MalformedMessageError}
   */
  readCount(): number {
    const count = this.readU32();
    if (count > this.headEnd - this.headOffset)
      throw new MalformedMessageError('a list is longer than its message');
    return count;
  }

  /** Advances in the head; returns the offset of the bytes read. @throws {MalformedMessageError} */
  private advance(byteCount: number): number {
    const { headOffset } = this;
    if (byteCount > this.headEnd - headOffset)
      throw new MalformedMessageError('the message ends too soon');
    this.headOffset = headOffset + byteCount;
    return headOffset;
  }
}

/** Makes a text of character codes. */
function decodeCharacters(codes: Uint8Array | Uint16Array): string {
  if (codes.length <= CHUNK_CHARS)
    return String.fromCharCode.apply(null, codes as unknown as number[]);
  let text = '';
  for (let start = 0; start < codes.length; start += CHUNK_CHARS) {
    text += decodeCharacters(codes.subarray(start, start + CHUNK_CHARS));
  }
  return text;
}

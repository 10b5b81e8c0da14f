/**
 * Encodes and decodes the numbers and texts of a recording. docs/write/recording.md has the format.
 *
 * Writing never allocates, and throws only for a malformed gfid. Bytes beyond the end of the memory
 * are dropped, and `isFull` is set. Reading throws a RecordingError, and never reads beyond the end.
 */
import { decodeName, encodeNameInto, nameLength } from '../core/bytes.ts';
import { type Gfid, gfidFromBytes, writeGfidBytes } from '../core/gfid.ts';
import { GFID_SIZE } from '../core/limits.ts';

/** Thrown for bytes that are no recording, or one that this version cannot read. The message has the reason. */
export class RecordingError extends Error {
  readonly code = 'GLOSSA_RECORDING';

  constructor(message: string) {
    super(message);
    this.name = 'RecordingError';
  }
}

/** The most characters of a text; longer ones are cut. No path is longer (PATH_MAX). */
export const TEXT_MAX = 4096;
/** From this absolute value on, numbers are written as doubles: with the sign they would not fit in 53 bits. */
const INT_MAX = 2 ** 52;
const TWO_31 = 2 ** 31;
/** The most bytes of a whole number: seven bits each, 53 in all. */
const VARINT_BYTES_MAX = 8;

/** One memory as a number and as bytes, which converts between both. */
const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);

/** Writes numbers, texts and data into memory, from `at` on. */
export class RecordingWriter {
  bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Whether bytes were dropped. */
  get isFull(): boolean {
    return this.at > this.bytes.length;
  }

  writeByte(value: number): void {
    this.bytes[this.at++] = value;
  }

  /** Writes a whole number from 0 to 2^53 - 1: seven bits a byte, the lowest first. */
  writeUint(value: number): void {
    let rest = value;
    while (rest >= TWO_31) {
      this.bytes[this.at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 0x80) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  /**
   * Writes any number: 2 × |value|, plus 1 if negative; or 0x80 0x00 and a double. No whole number
   * begins with these two bytes, which would be a longer form of 0.
   */
  writeNumber(value: number): void {
    if (Number.isInteger(value) && value < INT_MAX && value > -INT_MAX && !Object.is(value, -0)) {
      this.writeUint(value < 0 ? -2 * value + 1 : 2 * value);
      return;
    }
    this.writeByte(0x80);
    this.writeByte(0);
    double[0] = value;
    for (let i = 0; i < 8; i++) this.writeByte(doubleBytes[i]!);
  }

  /** Writes 16 bytes. @throws {RangeError} for a malformed gfid */
  writeGfid(gfid: Gfid): void {
    writeGfidBytes(gfid, this.bytes, this.at);
    this.at += GFID_SIZE;
  }

  /** Writes 2 × the length in bytes, plus 1 if the text was cut; then its bytes (`core/bytes.ts`). */
  writeText(value: string): void {
    const start = this.at;
    const { length } = value;
    if (length <= TEXT_MAX) {
      this.writeUint(2 * length);
      for (let i = 0; i < length; i++) {
        const code = value.charCodeAt(i);
        if (code >= 0x80) {
          this.at = start;
          this.writeEncodedText(value, 0);
          return;
        }
        this.bytes[this.at++] = code;
      }
      return;
    }
    this.writeEncodedText(value.slice(0, TEXT_MAX), 1);
  }

  /** Writes 0 for null; otherwise 1 and the text. */
  writeNullableText(value: string | null): void {
    this.writeByte(value === null ? 0 : 1);
    if (value !== null) this.writeText(value);
  }

  /** Writes a text that is not ASCII, or was cut. @param cutFlag 1 if the text was cut, else 0 */
  private writeEncodedText(value: string, cutFlag: number): void {
    const name = replaceLoneSurrogates(value);
    this.writeUint(2 * nameLength(name) + cutFlag);
    this.at += encodeNameInto(name, this.bytes, this.at);
  }

  /** Writes the length, the number of bytes that follow (at most `maxBytes`), and these. */
  writeData(value: Uint8Array, maxBytes: number): void {
    const recordedBytes = Math.min(value.length, maxBytes);
    this.writeUint(value.length);
    this.writeUint(recordedBytes);
    for (let i = 0; i < recordedBytes; i++) this.bytes[this.at++] = value[i]!;
  }
}

/** Bytes of the first memory that `encodeWith` tries. */
const INITIAL_BYTES = 4096;

/** Encodes into new memory: calls `write` with more memory each time until all fits. Returns the written bytes. */
export function encodeWith(write: (out: RecordingWriter) => void): Uint8Array {
  for (let size = INITIAL_BYTES; ; size *= 4) {
    const out = new RecordingWriter(new Uint8Array(size));
    write(out);
    if (!out.isFull) return out.bytes.subarray(0, out.at);
  }
}

/**
 * Replaces lone surrogates by U+FFFD: a module may pass them, or a text was cut there. U+DC80 … U+DCFF stay,
 * because they stand for bytes.
 */
const replaceLoneSurrogates = (value: string): string =>
  value.replace(/[\u{d800}-\u{dc7f}\u{dd00}-\u{dfff}]/gu, '\ufffd');

/** Reads the values that `RecordingWriter` has written, from `at` up to `end`. */
export class RecordingReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** The number of bytes that are left. */
  get remainingBytes(): number {
    return this.end - this.at;
  }

  /** Skips bytes, and returns the offset of the first. */
  skip(count: number): number {
    if (count > this.remainingBytes) throw new RecordingError('it ends within an event');
    const start = this.at;
    this.at += count;
    return start;
  }

  readByte(): number {
    return this.bytes[this.skip(1)]!;
  }

  readUint(): number {
    let value = 0;
    for (let i = 0, unit = 1; i < VARINT_BYTES_MAX; i++, unit *= 128) {
      const byte = this.readByte();
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
    }
    throw new RecordingError('a number in it is too large');
  }

  readNumber(): number {
    if (this.remainingBytes > 1 && this.bytes[this.at] === 0x80 && this.bytes[this.at + 1] === 0) {
      const start = this.skip(10) + 2;
      doubleBytes.set(this.bytes.subarray(start, start + 8));
      return double[0]!;
    }
    const value = this.readUint();
    return value % 2 === 1 ? -((value - 1) / 2) : value / 2;
  }

  readGfid(): Gfid {
    return gfidFromBytes(this.bytes, this.skip(GFID_SIZE));
  }

  readText(): string {
    const code = this.readUint();
    const length = Math.floor(code / 2);
    const start = this.skip(length);
    const value = decodeName(this.bytes, start, start + length);
    return code % 2 === 1 ? `${value}…` : value;
  }

  readNullableText(): string | null {
    return this.readByte() === 0 ? null : this.readText();
  }

  /** Reads the original length, and the recorded bytes as a name (`core/bytes.ts`). */
  readData(): { length: number; head: string } {
    const length = this.readUint();
    const recordedBytes = this.readUint();
    const start = this.skip(recordedBytes);
    return { length, head: decodeName(this.bytes, start, start + recordedBytes) };
  }
}

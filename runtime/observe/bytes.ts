/**
 * Encodes and decodes the numbers and texts of a recording. docs/write/recording.md has the format.
 *
 * Writing never throws and never allocates: bytes beyond the end of the memory are dropped, and
 * `isFull` tells. Reading throws a RecordingError, and never goes beyond the end.
 */
import { decodeName, encodeNameInto, nameLength } from '../core/bytes.ts';
import { type Gfid, gfidFromBytes, gfidToBytesInto } from '../core/gfid.ts';
import { GFID_SIZE } from '../core/limits.ts';

/** The bytes are no recording, or one that this version cannot read. The message has the reason. */
export class RecordingError extends Error {
  readonly code = 'GLOSSA_RECORDING';

  constructor(message: string) {
    super(message);
    this.name = 'RecordingError';
  }
}

/** The most characters kept of a text; no path is longer (PATH_MAX). */
export const TEXT_MAX = 4096;
/** Numbers from here on are written as doubles: sign and value would not fit in 53 bits. */
const INT_MAX = 2 ** 52;
const TWO_31 = 2 ** 31;
const VARINT_BYTES_MAX = 8;

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);

export class Output {
  bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Whether bytes were dropped. */
  get isFull(): boolean {
    return this.at > this.bytes.length;
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  /** A whole number from 0 to 2^53 - 1: seven bits a byte, the lowest first. */
  uint(value: number): void {
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

  /** Any number: 2 × |value|, plus 1 if negative; or 0x80 0x00 and a double. */
  number(value: number): void {
    if (Number.isInteger(value) && value < INT_MAX && value > -INT_MAX && !Object.is(value, -0)) {
      this.uint(value < 0 ? -2 * value + 1 : 2 * value);
      return;
    }
    this.byte(0x80);
    this.byte(0);
    double[0] = value;
    for (let i = 0; i < 8; i++) this.byte(doubleBytes[i]!);
  }

  /** 16 bytes. @throws {RangeError} */
  gfid(gfid: Gfid): void {
    gfidToBytesInto(gfid, this.bytes, this.at);
    this.at += GFID_SIZE;
  }

  /** 2 × length in bytes, plus 1 if it was cut; then the bytes of a name. */
  text(value: string): void {
    const start = this.at;
    const { length } = value;
    if (length <= TEXT_MAX) {
      this.uint(2 * length);
      for (let i = 0; i < length; i++) {
        const code = value.charCodeAt(i);
        if (code >= 0x80) {
          this.at = start;
          this.anyText(value, 0);
          return;
        }
        this.bytes[this.at++] = code;
      }
      return;
    }
    this.anyText(value.slice(0, TEXT_MAX), 1);
  }

  /** 0 for null; otherwise 1 and the text. */
  nullableText(value: string | null): void {
    this.byte(value === null ? 0 : 1);
    if (value !== null) this.text(value);
  }

  private anyText(value: string, cut: number): void {
    const name = wellFormed(value);
    this.uint(2 * nameLength(name) + cut);
    this.at += encodeNameInto(name, this.bytes, this.at);
  }

  /** The length, the number of bytes kept, and these. */
  data(value: Uint8Array, most: number): void {
    const kept = Math.min(value.length, most);
    this.uint(value.length);
    this.uint(kept);
    for (let i = 0; i < kept; i++) this.bytes[this.at++] = value[i]!;
  }
}

const FIRST_BYTES = 4096;

/** Calls `write` with more and more memory until all fits, and returns the bytes. */
export function written(write: (out: Output) => void): Uint8Array {
  for (let room = FIRST_BYTES; ; room *= 4) {
    const out = new Output(new Uint8Array(room));
    write(out);
    if (!out.isFull) return out.bytes.subarray(0, out.at);
  }
}

/** Replaces lone surrogates, which a module or a cut may leave, by U+FFFD. */
const wellFormed = (value: string): string =>
  value.replace(/[\u{d800}-\u{dc7f}\u{dd00}-\u{dfff}]/gu, '\ufffd');

export class Input {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  /** Skips bytes, and returns the offset of the first. */
  take(count: number): number {
    if (count > this.left) throw new RecordingError('it ends within an event');
    const start = this.at;
    this.at += count;
    return start;
  }

  byte(): number {
    return this.bytes[this.take(1)]!;
  }

  uint(): number {
    let value = 0;
    for (let i = 0, unit = 1; i < VARINT_BYTES_MAX; i++, unit *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
    }
    throw new RecordingError('a number in it is too large');
  }

  number(): number {
    if (this.left > 1 && this.bytes[this.at] === 0x80 && this.bytes[this.at + 1] === 0) {
      const start = this.take(10) + 2;
      doubleBytes.set(this.bytes.subarray(start, start + 8));
      return double[0]!;
    }
    const value = this.uint();
    return value % 2 === 1 ? -((value - 1) / 2) : value / 2;
  }

  gfid(): Gfid {
    return gfidFromBytes(this.bytes, this.take(GFID_SIZE));
  }

  text(): string {
    const code = this.uint();
    const length = Math.floor(code / 2);
    const start = this.take(length);
    const value = decodeName(this.bytes, start, start + length);
    return code % 2 === 1 ? `${value}…` : value;
  }

  nullableText(): string | null {
    return this.byte() === 0 ? null : this.text();
  }

  /** The original length, and the bytes kept. */
  data(): { length: number; head: string } {
    const length = this.uint();
    const kept = this.uint();
    const start = this.take(kept);
    return { length, head: decodeName(this.bytes, start, start + kept) };
  }
}

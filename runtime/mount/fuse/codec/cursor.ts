/**
 * Reads the fields of a FUSE request in order, and never outside of it. Also writes 64-bit fields of replies.
 *
 * A read beyond the end returns 0 (or an empty span) and sets `isShort`, which the decoder checks once, after the last
 * field. 64-bit fields become Numbers, exact below 2^53; handlers refuse larger offsets and sizes. A lock owner may use
 * all 64 bits, so it is read as two 32-bit halves.
 */

const TWO_32 = 0x1_0000_0000;

/** A byte range of the message: a name (without its NUL) or data. */
export class Span {
  start = 0;
  end = 0;

  get length(): number {
    return this.end - this.start;
  }
}

export class Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Position of the next field in `bytes`. */
  position = 0;
  /** Position after the message. */
  end = 0;
  /** Whether the message ended before a field did. */
  isShort = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Starts on the message in `bytes[start … end)`; an end beyond the bytes makes it short. */
  reset(start: number, end: number): void {
    this.position = start;
    this.end = Math.min(end, this.bytes.length);
    this.isShort = end > this.bytes.length || start > end;
  }

  readU32(): number {
    return this.advance(4) ? this.view.getUint32(this.position - 4, true) : 0;
  }

  readU64(): number {
    if (!this.advance(8)) return 0;
    const start = this.position - 8;
    return this.view.getUint32(start, true) + this.view.getUint32(start + 4, true) * TWO_32;
  }

  readI64(): number {
    if (!this.advance(8)) return 0;
    const start = this.position - 8;
    return this.view.getUint32(start, true) + this.view.getInt32(start + 4, true) * TWO_32;
  }

  skip(count: number): void {
    this.advance(count);
  }

  /** Reads a name up to its NUL, and skips the NUL. A missing NUL makes the message short. */
  readName(out: Span): void {
    const { bytes, end } = this;
    let nameEnd = this.position;
    out.start = nameEnd;
    while (nameEnd < end && bytes[nameEnd] !== 0) nameEnd++;
    if (nameEnd < end) {
      out.end = nameEnd;
      this.position = nameEnd + 1;
    } else this.endShort(out);
  }

  /** Reads the next `count` bytes. */
  readData(count: number, out: Span): void {
    out.start = this.position;
    if (this.advance(count)) out.end = this.position;
    else this.endShort(out);
  }

  /** Moves behind the next `count` bytes. Returns false, and marks the message as short, if it ends before. */
  private advance(count: number): boolean {
    if (this.position + count > this.end) {
      this.isShort = true;
      this.position = this.end;
      return false;
    }
    this.position += count;
    return true;
  }

  /** Marks the message as short, and makes `out` empty. */
  private endShort(out: Span): void {
    this.isShort = true;
    this.position = this.end;
    out.start = this.end;
    out.end = this.end;
  }
}

/** Writes an unsigned number below 2^53 as 64 bits. */
export function putU64(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, value, true);
  view.setUint32(offset + 4, value / TWO_32, true);
}

/** Writes a number between -2^53 and 2^53 as 64 bits, two's complement. */
export function putI64(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, value, true);
  view.setInt32(offset + 4, Math.floor(value / TWO_32), true);
}

/**
 * Converts names (file names, xattr names, link targets) between bytes and strings, without loss.
 *
 * A byte that is not part of valid UTF-8 becomes the lone surrogate U+DC00 + byte (U+DC80 … U+DCFF), as in
 * Python's `surrogateescape`. UTF-8 is strict (Unicode 15, table 3-7). `encodeName(decodeName(bytes))` returns the
 * same bytes for all input. A string with any other lone surrogate, which only a module can make, cannot be encoded:
 * that throws `NameError`, because a substitute ('?', U+FFFD) could name another file.
 */

import { EILSEQ } from './errno.ts';
import { NAME_MAX } from './limits.ts';

/** Thrown for a string that cannot be encoded: it has a lone surrogate outside U+DC80 … U+DCFF. */
export class NameError extends RangeError {
  override readonly name = 'NameError';
  readonly code = 'EILSEQ';
  /** The errno for a request that carried the name. */
  readonly errno: number = EILSEQ;
}

function throwNameError(text: string, index: number): never {
  const unit = text.charCodeAt(index).toString(16).toUpperCase();
  throw new NameError(`the lone surrogate U+${unit} (at ${index}) stands for no byte`);
}

/** Whether a surrogate pair begins at `position`. */
function isPairAt(text: string, position: number): boolean {
  return text.charCodeAt(position) < 0xdc00 && (text.charCodeAt(position + 1) & 0xfc00) === 0xdc00;
}

/** Whether a code unit stands for one byte that is not UTF-8. */
const isEscapedByte = (unit: number): boolean => unit >= 0xdc80 && unit <= 0xdcff;

/** Returns the length of the encoded name in bytes. @throws {NameError} */
export function nameLength(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if ((unit & 0xf800) !== 0xd800) length += 3;
    else if (isPairAt(text, i)) {
      length += 4;
      i++;
    } else if (isEscapedByte(unit)) length += 1;
    else throwNameError(text, i);
  }
  return length;
}

/**
 * Writes the name at `offset` and returns the number of bytes written (no terminating NUL). `out`
 * needs room for `nameLength(text)` bytes; 3 × `text.length` always suffice. @throws {NameError}
 */
export function encodeNameInto(text: string, out: Uint8Array, offset: number): number {
  let position = offset;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) out[position++] = unit;
    else if (unit < 0x800) {
      out[position++] = 0xc0 | (unit >> 6);
      out[position++] = 0x80 | (unit & 0x3f);
    } else if ((unit & 0xf800) !== 0xd800) {
      out[position++] = 0xe0 | (unit >> 12);
      out[position++] = 0x80 | ((unit >> 6) & 0x3f);
      out[position++] = 0x80 | (unit & 0x3f);
    } else if (isPairAt(text, i)) {
      const code = text.codePointAt(i++)!;
      out[position++] = 0xf0 | (code >> 18);
      out[position++] = 0x80 | ((code >> 12) & 0x3f);
      out[position++] = 0x80 | ((code >> 6) & 0x3f);
      out[position++] = 0x80 | (code & 0x3f);
    } else if (isEscapedByte(unit)) out[position++] = unit & 0xff;
    else throwNameError(text, i);
  }
  return position - offset;
}

/** Encodes a name into a new array of exactly its length. @throws {NameError} */
export function encodeName(text: string): Uint8Array {
  const bytes = new Uint8Array(nameLength(text));
  encodeNameInto(text, bytes, 0);
  return bytes;
}

/**
 * Scratch arrays of char codes, one for each length of a file name. To make a string from such an array by
 * `fromCharCode` costs less than half of appending characters.
 */
const codesByLength: readonly number[][] = Array.from({ length: NAME_MAX + 1 }, (_, length) =>
  new Array<number>(length).fill(0),
);

/** Decodes the name in `bytes[start … end)`; every byte sequence is valid. */
export function decodeName(bytes: Uint8Array, start = 0, end = bytes.length): string {
  const codes = codesByLength[end - start];
  if (codes === undefined) return decodeLong(bytes, start, end);
  for (let i = 0; i < codes.length; i++) {
    const byte = bytes[start + i]!;
    if (byte >= 0x80) return decodeUtf8(bytes, start, end);
    codes[i] = byte;
  }
  return String.fromCharCode.apply(null, codes);
}

/** The most bytes of a text whose characters are appended one by one. */
const MAX_APPENDED = 4096;

/**
 * Decodes texts longer than a file name. Of a long one, characters appended one by one would take 32
 * bytes each, and 30 MB of them half a minute: it is joined of pieces.
 */
function decodeLong(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let pieceStart = start;
  while (end - pieceStart > MAX_APPENDED) {
    const codes: number[] = [];
    let position = pieceStart;
    for (const pieceEnd = pieceStart + MAX_APPENDED; position < pieceEnd; ) {
      const length = computeSequenceLength(bytes, position, end);
      const lead = bytes[position]!;
      if (length === 1) codes.push(lead);
      else if (length === 0) codes.push(0xdc00 | lead);
      else {
        const character = decodeUtf8(bytes, position, position + length);
        for (let i = 0; i < character.length; i++) codes.push(character.charCodeAt(i));
      }
      position += length || 1;
    }
    text += String.fromCharCode.apply(null, codes);
    pieceStart = position;
  }
  return text + decodeUtf8(bytes, pieceStart, end);
}

/** Decodes names with bytes above ASCII, or longer than a file name. */
function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let position = start;
  while (position < end) {
    const length = computeSequenceLength(bytes, position, end);
    const lead = bytes[position]!;
    if (length === 1) text += String.fromCharCode(lead);
    else if (length === 0) text += String.fromCharCode(0xdc00 | lead);
    else {
      let code = lead & (0x7f >> length);
      for (let i = 1; i < length; i++) code = (code << 6) | (bytes[position + i]! & 0x3f);
      text += String.fromCodePoint(code);
    }
    position += length || 1;
  }
  return text;
}

/** Returns the length of the valid UTF-8 sequence at `position` (1 … 4 bytes); 0 if no valid one begins there. */
function computeSequenceLength(bytes: Uint8Array, position: number, end: number): number {
  const lead = bytes[position]!;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (position + length > end) return 0;
  const second = bytes[position + 1]!;
  // After the lead bytes E0, ED, F0 and F4 the second byte's range is narrower: no overlong form, no
  // surrogate, nothing above U+10FFFF.
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) if ((bytes[position + i]! & 0xc0) !== 0x80) return 0;
  return length;
}

/** Copies bytes. For large ones `slice()` takes a tenth to a third more time, as V8 clears its memory first. */
export const copyBytes = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/** Joins parts of data; a single part is returned without a copy. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.length;
  }
  return joined;
}

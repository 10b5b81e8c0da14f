/**
 * Makes gfids and converts them between text and bytes. A gfid is the identity of an inode, a UUID of 128 bits. In the
 * runtime it is its canonical text (36 characters, lower case); as bytes it exists only in xattrs, on the wire and in
 * modules.
 *
 * The inode number that applications see is the gfid's last 8 bytes, big-endian, without the highest bit, so
 * that it is positive in a signed number. It exceeds 2^53 and is kept as two u32 halves.
 *
 * Source: GlusterFS `gfid_to_ino`, `compat-uuid.h` (which keep the highest bit); RFC 4122.
 */

import { GFID_SIZE } from './limits.ts';

/** Canonical lower-case UUID text; use `isGfid` on text that comes from outside. */
export type Gfid = string;

/** The null gfid: of an inode that is not linked yet, or a loc without a gfid. */
export const NULL_GFID: Gfid = '00000000-0000-0000-0000-000000000000';
/** The root directory of every volume; its inode number is 1. */
export const ROOT_GFID: Gfid = '00000000-0000-0000-0000-000000000001';

const TEXT_LENGTH = 36;
const NOT_HEX = 0xff;

/** The position of the first digit of each byte in the text. */
const digitPositions = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;

/** The char codes of the two lower-case hex digits of each byte. */
const highDigitCodes = new Uint8Array(256);
const lowDigitCodes = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  const digits = byte.toString(16).padStart(2, '0');
  highDigitCodes[byte] = digits.charCodeAt(0);
  lowDigitCodes[byte] = digits.charCodeAt(1);
}

/**
 * Scratch array of a gfid's char codes, with its dashes. To make the text from it by `fromCharCode` costs a quarter of
 * joining pieces.
 */
const gfidCharCodes = Array.from(NULL_GFID, (char) => char.charCodeAt(0));

/** The value of the hex digit with each char code; NOT_HEX for other characters. Upper case is not canonical. */
const hexValues = new Uint8Array(256).fill(NOT_HEX);
for (let value = 0; value < 16; value++) hexValues[value.toString(16).charCodeAt(0)] = value;

/** Returns the value of the hex digit at `position`; above 15 for any other character, and beyond the text. */
function readDigit(text: string, position: number): number {
  const code = text.charCodeAt(position);
  return code < 256 ? hexValues[code]! : NOT_HEX;
}

const DASH_CODE = 0x2d;

/** Whether length and dashes are those of a gfid. */
function hasGfidShape(text: string): boolean {
  return (
    text.length === TEXT_LENGTH &&
    text.charCodeAt(8) === DASH_CODE &&
    text.charCodeAt(13) === DASH_CODE &&
    text.charCodeAt(18) === DASH_CODE &&
    text.charCodeAt(23) === DASH_CODE
  );
}

/** Whether the text is a canonical gfid (36 characters, lower case). The null gfid is one. */
export function isGfid(text: string): text is Gfid {
  if (!hasGfidShape(text)) return false;
  let combined = 0;
  // Values of digits have four bits, NOT_HEX has more.
  for (const position of digitPositions)
    combined |= readDigit(text, position) | readDigit(text, position + 1);
  return combined < 16;
}

/** Converts a gfid to its 16 bytes. @throws {RangeError} when the text is not a canonical gfid. */
export function gfidToBytes(gfid: Gfid): Uint8Array {
  const bytes = new Uint8Array(GFID_SIZE);
  writeGfidBytes(gfid, bytes, 0);
  return bytes;
}

/**
 * Writes the 16 bytes at `offset`. @throws {RangeError} when the text is not a canonical gfid; the written
 * bytes are invalid then.
 */
export function writeGfidBytes(gfid: Gfid, out: Uint8Array, offset: number): void {
  let combined = hasGfidShape(gfid) ? 0 : NOT_HEX;
  for (let i = 0; i < GFID_SIZE; i++) {
    const high = readDigit(gfid, digitPositions[i]!);
    const low = readDigit(gfid, digitPositions[i]! + 1);
    combined |= high | low;
    out[offset + i] = (high << 4) | low;
  }
  if (combined > 15) throw new RangeError(`not a gfid: '${gfid}'`);
}

/** Converts `bytes[offset … offset+16)` to a gfid. @throws {RangeError} when there are fewer than 16. */
export function gfidFromBytes(bytes: Uint8Array, offset = 0): Gfid {
  if (offset < 0 || offset + GFID_SIZE > bytes.length) {
    throw new RangeError(`a gfid takes ${GFID_SIZE} bytes, not ${bytes.length - offset}`);
  }
  for (let i = 0; i < GFID_SIZE; i++) {
    const byte = bytes[offset + i]!;
    const position = digitPositions[i]!;
    gfidCharCodes[position] = highDigitCodes[byte]!;
    gfidCharCodes[position + 1] = lowDigitCodes[byte]!;
  }
  return String.fromCharCode.apply(null, gfidCharCodes);
}

/**
 * Makes a gfid from 16 random bytes, with the version (4) and variant bits of a UUID. `random` is unchanged.
 */
export function gfidFromRandom(random: Uint8Array): Gfid {
  return gfidFromBytes(setVersion4(random.slice(0, GFID_SIZE)));
}

/** Sets the version 4 and variant bits of a UUID in place. Returns the same bytes. */
export function setVersion4(bytes: Uint8Array): Uint8Array {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes;
}

/** Reads `count` hex digits from `start`, as a number of up to 32 bits. */
function readDigits(gfid: Gfid, start: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value = (value << 4) | readDigit(gfid, start + i);
  return value;
}

/** The inode number in place of 0, which readdir(3) would skip. */
const INO_FOR_ZERO = 0xffff_ffff;

/** Computes the upper 31 bits of the inode number. The gfid must be canonical. */
export const computeInoHi = (gfid: Gfid): number =>
  ((readDigits(gfid, 19, 4) & 0x7fff) << 16) | readDigits(gfid, 24, 4);

/** Computes the lower 32 bits of the inode number. The gfid must be canonical. */
export function computeInoLo(gfid: Gfid): number {
  const low = readDigits(gfid, 28, 8) >>> 0;
  return low === 0 && computeInoHi(gfid) === 0 ? INO_FOR_ZERO : low;
}

/**
 * Implements the machine's `MemoryTools` without Node's Buffer: encodes text code unit by code
 * unit, so that lone surrogates (bytes that are not UTF-8) survive.
 */
import type { MemoryTools, TextBytes, TextEncoding } from '../../host/machine.ts';

/** The most code units that one call converts: each is an argument, whose number engines limit. */
const MAX_UNITS = 4096;

/** Makes the text of these code units. */
function decodeUnits(units: Uint8Array | Uint16Array): string {
  if (units.length <= MAX_UNITS) return String.fromCharCode(...units);
  let text = '';
  for (let start = 0; start < units.length; start += MAX_UNITS) {
    text += String.fromCharCode(...units.subarray(start, start + MAX_UNITS));
  }
  return text;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Bytes with the two methods of Node's Buffer that `TextBytes` names. */
class Bytes extends Uint8Array implements TextBytes {
  write(text: string, offset: number, length: number, encoding: 'latin1' | 'utf16le'): number {
    const isWide = encoding === 'utf16le';
    const unitCount = isWide ? length >> 1 : length;
    for (let i = 0; i < unitCount; i++) {
      const unit = text.charCodeAt(i);
      if (isWide) {
        this[offset + i * 2] = unit;
        this[offset + i * 2 + 1] = unit >> 8;
      } else this[offset + i] = unit;
    }
    return length;
  }

  override toString(encoding: TextEncoding = 'utf8', start = 0, end = this.length): string {
    const bytes = new Uint8Array(this.buffer, this.byteOffset + start, end - start);
    if (encoding === 'utf8') return utf8.decode(bytes);
    if (encoding === 'latin1') return decodeUnits(bytes);
    // A copy is aligned for units of two bytes.
    return decodeUnits(new Uint16Array(bytes.slice().buffer));
  }
}

/** The memory tools of the browser's machine. */
export const memory: MemoryTools = {
  view: (buffer, offset = 0, length = undefined) =>
    new Bytes(buffer as ArrayBuffer, offset, length) as TextBytes,
  decodeLatin1: decodeUnits,
  encodeLatin1(text) {
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  },
};

/**
 * The names that requests carry, from bytes to strings. Clients ask for the same names again and
 * again, so the last ones are kept, each at a place that its bytes choose. A name that is found is
 * the string of before: the maps of inodes and caches need not compute its hash again, and compare it
 * by its address.
 */
import { decodeName } from '../../core/bytes.ts';
import type { Cursor, Span } from './codec/cursor.ts';

const PLACE_BITS = 10;
const PLACES = 1 << PLACE_BITS;
/** Bytes; longer names, such as targets of symbolic links, are not kept. A multiple of WORD. */
const LONGEST = 64;
const WORD = 4;
/** 2^32 divided by the golden ratio, odd: multiplying by it spreads what is small over 32 bits. */
const SPREAD = 0x9e3779b1;

export class NameCache {
  private readonly names: string[] = new Array(PLACES).fill('');
  /** Their bytes, `LONGEST` for each, and how many of these count. */
  private readonly bytes = new Uint8Array(PLACES * LONGEST);
  private readonly view = new DataView(this.bytes.buffer);
  private readonly lengths = new Uint8Array(PLACES);

  /** The name in a span of the cursor's message, as the runtime writes names (`core/bytes.ts`). */
  decode({ bytes, view }: Cursor, { start, end }: Span): string {
    const length = end - start;
    if (length > LONGEST) return decodeName(bytes, start, end);
    let hash = length;
    let at = start;
    for (; at + WORD <= end; at += WORD) hash = spread(hash ^ view.getInt32(at, true));
    for (; at < end; at++) hash = spread(hash ^ bytes[at]!);
    const place = hash >>> (32 - PLACE_BITS);
    if (this.lengths[place] === length && this.has(place * LONGEST, bytes, view, start, end)) {
      return this.names[place]!;
    }
    const name = decodeName(bytes, start, end);
    this.names[place] = name;
    this.lengths[place] = length;
    const kept = place * LONGEST;
    for (let i = 0; i < length; i++) this.bytes[kept + i] = bytes[start + i]!;
    return name;
  }

  private has(
    kept: number,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
  ): boolean {
    const ahead = kept - start;
    let at = start;
    for (; at + WORD <= end; at += WORD) {
      if (view.getInt32(at, true) !== this.view.getInt32(at + ahead, true)) return false;
    }
    for (; at < end; at++) if (bytes[at] !== this.bytes[at + ahead]) return false;
    return true;
  }
}

const spread = (hash: number): number => {
  const product = Math.imul(hash, SPREAD);
  return product ^ (product >>> 15);
};

/**
 * Decodes names in requests, with a cache of recent ones by a hash of their bytes. Clients repeat names, and a cached
 * name is the same string object: maps of inodes reuse its hash, and compare it by address.
 */
import { decodeName } from '../../core/bytes.ts';
import type { Cursor, Span } from './codec/cursor.ts';

const PLACE_BITS = 10;
const PLACES = 1 << PLACE_BITS;
/** Most bytes of a cached name; a multiple of WORD. */
const LONGEST = 64;
const WORD = 4;
/** 2^32 divided by the golden ratio, odd: multiplication spreads small numbers over 32 bits. */
const SPREAD = 0x9e3779b1;

export class NameCache {
  private readonly names: string[] = new Array(PLACES).fill('');
  /** The bytes of the cached names, `LONGEST` for each, and their lengths. */
  private readonly bytes = new Uint8Array(PLACES * LONGEST);
  private readonly view = new DataView(this.bytes.buffer);
  private readonly lengths = new Uint8Array(PLACES);

  /** Decodes the name in a span of the cursor's message (`core/bytes.ts`). */
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

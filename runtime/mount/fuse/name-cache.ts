/**
 * Decodes names in requests, with a cache of recent ones by a hash of their bytes. Clients repeat names, and a cached
 * name is the same string object: maps of inodes reuse its hash, and compare it by address.
 */
import { decodeName } from '../../core/bytes.ts';
import type { Cursor, Span } from './codec/cursor.ts';

/** The number of slots is 2^SLOT_BITS; each has one name. */
const SLOT_BITS = 10;
const SLOT_COUNT = 1 << SLOT_BITS;
/** The most bytes of a cached name; a multiple of WORD_BYTES. */
const NAME_BYTES_MAX = 64;
/** Bytes that are hashed and compared at a time. */
const WORD_BYTES = 4;
/** 2^32 divided by the golden ratio, odd: multiplication spreads small numbers over 32 bits. */
const HASH_MULTIPLIER = 0x9e3779b1;

export class NameCache {
  private readonly names: string[] = new Array(SLOT_COUNT).fill('');
  /** The bytes of the cached names, `NAME_BYTES_MAX` for each slot. */
  private readonly bytes = new Uint8Array(SLOT_COUNT * NAME_BYTES_MAX);
  private readonly view = new DataView(this.bytes.buffer);
  /** The number of bytes of the name in each slot. */
  private readonly lengths = new Uint8Array(SLOT_COUNT);

  /** Decodes the name in a span of the cursor's message (`core/bytes.ts`). */
  decode({ bytes, view }: Cursor, { start, end }: Span): string {
    const length = end - start;
    if (length > NAME_BYTES_MAX) return decodeName(bytes, start, end);
    let hash = length;
    let position = start;
    for (; position + WORD_BYTES <= end; position += WORD_BYTES)
      hash = mixHash(hash ^ view.getInt32(position, true));
    for (; position < end; position++) hash = mixHash(hash ^ bytes[position]!);
    const slot = hash >>> (32 - SLOT_BITS);
    if (
      this.lengths[slot] === length &&
      this.isCached(slot * NAME_BYTES_MAX, bytes, view, start, end)
    ) {
      return this.names[slot]!;
    }
    const name = decodeName(bytes, start, end);
    this.names[slot] = name;
    this.lengths[slot] = length;
    const offset = slot * NAME_BYTES_MAX;
    for (let i = 0; i < length; i++) this.bytes[offset + i] = bytes[start + i]!;
    return name;
  }

  /** Compares the name at `offset` of the cache with the bytes from `start` to `end`. */
  private isCached(
    offset: number,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
  ): boolean {
    const shift = offset - start;
    let position = start;
    for (; position + WORD_BYTES <= end; position += WORD_BYTES) {
      if (view.getInt32(position, true) !== this.view.getInt32(position + shift, true))
        return false;
    }
    for (; position < end; position++)
      if (bytes[position] !== this.bytes[position + shift]) return false;
    return true;
  }
}

/** Spreads every bit of a hash over its 32 bits. */
const mixHash = (hash: number): number => {
  const product = Math.imul(hash, HASH_MULTIPLIER);
  return product ^ (product >>> 15);
};

/**
 * Holds the entries of a directory in the order of hashes of their names, so that an entry's offset is true in each later
 * open, after a restart, and while entries come and go. Names of the same hash follow in the order of their letters.
 */
import { bucketStart, makeListingOffset, readPositionHi } from '../core/listing-offset.ts';

/** The most names of a directory. */
export const NAMES_MAX = 2 ** 22;

/** The lowest position, from which on offsets have a bucket and a rank; positions are upper halves of 63 bits. */
const FIRST = 2 ** 10;
const LAST = 2 ** 31;

/** Computes the position of a name: a sum of its characters, mixed as MurmurHash3 does. */
function placeName(name: string): number {
  let sum = 0x9e3779b1;
  for (let index = 0; index < name.length; index++) {
    sum = Math.imul(sum ^ name.charCodeAt(index), 0x85ebca6b);
    sum = (sum << 13) | (sum >>> 19);
  }
  sum = Math.imul(sum ^ (sum >>> 16), 0xc2b2ae35);
  return FIRST + (((sum ^ (sum >>> 13)) >>> 0) % (LAST - FIRST));
}

/** The entries of a directory, each with its attributes, or null where the author has not given them. */
export class Listing<A = unknown> {
  readonly names: readonly string[];
  readonly #attributes: readonly (A | null)[] | null;
  /** The names as the module gave them, between slashes; null otherwise. */
  readonly bytes: Uint8Array | null;
  /** A name that is there twice. */
  duplicate: string | undefined;
  /** The positions, and the index of each one's name. */
  readonly #positions: Uint32Array;
  readonly #order: Uint32Array;

  /** @param names at most NAMES_MAX @param attributes by the index of the name; null for names alone */
  constructor(
    names: readonly string[],
    attributes: readonly (A | null)[] | null,
    bytes: Uint8Array | null = null,
  ) {
    const { length } = names;
    // Numbers alone are sorted ten times as fast as objects: each has the position, and below it the index.
    const keys = new Float64Array(length);
    for (let index = 0; index < length; index++)
      keys[index] = placeName(names[index]!) * NAMES_MAX + index;
    keys.sort();
    this.names = names;
    this.bytes = bytes;
    this.#attributes = attributes;
    this.#positions = new Uint32Array(length);
    this.#order = new Uint32Array(length);
    let start = 0;
    for (let index = 0; index < length; index++) {
      const key = keys[index]!;
      const position = Math.floor(key / NAMES_MAX);
      this.#positions[index] = position;
      this.#order[index] = key - position * NAMES_MAX;
      if (position !== this.#positions[start]) start = index;
      else if (index > start) this.#sortEqual(start, index + 1);
    }
  }

  /** Sorts entries of the same position by their names. */
  #sortEqual(start: number, end: number): void {
    const { names } = this;
    this.#order.subarray(start, end).sort((a, b) => {
      if (names[a] === names[b]) this.duplicate = names[a];
      return names[a]! < names[b]! ? -1 : 1;
    });
  }

  get length(): number {
    return this.#order.length;
  }

  name(index: number): string {
    return this.names[this.#order[index]!]!;
  }

  attributes(index: number): A | null {
    return this.#attributes?.[this.#order[index]!] ?? null;
  }

  /** Makes the offset of an entry. @param previous that of the entry before */
  offset(index: number, previous: number): number {
    return makeListingOffset(this.#positions[index]!, 0, previous);
  }

  /** Finds the index of the first entry of the bucket in which a listing after `offset` continues. */
  findStart(offset: number): number {
    const position = readPositionHi(bucketStart(offset));
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#positions[middle]! < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Caches the interpreter's own strings for file names, by name. When the cache is full, each call
 * into the guest evicts a few of the oldest, so that no request waits for a large eviction.
 */

/** Maximum number of names cached per interpreter: a few megabytes, as names are short. */
export const MAX_NAMES = 20_000;
/** Number of names evicted per call: more than a call usually adds. */
const EVICTIONS_PER_CALL = 8;

export class NameCache<V> extends Map<string, V> {
  readonly #limit: number;
  readonly #release: (value: V) => void;
  /** Names in order of insertion. Iterating over the map would pass its deleted entries first. */
  readonly #orderedNames: string[] = [];
  /** Index of the oldest name in `#orderedNames`. */
  #oldestIndex = 0;

  /** @param release frees an evicted value */
  constructor(limit: number, release: (value: V) => void) {
    super();
    this.#limit = limit;
    this.#release = release;
  }

  /** True at the limit; one call may exceed it. */
  get isFull(): boolean {
    return this.size >= this.#limit;
  }

  /** Adds the value made for a name that was missing. */
  add(name: string, value: V): void {
    this.#orderedNames.push(name);
    this.set(name, value);
  }

  /** Evicts old names, while no call uses them. Returns true if any was evicted. */
  trim(): boolean {
    if (!this.isFull) return false;
    // The second term empties the cache even if each call adds many names.
    const count = EVICTIONS_PER_CALL + ((this.size - this.#limit) >> 1);
    for (let i = 0; i < count && this.#oldestIndex < this.#orderedNames.length; i++) {
      const name = this.#orderedNames[this.#oldestIndex++]!;
      this.#release(this.get(name)!);
      this.delete(name);
    }
    if (this.#oldestIndex >= this.#limit) {
      this.#orderedNames.splice(0, this.#oldestIndex);
      this.#oldestIndex = 0;
    }
    return true;
  }
}

/**
 * Caches the strings of names that were made in an interpreter. When it is full, each call evicts a
 * few of the oldest, so that no request waits for a large eviction.
 */

/** Names cached per interpreter: a few megabytes at most, as names are short. */
export const MAX_NAMES = 20_000;
/** Names evicted per call: more than a call usually adds; after a larger call, more. */
const EVICTIONS_PER_CALL = 8;

export class NameCache<V> {
  readonly #limit: number;
  readonly #release: (value: V) => void;
  readonly #values = new Map<string, V>();
  /** Names in order of insertion: a map's own order would begin with gaps of evicted ones. */
  readonly #order: string[] = [];
  #first = 0;

  /** @param release frees an evicted value */
  constructor(limit: number, release: (value: V) => void) {
    this.#limit = limit;
    this.#release = release;
  }

  /** True at the limit; one call may exceed it. */
  get isFull(): boolean {
    return this.#values.size >= this.#limit;
  }

  get(name: string): V | undefined {
    return this.#values.get(name);
  }

  /** Adds the value made for a name that was missing. */
  add(name: string, value: V): void {
    this.#order.push(name);
    this.#values.set(name, value);
  }

  /** Evicts old names; call it while no name is in use. True if any was evicted. */
  trim(): boolean {
    if (!this.isFull) return false;
    const count = EVICTIONS_PER_CALL + ((this.#values.size - this.#limit) >> 1);
    for (let i = 0; i < count && this.#first < this.#order.length; i++) {
      const name = this.#order[this.#first++]!;
      this.#release(this.#values.get(name)!);
      this.#values.delete(name);
    }
    if (this.#first >= this.#limit) {
      this.#order.splice(0, this.#first);
      this.#first = 0;
    }
    return true;
  }
}

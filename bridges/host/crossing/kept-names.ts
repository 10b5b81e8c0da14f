/**
 * Names that an interpreter has been given, each made there once and kept. When there are many the
 * oldest go, a few with each call, so that no request waits until all have gone.
 */

/** So many are kept of each interpreter: a few megabytes at most, as names are short. */
export const MOST_NAMES = 20_000;
/** So many go with a call; more than a call usually brings. After one that brought more, more go. */
const AT_ONCE = 8;

export class KeptNames<V> {
  readonly #most: number;
  readonly #release: (made: V) => void;
  readonly #made = new Map<string, V>();
  /** In the order in which they came. A map's own would begin with the gaps of those that went. */
  readonly #order: string[] = [];
  #first = 0;

  /** @param release what is to be done with what goes */
  constructor(most: number, release: (made: V) => void) {
    this.#most = most;
    this.#release = release;
  }

  /** There are as many as are to be kept; a call may well bring more. */
  get isFull(): boolean {
    return this.#made.size >= this.#most;
  }

  get(name: string): V | undefined {
    return this.#made.get(name);
  }

  /** Takes over what was made for a name that was not there. */
  add(name: string, made: V): void {
    this.#order.push(name);
    this.#made.set(name, made);
  }

  /** To be called where nobody uses a name. Whether any went. */
  trim(): boolean {
    if (!this.isFull) return false;
    const most = AT_ONCE + ((this.#made.size - this.#most) >> 1);
    for (let i = 0; i < most && this.#first < this.#order.length; i++) {
      const name = this.#order[this.#first++]!;
      this.#release(this.#made.get(name)!);
      this.#made.delete(name);
    }
    if (this.#first >= this.#most) {
      this.#order.splice(0, this.#first);
      this.#first = 0;
    }
    return true;
  }
}

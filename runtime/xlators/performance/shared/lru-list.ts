/** Orders a cache's entries by last use and evicts the oldest beyond a number of bytes. */

/** Base of an entry in the list. */
export class Cached {
  bytes = 0;
  older: Cached | null = null;
  newer: Cached | null = null;
}

export class Lru<C extends Cached> {
  bytes = 0;
  count = 0;
  evicted = 0;
  private oldest: C | null = null;
  private newest: C | null = null;
  private readonly evict: (cached: C) => void;
  private most: number;

  /** @param most bytes @param evict frees an entry and calls `remove` for it */
  constructor(most: number, evict: (cached: C) => void) {
    this.most = most;
    this.evict = evict;
  }

  get limit(): number {
    return this.most;
  }

  set limit(most: number) {
    this.most = most;
    this.shrink();
  }

  /** Adds an entry; returns false, without adding it, when it exceeds the limit alone. */
  add(cached: C, bytes: number): boolean {
    if (bytes > this.most) return false;
    cached.bytes = bytes;
    this.bytes += bytes;
    this.count += 1;
    this.append(cached);
    this.shrink();
    return true;
  }

  used(cached: C): void {
    if (cached === this.newest) return;
    this.takeOut(cached);
    this.append(cached);
  }

  remove(cached: C): void {
    this.takeOut(cached);
    this.bytes -= cached.bytes;
    this.count -= 1;
  }

  /** Evicts every entry, without counting them as evicted. */
  clear(): void {
    while (this.oldest !== null) this.evict(this.oldest);
  }

  private shrink(): void {
    while (this.bytes > this.most) {
      this.evicted += 1;
      this.evict(this.oldest!);
    }
  }

  private append(cached: C): void {
    cached.older = this.newest;
    cached.newer = null;
    if (this.newest === null) this.oldest = cached;
    else this.newest.newer = cached;
    this.newest = cached;
  }

  private takeOut(cached: C): void {
    const older = cached.older as C | null;
    const newer = cached.newer as C | null;
    if (older === null) this.oldest = newer;
    else older.newer = newer;
    if (newer === null) this.newest = older;
    else newer.older = older;
    cached.older = null;
    cached.newer = null;
  }
}

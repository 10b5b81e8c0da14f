/** Orders a cache's entries by last use, and evicts the least recently used beyond a number of bytes (`LruList`). */

/** An entry of a list; the entries of each cache extend it. */
export class LruEntry {
  /** Bytes that the entry counts against the limit. */
  bytes = 0;
  older: LruEntry | null = null;
  newer: LruEntry | null = null;
}

/** The entries of one cache. @typeParam C the type of an entry */
export class LruList<C extends LruEntry> {
  /** Bytes of all entries. */
  bytes = 0;
  /** Number of entries. */
  count = 0;
  /** Number of entries evicted because of the limit. */
  evictedCount = 0;
  private oldest: C | null = null;
  private newest: C | null = null;
  private readonly evict: (entry: C) => void;
  private maxBytes: number;

  /** @param evict frees an entry, and must call `remove` for it */
  constructor(maxBytes: number, evict: (entry: C) => void) {
    this.maxBytes = maxBytes;
    this.evict = evict;
  }

  /** The most bytes of all entries. */
  get limit(): number {
    return this.maxBytes;
  }

  set limit(maxBytes: number) {
    this.maxBytes = maxBytes;
    this.evictBeyondLimit();
  }

  /** Adds an entry of `bytes` bytes; returns false, without adding it, if it alone exceeds the limit. */
  add(entry: C, bytes: number): boolean {
    if (bytes > this.maxBytes) return false;
    entry.bytes = bytes;
    this.bytes += bytes;
    this.count += 1;
    this.append(entry);
    this.evictBeyondLimit();
    return true;
  }

  /** Makes an entry the most recently used one. */
  moveToNewest(entry: C): void {
    if (entry === this.newest) return;
    this.unlink(entry);
    this.append(entry);
  }

  remove(entry: C): void {
    this.unlink(entry);
    this.bytes -= entry.bytes;
    this.count -= 1;
  }

  /** Evicts every entry, without counting them as evicted. */
  clear(): void {
    while (this.oldest !== null) this.evict(this.oldest);
  }

  private evictBeyondLimit(): void {
    while (this.bytes > this.maxBytes) {
      this.evictedCount += 1;
      this.evict(this.oldest!);
    }
  }

  /** Links an entry as the newest. */
  private append(entry: C): void {
    entry.older = this.newest;
    entry.newer = null;
    if (this.newest === null) this.oldest = entry;
    else this.newest.newer = entry;
    this.newest = entry;
  }

  private unlink(entry: C): void {
    const older = entry.older as C | null;
    const newer = entry.newer as C | null;
    if (older === null) this.oldest = newer;
    else older.newer = newer;
    if (newer === null) this.newest = older;
    else newer.older = older;
    entry.older = null;
    entry.newer = null;
  }
}

/** Caches of what is in files (io-cache, quick-read): memory within a limit, its age, and counts. */
import type { EventName } from '../../../core/events.ts';
import { isUpcall } from '../../../core/upcall.ts';
import type { Dump, Xlator } from '../../../core/xlator.ts';
import { InodeCache, type Kept, losses } from './inode-cache.ts';
import { type Cached, Lru } from './lru.ts';

/** Options that each of them has. */
interface DataOptions {
  readonly 'cache-size': number;
  readonly 'cache-timeout': number;
  readonly 'pass-through': boolean;
}

export abstract class DataCache<
  K extends Kept,
  C extends Cached,
  G extends DataOptions,
> extends InodeCache<K, G> {
  protected readonly lru: Lru<C>;

  constructor(xl: Xlator<unknown>, given: G) {
    super(xl, given);
    this.lru = new Lru(given['cache-size'], (cached) => this.evict(cached));
  }

  /** Lets go of one piece of memory, and takes it out of the list. */
  protected abstract evict(cached: C): void;

  /** Counts of a dump besides hits, misses and bytes. */
  protected abstract counts(): Dump;

  override configure(given: G): void {
    super.configure(given);
    this.lru.limit = given['cache-size'];
  }

  /** Hears a notice from below, and forgets the data that it concerns. */
  notified(event: EventName, data: unknown): void {
    if (losses.has(event)) this.clear();
    else if (event === 'UPCALL' && isUpcall(data) && data.what === 'inode' && data.data) {
      this.heard(data.inode);
    }
  }

  override clear(): void {
    super.clear();
    this.lru.clear();
  }

  override reset(): void {
    super.reset();
    this.lru.evicted = 0;
  }

  dump(): Dump {
    const { hits, misses, lru } = this;
    const { bytes, evicted, limit } = lru;
    return { hits, misses, ...this.counts(), bytes, evicted, limit };
  }

  /** Whether what was seen at this time, in milliseconds, is believed without asking. */
  protected isRecent(seen: number): boolean {
    return this.xl.context.now() - seen < this.given['cache-timeout'] * 1000;
  }
}

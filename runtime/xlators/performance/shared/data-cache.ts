/** Base of io-cache and quick-read (`DataCache`): bounds the memory and age of cached data, and counts hits. */
import type { EventName } from '../../../core/events.ts';
import { isUpcall } from '../../../core/upcall.ts';
import type { Dump, Xlator } from '../../../core/xlator.ts';
import { InodeCache, type InodeState, invalidatingEvents } from './inode-cache.ts';
import { type LruEntry, LruList } from './lru-list.ts';

/** Options that every data cache has. */
interface DataCacheOptions {
  /** The most bytes of cached data. */
  readonly 'cache-size': number;
  /** Seconds for which data may be used after a validation. */
  readonly 'cache-timeout': number;
  readonly 'pass-through': boolean;
}

/** A cache of files' data. @typeParam K the state of an inode, C a cached entry, G the option values */
export abstract class DataCache<
  K extends InodeState,
  C extends LruEntry,
  G extends DataCacheOptions,
> extends InodeCache<K, G> {
  protected readonly lru: LruList<C>;

  constructor(xl: Xlator<unknown>, values: G) {
    super(xl, values);
    this.lru = new LruList(values['cache-size'], (entry) => this.evict(entry));
  }

  /** Frees one entry and removes it from `lru`. */
  protected abstract evict(entry: C): void;

  /** Returns the cache's own counters for the dump, besides hits, misses and bytes. */
  protected abstract dumpCounts(): Dump;

  override applyOptions(values: G): void {
    super.applyOptions(values);
    this.lru.limit = values['cache-size'];
  }

  /** Drops the data that an event from below outdates. */
  handleEvent(event: EventName, data: unknown): void {
    if (invalidatingEvents.has(event)) this.clear();
    else if (event === 'UPCALL' && isUpcall(data) && data.kind === 'inode' && data.data) {
      this.invalidateReported(data.inode);
    }
  }

  override clear(): void {
    super.clear();
    this.lru.clear();
  }

  override reset(): void {
    super.reset();
    this.lru.evictedCount = 0;
  }

  dump(): Dump {
    const { hits, misses, lru } = this;
    const { bytes, evictedCount: evicted, limit } = lru;
    return { hits, misses, ...this.dumpCounts(), bytes, evicted, limit };
  }

  /** Whether data that was validated at `checkedAtMs` may be used without another check. */
  protected isRecent(checkedAtMs: number): boolean {
    return this.xl.context.now() - checkedAtMs < this.values['cache-timeout'] * 1000;
  }
}

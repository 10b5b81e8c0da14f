/**
 * Caches each inode's attributes, extended attributes, and the name by which it was last looked up; of a directory, also
 * the names in it.
 *
 * Each of the three expires by itself. Only a lookup of a name renews the name: a file that still exists may have
 * lost it.
 *
 * With option kernel-timeout the kernel may cache the same values, as long as they are valid here. When the cache
 * drops values, it invalidates them in the kernel, too.
 */
import { Dict, type Timeouts } from '../../../core/dict.ts';
import type { EventName } from '../../../core/events.ts';
import type { Stack } from '../../../core/frame.ts';
import type { Iatt, Statvfs } from '../../../core/iatt.ts';
import { IA_IFREG } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { messages } from '../../../core/messages.ts';
import { invalidateEntries, invalidateInode, isUpcall, type Upcall } from '../../../core/upcall.ts';
import type { Dump, Xlator } from '../../../core/xlator.ts';
import {
  hasDataChanged,
  InodeCache,
  InodeState,
  invalidatingEvents,
} from '../shared/inode-cache.ts';
import { type KeptListing, KeptListings, ListingUnderWay } from './listings.ts';
import { LookupsAhead } from './lookups-ahead.ts';
import { computeTimeoutSeconds, type OptionValues, readCachedXattrs } from './options.ts';
import { XattrCache } from './xattr-cache.ts';

/** Approximate bytes of an inode's entry, without extended attributes. */
const ENTRY_BYTES = 512;

/** A time before any other. */
const NEVER = Number.NEGATIVE_INFINITY;

/** The cached values of one inode. Times are milliseconds of `context.now()`. */
export class InodeEntry extends InodeState {
  /** The attributes; null if they are not cached. */
  buf: Iatt | null = null;
  /** Time of the reply with `buf`. */
  attributesTime = NEVER;
  /** The directory and name by which a lookup found the inode at `nameTime`. */
  parent: Inode | null = null;
  name: string | null = null;
  nameTime = NEVER;
  /** Time until which the kernel may cache the attributes. */
  kernelExpiry = NEVER;
  xattrs: XattrCache | null = null;
  xattrsTime = NEVER;
  /** The names of a directory; null if they are not cached. */
  listing: KeptListing | null = null;
  /** The cache's `clearCount` at the last update of the entry, which a later clear invalidates. */
  clearsAtUpdate = 0;
  /** The cache's `nameClearCount` at the last update of the name, which a later clear of names invalidates. */
  nameClearsAtUpdate = 0;
}

/** The state of one volume of performance/md-cache. */
export class MdCache extends InodeCache<InodeEntry, OptionValues> {
  xattrHits = 0;
  xattrMisses = 0;
  readonly lookupsAhead = new LookupsAhead();
  readonly listings = new KeptListings();
  /** Number of listings that were answered from the cache. */
  listingHits = 0;
  /** Number of lookups ahead. */
  aheadCount = 0;
  /** Number of upcalls from below. */
  invalidationCount = 0;
  /** The cached reply of statfs. */
  statfs: Statvfs | null = null;
  private statfsTime = NEVER;
  private timeoutMs = 0;
  /** Option kernel-timeout in milliseconds; 0: the mount's own timeouts apply. */
  private kernelTimeoutMs = 0;
  /** Time until which the kernel may cache any value from this volume. */
  private lastKernelExpiry = NEVER;
  /** Names of the extended attributes that are cached. */
  private xattrNames = new Set<string>();
  /** Patterns of names of further extended attributes that are cached. */
  private xattrPatterns: readonly RegExp[] = [];
  /** The keys that every lookup requests, so that their attributes can be cached; null for none. */
  lookupKeys: Dict | null = null;
  /** Number of invalidations of everything. */
  private clearCount = 0;
  /** Number of invalidations of all names. */
  private nameClearCount = 0;

  constructor(xl: Xlator<unknown>, values: OptionValues) {
    super(xl, values);
    this.applyOptions(values);
  }

  override applyOptions(values: OptionValues): void {
    this.values = values;
    const timeoutSeconds = computeTimeoutSeconds(values);
    this.timeoutMs = timeoutSeconds * 1000;
    if (timeoutSeconds !== values['md-cache-timeout']) {
      this.xl.log.warning(
        `md-cache-timeout is ${timeoutSeconds}, not ${values['md-cache-timeout']}: without cache-invalidation ` +
          'the bricks do not report what other clients change',
        { msgid: messages.mdCacheTimeout.id },
      );
    }
    this.kernelTimeoutMs = values['pass-through'] ? 0 : values['kernel-timeout'] * 1000;
    const { names: xattrNames, patterns: xattrPatterns } = readCachedXattrs(values);
    this.xattrNames = xattrNames;
    this.xattrPatterns = xattrPatterns;
    this.lookupKeys = xattrNames.size === 0 ? null : new Dict();
    for (const name of xattrNames) this.lookupKeys?.set(name, 0);
    // The cache must not report newly selected attributes as absent: no lookup has requested them yet.
    this.clear();
  }

  protected override makeState(): InodeEntry {
    return new InodeEntry();
  }

  protected override dropValues(state: InodeEntry, addsXattrs: boolean): void {
    state.buf = null;
    this.listings.drop(state);
    if (addsXattrs) state.xattrs = null;
    // A write or chown removes a program's capabilities, but adds no extended attribute: absent ones stay cached.
    else state.xattrs?.deletePresent();
  }

  /** Returns an inode's attributes, or null if they must be requested. */
  findAttributes(inode: Inode): Iatt | null {
    const state = inode.ctxGet(this.xl) as InodeEntry | undefined;
    return state !== undefined && this.isFresh(state, state.attributesTime) ? state.buf : null;
  }

  /** Does the same as `findAttributes`, but also returns null unless a recent lookup found the inode by this name. */
  findAttributesByName(inode: Inode, parent: Inode, name: string): Iatt | null {
    const state = inode.ctxGet(this.xl) as InodeEntry | undefined;
    if (state === undefined || state.parent !== parent || state.name !== name) return null;
    if (state.nameClearsAtUpdate !== this.nameClearCount || !this.isFresh(state, state.nameTime))
      return null;
    return this.isFresh(state, state.attributesTime) ? state.buf : null;
  }

  /** Caches attributes. If the file's data has changed, an event tells the data caches above. */
  cacheAttributes(state: InodeEntry, inode: Inode, buf: Iatt): void {
    this.dropIfOutdated(state);
    const earlierBuf = state.buf;
    state.buf = buf;
    state.attributesTime = this.xl.context.now();
    if (earlierBuf === null || buf.iaType !== IA_IFREG) return;
    const invalidatesAbove = this.values['global-cache-invalidation'];
    if (invalidatesAbove && hasDataChanged(earlierBuf, buf)) invalidateInode(this.xl, inode);
  }

  /** Records that a lookup or listing has found the inode under this name. */
  cacheName(state: InodeEntry, parent: Inode, name: string): void {
    this.dropIfOutdated(state);
    state.nameClearsAtUpdate = this.nameClearCount;
    state.parent = parent;
    state.name = name;
    state.nameTime = this.xl.context.now();
  }

  /** Whether values stay in the cache after their reply. */
  get keepsValues(): boolean {
    return this.timeoutMs > 0;
  }

  /** Whether the kernel may cache values from this volume. */
  get isKernelCaching(): boolean {
    return this.kernelTimeoutMs > 0;
  }

  /**
   * Returns for how many seconds the kernel may cache a reply's attributes and name; null if the mount's timeouts
   * apply.
   * @param state null for a reply that could not be cached here: the kernel must not cache it, either
   */
  computeKernelTimeouts(state: InodeEntry | null): Timeouts | null {
    if (this.kernelTimeoutMs === 0) return null;
    if (state === null || state.buf === null) return { entry: 0, attribute: 0 };
    const [entry, attribute] = [
      this.computeKernelMs(state.nameTime),
      this.computeKernelMs(state.attributesTime),
    ];
    state.kernelExpiry = this.xl.context.now() + attribute;
    this.lastKernelExpiry = Math.max(this.lastKernelExpiry, state.kernelExpiry);
    return { entry: entry / 1000, attribute: attribute / 1000 };
  }

  /** Whether the options select this extended attribute for caching. */
  selectsXattr(name: string): boolean {
    return this.xattrNames.has(name) || this.xattrPatterns.some((pattern) => pattern.test(name));
  }

  /** Returns the cached reply of getxattr; null if the attribute is absent, undefined if nothing is cached. */
  findXattr(inode: Inode, name: string): Dict | null | undefined {
    const state = inode.ctxGet(this.xl) as InodeEntry | undefined;
    if (state === undefined || state.xattrs === null) return undefined;
    if (!this.isFresh(state, state.xattrsTime)) return undefined;
    return state.xattrs.get(name);
  }

  /** Caches the reply of a getxattr; null for an absent attribute. */
  cacheXattr(state: InodeEntry, name: string, reply: Dict | null): void {
    this.dropIfOutdated(state);
    if (state.xattrs === null || !this.isFresh(state, state.xattrsTime)) {
      state.xattrs = new XattrCache();
      state.xattrsTime = this.xl.context.now();
    }
    state.xattrs.set(name, reply);
  }

  /** Caches the extended attributes in a lookup's reply; attributes of `lookupKeys` that it lacks are absent. */
  cacheXattrs(state: InodeEntry, xdata: Dict | null): void {
    if (this.xattrNames.size === 0) return;
    this.dropIfOutdated(state);
    state.xattrs = new XattrCache();
    state.xattrsTime = this.xl.context.now();
    for (const name of this.xattrNames) {
      const value = xdata?.get(name);
      const reply = value === undefined ? null : new Dict().set(name, value, xdata!.type(name));
      state.xattrs.set(name, reply);
    }
  }

  /** Whether listings stay in the cache: only the bricks can tell of names that other clients make and remove. */
  get keepsListings(): boolean {
    return this.keepsValues && this.values['cache-invalidation'];
  }

  /** Begins to collect the names of a directory, which are about to be requested from its start. */
  beginListing(caller: Stack): ListingUnderWay {
    return new ListingUnderWay(this.clock, this.xl.context.now(), caller);
  }

  /** Caches the names of a directory that was listed to its end, unless they may be outdated. */
  cacheListing(directory: Inode, underWay: ListingUnderWay): void {
    if (!directory.linked || !this.keepsListings) return;
    const state = this.findOrAddState(directory);
    if (!this.mayUseReply(state, underWay.clockAtWind)) return;
    this.dropIfOutdated(state);
    this.listings.keep(state, underWay);
  }

  /** Returns the listing of a directory for a caller, or null if it must be requested. */
  findListing(directory: Inode, caller: Stack): KeptListing | null {
    const state = this.findState(directory);
    if (state === undefined || state.listing === null) return null;
    const { listing } = state;
    if (!this.isFresh(state, listing.requestedAt)) this.listings.drop(state);
    return listing.allows(caller) ? state.listing : null;
  }

  /** Caches the space of the file system. */
  cacheStatfs(buf: Statvfs): void {
    this.statfs = buf;
    this.statfsTime = this.xl.context.now();
  }

  get isStatfsFresh(): boolean {
    return this.statfs !== null && this.isRecent(this.statfsTime);
  }

  override clear(): void {
    super.clear();
    this.clearCount += 1;
    for (const inode of this.xl.inodes?.all() ?? []) {
      const state = this.findState(inode);
      if (state !== undefined) this.dropValues(state, true);
    }
    this.statfs = null;
    this.invalidateKernel();
  }

  /** Invalidates what an event from below reports as changed. */
  handleEvent(event: EventName, data: unknown): void {
    if (invalidatingEvents.has(event)) this.clear();
    else if (event === 'UPCALL' && isUpcall(data)) this.handleUpcall(data);
  }

  private handleUpcall(upcall: Upcall): void {
    this.invalidationCount += 1;
    if (upcall.kind === 'inode') this.invalidateReported(upcall.inode);
    else if (upcall.kind === 'every-entry') this.clearNames();
    else this.dropName(upcall.parent, upcall.name);
  }

  override reset(): void {
    super.reset();
    this.xattrHits = 0;
    this.xattrMisses = 0;
    this.aheadCount = 0;
    this.listingHits = 0;
    this.invalidationCount = 0;
  }

  dump(): Dump {
    const { inodes, bytes } = this.countMemory();
    return {
      hits: this.hits,
      misses: this.misses,
      xattr_hits: this.xattrHits,
      xattr_misses: this.xattrMisses,
      lookups_ahead: this.aheadCount,
      listing_hits: this.listingHits,
      listings: this.listings.count,
      invalidations: this.invalidationCount,
      timeout: this.timeoutMs / 1000,
      inodes,
      bytes: bytes + this.listings.bytes,
    };
  }

  /** Counts the inodes with cached values, and estimates their memory. */
  private countMemory(): { inodes: number; bytes: number } {
    let [inodes, bytes] = [0, 0];
    for (const inode of this.xl.inodes?.all() ?? []) {
      const state = this.findState(inode);
      if (state === undefined || (state.buf === null && state.xattrs === null)) continue;
      inodes += 1;
      bytes += ENTRY_BYTES + (state.xattrs?.bytes ?? 0);
    }
    return { inodes, bytes };
  }

  /** Invalidates in the kernel everything that it may have cached from this volume. */
  private invalidateKernel(): void {
    const now = this.xl.context.now();
    if (this.lastKernelExpiry <= now) return;
    this.lastKernelExpiry = NEVER;
    invalidateEntries(this.xl);
    for (const inode of this.xl.inodes?.all() ?? []) {
      const state = this.findState(inode);
      if (state === undefined || state.kernelExpiry <= now) continue;
      state.kernelExpiry = NEVER;
      invalidateInode(this.xl, inode);
    }
  }

  /** Returns how long the kernel may cache a value that was received at `receivedAt`. */
  private computeKernelMs(receivedAt: number): number {
    const remaining = receivedAt + this.timeoutMs - this.xl.context.now();
    return Math.max(0, Math.min(this.kernelTimeoutMs, remaining));
  }

  /** Drops all names; replies under way are not cached. */
  private clearNames(): void {
    this.invalidateReplies();
    this.nameClearCount += 1;
    this.listings.clear();
  }

  /** Drops a name that an upcall reports as changed, and its directory's values. */
  private dropName(parent: Inode, name: string): void {
    this.invalidate(parent);
    const inode = parent.children?.get(name);
    const state = inode === undefined ? undefined : this.findState(inode);
    if (inode === undefined || state === undefined) this.invalidateReplies();
    else {
      state.nameTime = NEVER;
      this.invalidate(inode);
    }
  }

  /** Prepares an entry for an update: drops its values if they are from before the last full invalidation. */
  private dropIfOutdated(state: InodeEntry): void {
    if (state.clearsAtUpdate === this.clearCount) return;
    this.dropValues(state, true);
    state.clearsAtUpdate = this.clearCount;
    state.nameTime = NEVER;
  }

  /** Whether a value of an entry may be used: it has not expired, and no clear has invalidated it. */
  private isFresh(state: InodeEntry, receivedAt: number): boolean {
    return state.clearsAtUpdate === this.clearCount && this.isRecent(receivedAt);
  }

  private isRecent(receivedAt: number): boolean {
    return this.xl.context.now() - receivedAt < this.timeoutMs;
  }
}

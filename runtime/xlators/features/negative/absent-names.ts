/**
 * Caches names known to be absent: per directory in the inode's context, and in one list by age, which bounds their
 * number and age. A name that a request through this volume has created is never in the cache: an ENOENT is recorded
 * only if no name was created in the directory after its lookup was wound (`creationsByParent`, `clock`). The volume
 * does not see names that other clients create, so a name expires after `timeoutMs`, or up to a sixteenth sooner, as
 * one timer serves many names. With `invalidatesKernel`, the kernel caches only absent names that are cached here.
 */
import { type Client, hasOtherClients } from '../../../core/client.ts';
import type { Timeouts } from '../../../core/dict.ts';
import type { Gfid } from '../../../core/gfid.ts';
import type { Inode } from '../../../core/inode.ts';
import { invalidateEntry } from '../../../core/upcall.ts';
import type { Dump, Xlator } from '../../../core/xlator.ts';

/** The bounds of the cache, from the volume's options. */
export interface CacheBounds {
  /** Milliseconds for which a name is cached; 0 switches the cache off. */
  readonly timeoutMs: number;
  /** For how long the kernel may cache a name; null: the mount's timeout. */
  readonly kernelTimeouts: Timeouts | null;
  /** Whether names that are dropped here are invalidated in the kernel, too. */
  readonly invalidatesKernel?: boolean;
  /** Limit of all names together: their number, or their weight by `weigh`. */
  readonly limit: number;
  /** Returns a name's weight; absent: each name weighs 1. */
  readonly weigh?: (name: string) => number;
}

/** A name may expire early, by this share of the timeout. */
const EARLY_EXPIRY_SHARE = 1 / 16;
/** The longest time that a timer of Node can take. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The absent names of one directory, the context of its inode. */
class DirectoryNames {
  readonly inode: Inode;
  readonly names = new Map<string, AbsentName>();
  /** The value of `AbsentNames.clock` when a name was last created. */
  clockAtCreation = 0;

  constructor(inode: Inode) {
    this.inode = inode;
  }
}

/** One absent name, in a list by age. */
class AbsentName {
  readonly dir: DirectoryNames;
  readonly name: string;
  /** Time of the addition, by the context's clock. */
  readonly addedAtMs: number;
  older: AbsentName | null;
  newer: AbsentName | null = null;

  constructor(dir: DirectoryNames, name: string, addedAtMs: number, older: AbsentName | null) {
    this.dir = dir;
    this.name = name;
    this.addedAtMs = addedAtMs;
    this.older = older;
  }
}

/** The absent names of all directories of one volume. */
export class AbsentNames {
  /** Counts changes (creations, drops of all names): a reply is outdated if a change followed its request. */
  clock = 0;
  hits = 0;
  misses = 0;
  private evictedCount = 0;
  private expiredCount = 0;
  private nameCount = 0;
  /** Sum of the names' weights. */
  private totalWeight = 0;
  /** The value of `clock` when all names were last dropped. */
  private clockAtClear = 0;
  private oldest: AbsentName | null = null;
  private newest: AbsentName | null = null;
  /** Number of creations under way, by the directory's gfid. */
  private readonly creationsByParent = new Map<Gfid, number>();
  private cancelTimer: (() => void) | null = null;
  private readonly xl: Xlator<AbsentNames>;
  private bounds: CacheBounds;

  constructor(xl: Xlator<AbsentNames>, bounds: CacheBounds) {
    this.xl = xl;
    this.bounds = bounds;
  }

  /** Whether a name is in the cache. */
  has(parent: Inode, name: string): boolean {
    const dir = parent.ctxGet(this.xl) as DirectoryNames | undefined;
    return dir?.names.has(name) === true;
  }

  /** Returns how long the kernel may cache an absent name; null: the mount's timeout. */
  findKernelTimeouts(parent: Inode, name: string): Timeouts | null {
    const { kernelTimeouts, timeoutMs } = this.bounds;
    if (kernelTimeouts === null || !this.invalidatesKernel) return kernelTimeouts;
    const dir = parent.ctxGet(this.xl) as DirectoryNames | undefined;
    const entry = dir?.names.get(name);
    // The name was evicted meanwhile.
    if (entry === undefined) return { negative: 0 };
    const remainingSeconds = (entry.addedAtMs + timeoutMs - this.xl.context.now()) / 1000;
    return { negative: Math.max(0, Math.min(kernelTimeouts.negative ?? 0, remainingSeconds)) };
  }

  /** Whether the kernel caches only absent names that are cached here. */
  get invalidatesKernel(): boolean {
    return this.bounds.invalidatesKernel === true;
  }

  /**
   * Records an absent name after ENOENT or a removal. `clockAtWind` is the value of `clock` when the request was wound.
   * Returns false if the reply may be outdated.
   */
  add(parent: Inode, name: string, clockAtWind: number): boolean {
    if (this.bounds.timeoutMs === 0 || this.creationsByParent.has(parent.gfid)) return false;
    const dir = this.findOrAddDirectory(parent);
    if (clockAtWind < this.clockAtClear || clockAtWind < dir.clockAtCreation) return false;
    if (dir.names.has(name)) return true;
    const entry = new AbsentName(dir, name, this.xl.context.now(), this.newest);
    if (this.newest === null) this.oldest = entry;
    else this.newest.newer = entry;
    this.newest = entry;
    dir.names.set(name, entry);
    this.nameCount += 1;
    this.totalWeight += this.weigh(name);
    this.evictOldest();
    this.startTimer();
    return true;
  }

  /** Begins a fop that creates the name. */
  beginCreation(parent: Inode, name: string, client: Client | null): void {
    this.creationsByParent.set(parent.gfid, (this.creationsByParent.get(parent.gfid) ?? 0) + 1);
    this.dropExisting(parent, name, client);
  }

  /** Drops a name that may exist now; `client`, which has created or found it, needs no invalidation. */
  dropExisting(parent: Inode, name: string, client: Client | null): void {
    if (!this.invalidatesKernel || !hasOtherClients(client)) this.dropName(parent, name);
    else {
      const entry = this.findCurrentDirectory(parent).names.get(name);
      if (entry !== undefined) this.invalidateName(entry);
    }
  }

  /** Ends a fop that creates the name. */
  endCreation(parent: Inode, name: string): void {
    const remainingCount = this.creationsByParent.get(parent.gfid)! - 1;
    if (remainingCount > 0) this.creationsByParent.set(parent.gfid, remainingCount);
    else this.creationsByParent.delete(parent.gfid);
    this.noteChange(parent, name);
  }

  /** Drops a name that may exist now, and discards replies under way about it. */
  noteChange(parent: Inode, name: string): void {
    this.clock += 1;
    this.dropName(parent, name).clockAtCreation = this.clock;
  }

  /** Drops one name, and returns its directory. */
  dropName(parent: Inode, name: string): DirectoryNames {
    const dir = this.findCurrentDirectory(parent);
    const entry = dir.names.get(name);
    if (entry !== undefined) this.drop(entry);
    return dir;
  }

  /** Drops the names of a directory; `dir` is its inode's context. */
  dropDirectory(dir: unknown): void {
    if (dir === undefined) return;
    for (const entry of (dir as DirectoryNames).names.values()) this.drop(entry);
  }

  /** Drops all names, and discards replies under way. */
  dropAll(): void {
    this.clock += 1;
    this.clockAtClear = this.clock;
    while (this.oldest !== null) this.invalidateName(this.oldest);
    this.stopTimer();
  }

  /** Applies new bounds: evicts and expires names that exceed them. */
  applyBounds(bounds: CacheBounds): void {
    // The kernel caches entries with timeouts of the old bounds, so they are invalidated.
    if (this.invalidatesKernel) this.dropAll();
    this.bounds = bounds;
    this.evictOldest();
    this.expireOldest();
    this.stopTimer();
    this.startTimer();
  }

  /** Sets the counters to zero. */
  reset(): void {
    this.hits = 0;
    this.misses = 0;
    this.evictedCount = 0;
    this.expiredCount = 0;
  }

  dump(): Dump {
    const { hits, misses, nameCount: names, evictedCount: evicted, expiredCount: expired } = this;
    const counts = { hits, misses, names, evicted, expired };
    return this.bounds.weigh === undefined ? counts : { ...counts, bytes: this.totalWeight };
  }

  /** Finds the directory by gfid: its inode may have been replaced since the request. */
  private findCurrentDirectory(inode: Inode): DirectoryNames {
    return this.findOrAddDirectory(inode.table.find(inode.gfid) ?? inode);
  }

  private findOrAddDirectory(inode: Inode): DirectoryNames {
    const existing = inode.ctxGet(this.xl) as DirectoryNames | undefined;
    if (existing !== undefined) return existing;
    const dir = new DirectoryNames(inode);
    inode.ctxSet(this.xl, dir);
    return dir;
  }

  /** Removes a name from its directory and from the list. */
  private drop(entry: AbsentName): void {
    const { older, newer } = entry;
    if (older === null) this.oldest = newer;
    else older.newer = newer;
    if (newer === null) this.newest = older;
    else newer.older = older;
    entry.dir.names.delete(entry.name);
    this.nameCount -= 1;
    this.totalWeight -= this.weigh(entry.name);
  }

  /** Drops a name early, and invalidates it in the kernel. */
  private invalidateName(entry: AbsentName): void {
    this.drop(entry);
    if (this.invalidatesKernel)
      invalidateEntry(this.xl, entry.dir.inode, entry.name, { expire: true });
  }

  private weigh(name: string): number {
    return this.bounds.weigh === undefined ? 1 : this.bounds.weigh(name);
  }

  /** Drops the oldest names while the limit is exceeded. */
  private evictOldest(): void {
    while (this.totalWeight > this.bounds.limit) {
      this.invalidateName(this.oldest!);
      this.evictedCount += 1;
    }
  }

  /** Drops the names that have expired, or will soon (`EARLY_EXPIRY_SHARE`). */
  private expireOldest(): void {
    const latestExpired = this.xl.context.now() - this.bounds.timeoutMs * (1 - EARLY_EXPIRY_SHARE);
    while (this.oldest !== null && this.oldest.addedAtMs <= latestExpired) {
      this.drop(this.oldest);
      this.expiredCount += 1;
    }
  }

  /** Starts the timer for the oldest name. */
  private startTimer(): void {
    if (this.cancelTimer !== null || this.oldest === null) return;
    const dueMs = this.oldest.addedAtMs + this.bounds.timeoutMs - this.xl.context.now();
    this.cancelTimer = this.xl.context.after(Math.min(Math.max(dueMs, 0), MAX_TIMER_MS), () => {
      this.cancelTimer = null;
      this.expireOldest();
      this.startTimer();
    });
  }

  private stopTimer(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
  }
}

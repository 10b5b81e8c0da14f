/**
 * Caches names known to be absent: per directory in the inode's context, and in one list by age, which bounds their
 * number and age. A name that a request through this volume has created is never in the cache: an ENOENT is recorded
 * only if no name was created in the directory after its lookup was wound (`creationsByParent`, `clock`). The volume
 * does not see names that other clients create, so a name expires after `timeoutMs`, or up to a sixteenth sooner, as
 * one timer serves many names. With `invalidatesKernel`, the kernel caches only absent names that are cached here.
 *
 * With `proveEmpty`, a directory that was made through this volume is listed once, when a name is first looked up in it.
 * From then on only names that appeared since its creation may be there, and no other needs a request.
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
  /**
   * Lists a directory that was made here, from a moment on in which bricks tell of new names; absent: none is listed.
   * Calls `end` with the names, or with null on failure.
   */
  readonly listMade?: (inode: Inode, end: (names: readonly string[] | null) => void) => void;
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
  /** The names that may have appeared in a directory since it was made here; null for other directories. */
  appeared: Set<string> | null = null;
  isListing = false;
  /** Until when no other name is there, by the context's clock; 0 before the listing. */
  knownUntilMs = 0;

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
  /** The directories with `appeared`, and the weight of all names there. */
  private readonly madeDirectories = new Set<DirectoryNames>();
  private appearedWeight = 0;
  private unseenCount = 0;
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
    if (dir === undefined) return false;
    return dir.names.has(name) || (dir.appeared !== null && this.isUnseen(dir, name));
  }

  /** Whether a name has not appeared in a directory that was made here. The first call begins its listing. */
  private isUnseen(dir: DirectoryNames, name: string): boolean {
    const { appeared, knownUntilMs, inode } = dir;
    if (knownUntilMs > 0) {
      if (this.xl.context.now() < knownUntilMs) {
        const isUnseen = !appeared!.has(name);
        if (isUnseen) this.unseenCount += 1;
        return isUnseen;
      }
      this.forgetMade(dir);
    } else if (!dir.isListing) {
      dir.isListing = true;
      const untilMs = this.xl.context.now() + this.bounds.timeoutMs;
      this.bounds.listMade?.(inode, (names) => {
        if (names === null) return this.forgetMade(dir);
        dir.knownUntilMs = untilMs;
        for (const listed of names) this.noteAppeared(dir, listed);
      });
    }
    return false;
  }

  /** Notes that a directory was made here, by a request's reply. */
  noteMade(inode: Inode): void {
    if (this.bounds.listMade === undefined) return;
    const dir = this.findOrAddDirectory(inode);
    this.forgetMade(dir);
    dir.appeared = new Set();
    this.madeDirectories.add(dir);
  }

  /** Notes a name that may have appeared in a directory. */
  private noteAppeared(dir: DirectoryNames, name: string): void {
    const { appeared } = dir;
    if (appeared === null || appeared.has(name)) return;
    appeared.add(name);
    this.appearedWeight += this.weigh(name);
    this.evictOldest();
    if (this.appearedWeight > this.bounds.limit) this.forgetMade(dir);
  }

  /** Forgets that a directory was made here. */
  private forgetMade(dir: DirectoryNames): void {
    for (const name of dir.appeared ?? []) this.appearedWeight -= this.weigh(name);
    this.madeDirectories.delete(dir);
    dir.appeared = null;
    dir.knownUntilMs = 0;
    dir.isListing = false;
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
    this.dropName(parent, name, this.invalidatesKernel && hasOtherClients(client));
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

  /** Drops one name, which may exist now, and returns its directory. @param tellsKernel whether the kernel may know it */
  private dropName(parent: Inode, name: string, tellsKernel = false): DirectoryNames {
    const dir = this.findCurrentDirectory(parent);
    this.noteAppeared(dir, name);
    const entry = dir.names.get(name);
    if (entry !== undefined && tellsKernel) this.invalidateName(entry);
    else if (entry !== undefined) this.drop(entry);
    return dir;
  }

  /** Drops the names of a directory; `dir` is its inode's context. */
  dropDirectory(dir: unknown): void {
    if (dir === undefined) return;
    this.forgetMade(dir as DirectoryNames);
    for (const entry of (dir as DirectoryNames).names.values()) this.drop(entry);
  }

  /** Drops all names, and discards replies under way. */
  dropAll(): void {
    this.clock += 1;
    this.clockAtClear = this.clock;
    for (const dir of this.madeDirectories) this.forgetMade(dir);
    while (this.oldest !== null) this.invalidateName(this.oldest);
    this.stopTimer();
  }

  /** Applies new bounds: evicts and expires names that exceed them. */
  applyBounds(bounds: CacheBounds): void {
    // The kernel caches entries with timeouts of the old bounds, so they are invalidated.
    if (this.invalidatesKernel) this.dropAll();
    for (const dir of this.madeDirectories) this.forgetMade(dir);
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
    this.unseenCount = 0;
    this.evictedCount = 0;
    this.expiredCount = 0;
  }

  dump(): Dump {
    const { hits, misses, nameCount: names, evictedCount: evicted, expiredCount: expired } = this;
    const counts = { hits, misses, names, evicted, expired };
    if (this.bounds.weigh === undefined) return counts;
    const bytes = this.totalWeight + this.appearedWeight;
    return { ...counts, bytes, directories: this.madeDirectories.size, unseen: this.unseenCount };
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
    while (this.oldest !== null && this.totalWeight + this.appearedWeight > this.bounds.limit) {
      this.invalidateName(this.oldest);
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

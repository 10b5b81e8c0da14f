/**
 * The names known to be absent: per directory in the inode's context, and in one list from the oldest to the newest,
 * which bounds their number and age. A name that exists because of a request through this volume is never in here:
 * ENOENT counts only if nothing was made in the directory since its lookup went down (`making`, `clock`). Names that
 * others make below are not seen, so a name is evicted at `timeoutMs`, or up to a sixteenth sooner, by one timer for
 * many. With `kernelFollows` the kernel knows no name that is not in here, and evicted ones are invalidated there.
 */
import { type Client, hasOtherClients } from '../../../core/client.ts';
import type { Gfid } from '../../../core/gfid.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Timeouts } from '../../../core/timeouts.ts';
import { invalidateEntry } from '../../../core/upcall.ts';
import type { Dump, Xlator } from '../../../core/xlator.ts';

export interface Bounds {
  /** 0: remember nothing. */
  readonly timeoutMs: number;
  readonly kernelTimeouts: Timeouts | null;
  /** Whether names that are dropped here are invalidated in the kernel, too. */
  readonly kernelFollows?: boolean;
  /** Limit of all names together: their number, or their weight by `weigh`. */
  readonly limit: number;
  readonly weigh?: (name: string) => number;
}

/** Part of the timeout by which a name may expire early. */
const SLACK = 1 / 16;
const WAIT_MAX_MS = 2 ** 31 - 1;

class Directory {
  readonly inode: Inode;
  readonly names = new Map<string, Name>();
  /** The clock when a name was last created. */
  changed = 0;

  constructor(inode: Inode) {
    this.inode = inode;
  }
}

/** One absent name, in a list by age. */
class Name {
  readonly dir: Directory;
  readonly name: string;
  /** Milliseconds of the context's clock. */
  readonly since: number;
  older: Name | null;
  newer: Name | null = null;

  constructor(dir: Directory, name: string, since: number, older: Name | null) {
    this.dir = dir;
    this.name = name;
    this.since = since;
    this.older = older;
  }
}

export class AbsentNames {
  clock = 0;
  hits = 0;
  misses = 0;
  private evicted = 0;
  private expired = 0;
  private size = 0;
  /** Sum of the names' weights. */
  private used = 0;
  /** The clock when all names were last dropped. */
  private cleared = 0;
  private oldest: Name | null = null;
  private newest: Name | null = null;
  private readonly making = new Map<Gfid, number>();
  private cancelTimer: (() => void) | null = null;
  private readonly xl: Xlator<AbsentNames>;
  private bounds: Bounds;

  constructor(xl: Xlator<AbsentNames>, bounds: Bounds) {
    this.xl = xl;
    this.bounds = bounds;
  }

  has(parent: Inode, name: string): boolean {
    const dir = parent.ctxGet(this.xl) as Directory | undefined;
    return dir?.names.has(name) === true;
  }

  /** Returns how long the kernel may cache an absent name; null: the mount's timeout. */
  kernelTimeouts(parent: Inode, name: string): Timeouts | null {
    const { kernelTimeouts, timeoutMs } = this.bounds;
    if (kernelTimeouts === null || !this.kernelFollows) return kernelTimeouts;
    const dir = parent.ctxGet(this.xl) as Directory | undefined;
    const known = dir?.names.get(name);
    // It was evicted meanwhile.
    if (known === undefined) return { negative: 0 };
    const left = (known.since + timeoutMs - this.xl.context.now()) / 1000;
    return { negative: Math.max(0, Math.min(kernelTimeouts.negative ?? 0, left)) };
  }

  /** Whether the kernel caches only names that are in here. */
  get kernelFollows(): boolean {
    return this.bounds.kernelFollows === true;
  }

  /**
   * Records an absent name after ENOENT or a removal; the request was wound at the clock `asked`. Returns
   * false if the reply may be outdated.
   */
  learn(parent: Inode, name: string, asked: number): boolean {
    if (this.bounds.timeoutMs === 0 || this.making.has(parent.gfid)) return false;
    const dir = this.directoryOf(parent);
    if (asked < this.cleared || asked < dir.changed) return false;
    if (dir.names.has(name)) return true;
    const learnt = new Name(dir, name, this.xl.context.now(), this.newest);
    if (this.newest === null) this.oldest = learnt;
    else this.newest.newer = learnt;
    this.newest = learnt;
    dir.names.set(name, learnt);
    this.size += 1;
    this.used += this.weigh(name);
    this.evict();
    this.expireInTime();
    return true;
  }

  /** Begins a fop that creates the name. */
  creating(parent: Inode, name: string, client: Client | null): void {
    this.making.set(parent.gfid, (this.making.get(parent.gfid) ?? 0) + 1);
    this.exists(parent, name, client);
  }

  /** Drops a name that may exist now; `client`, which has created or found it, needs no invalidation. */
  exists(parent: Inode, name: string, client: Client | null): void {
    if (!this.kernelFollows || !hasOtherClients(client)) this.forget(parent, name);
    else {
      const known = this.presentDirectoryOf(parent).names.get(name);
      if (known !== undefined) this.invalidateName(known);
    }
  }

  /** Ends a fop that creates the name. */
  created(parent: Inode, name: string): void {
    const others = this.making.get(parent.gfid)! - 1;
    if (others > 0) this.making.set(parent.gfid, others);
    else this.making.delete(parent.gfid);
    this.changed(parent, name);
  }

  /** Drops a name that may exist now, and discards replies under way about it. */
  changed(parent: Inode, name: string): void {
    this.clock += 1;
    this.forget(parent, name).changed = this.clock;
  }

  /** Drops one name. */
  forget(parent: Inode, name: string): Directory {
    const dir = this.presentDirectoryOf(parent);
    const known = dir.names.get(name);
    if (known !== undefined) this.drop(known);
    return dir;
  }

  /** Drops the names of a directory; `dir` is its inode's context. */
  clear(dir: unknown): void {
    if (dir === undefined) return;
    for (const name of (dir as Directory).names.values()) this.drop(name);
  }

  /** Drops all names, and discards replies under way. */
  clearAll(): void {
    this.clock += 1;
    this.cleared = this.clock;
    while (this.oldest !== null) this.invalidateName(this.oldest);
    this.stopTimer();
  }

  configure(bounds: Bounds): void {
    // The kernel's entries have timeouts of the old bounds.
    if (this.kernelFollows) this.clearAll();
    this.bounds = bounds;
    this.evict();
    this.expire();
    this.stopTimer();
    this.expireInTime();
  }

  /** Sets the counters to zero. */
  reset(): void {
    this.hits = 0;
    this.misses = 0;
    this.evicted = 0;
    this.expired = 0;
  }

  dump(): Dump {
    const { hits, misses, size: names, evicted, expired } = this;
    const counts = { hits, misses, names, evicted, expired };
    return this.bounds.weigh === undefined ? counts : { ...counts, bytes: this.used };
  }

  /** Finds the directory by gfid: its inode may have been replaced since the request. */
  private presentDirectoryOf(inode: Inode): Directory {
    return this.directoryOf(inode.table.find(inode.gfid) ?? inode);
  }

  private directoryOf(inode: Inode): Directory {
    const kept = inode.ctxGet(this.xl) as Directory | undefined;
    if (kept !== undefined) return kept;
    const dir = new Directory(inode);
    inode.ctxSet(this.xl, dir);
    return dir;
  }

  private drop(name: Name): void {
    const { older, newer } = name;
    if (older === null) this.oldest = newer;
    else older.newer = newer;
    if (newer === null) this.newest = older;
    else newer.older = older;
    name.dir.names.delete(name.name);
    this.size -= 1;
    this.used -= this.weigh(name.name);
  }

  /** Drops a name early, and invalidates it in the kernel. */
  private invalidateName(name: Name): void {
    this.drop(name);
    if (this.kernelFollows) invalidateEntry(this.xl, name.dir.inode, name.name, { expire: true });
  }

  private weigh(name: string): number {
    return this.bounds.weigh === undefined ? 1 : this.bounds.weigh(name);
  }

  private evict(): void {
    while (this.used > this.bounds.limit) {
      this.invalidateName(this.oldest!);
      this.evicted += 1;
    }
  }

  private expire(): void {
    const learntBy = this.xl.context.now() - this.bounds.timeoutMs * (1 - SLACK);
    while (this.oldest !== null && this.oldest.since <= learntBy) {
      this.drop(this.oldest);
      this.expired += 1;
    }
  }

  /** Starts the timer for the oldest name. */
  private expireInTime(): void {
    if (this.cancelTimer !== null || this.oldest === null) return;
    const due = this.oldest.since + this.bounds.timeoutMs - this.xl.context.now();
    this.cancelTimer = this.xl.context.after(Math.min(Math.max(due, 0), WAIT_MAX_MS), () => {
      this.cancelTimer = null;
      this.expire();
      this.expireInTime();
    });
  }

  private stopTimer(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
  }
}

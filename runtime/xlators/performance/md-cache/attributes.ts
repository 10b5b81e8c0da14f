/**
 * Memory of inodes: attributes, extended attributes, and the name under which an inode was
 * last seen.
 *
 * The three have times of their own. In particular a name is believed only as long as it was itself
 * asked for: that a file is still there says nothing about one of its names.
 *
 * With option kernel-timeout the kernel may rely on the same, for no longer than it is believed here, and
 * is told when it is believed no more.
 */
import { Dict } from '../../../core/dict.ts';
import type { EventName } from '../../../core/events.ts';
import type { Iatt, Statvfs } from '../../../core/iatt.ts';
import { IA_IFREG } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { messages } from '../../../core/messages.ts';
import type { Timeouts } from '../../../core/timeouts.ts';
import { invalidateEntries, invalidateInode, isUpcall, type Upcall } from '../../../core/upcall.ts';
import type { Dump, Xlator } from '../../../core/xlator.ts';
import { InodeCache, isOther, Kept, losses } from '../shared/inode-cache.ts';
import { cachedXattrs, type Given, timeoutOf } from './options.ts';
import { Xattrs } from './xattrs.ts';

/** What is kept with an inode takes so many bytes, roughly, without extended attributes. */
const OVERHEAD = 512;

const LONG_AGO = Number.NEGATIVE_INFINITY;

export class Attributes extends Kept {
  buf: Iatt | null = null;
  /** When they were told: milliseconds. */
  since = LONG_AGO;
  /** The name that leads here, or did at `named`. */
  parent: Inode | null = null;
  name: string | null = null;
  named = LONG_AGO;
  /** Until when the kernel may rely on its attributes. */
  until = LONG_AGO;
  xattrs: Xattrs | null = null;
  loaded = LONG_AGO;
  /** How often everything had been dropped when something was last learnt here; the same of names. */
  era = 0;
  nameEra = 0;
}

export class MdCache extends InodeCache<Attributes, Given> {
  xattrHits = 0;
  xattrMisses = 0;
  invalidations = 0;
  statfs: Statvfs | null = null;
  private statfsSince = LONG_AGO;
  private timeoutMs = 0;
  /** 0: it is for the mount to say how long the kernel may rely on something. */
  private kernelMs = 0;
  /** Until when it may rely on anything that it was told of here. */
  private until = LONG_AGO;
  private names = new Set<string>();
  private patterns: readonly RegExp[] = [];
  /** What a request for attributes asks for, too; null for nothing. */
  keys: Dict | null = null;
  /** How often everything was dropped, and all names: what was learnt before is not believed. */
  private era = 0;
  private nameEra = 0;

  constructor(xl: Xlator<unknown>, given: Given) {
    super(xl, given);
    this.configure(given);
  }

  override configure(given: Given): void {
    this.given = given;
    const timeout = timeoutOf(given);
    this.timeoutMs = timeout * 1000;
    if (timeout !== given['md-cache-timeout']) {
      this.xl.log.warning(
        `md-cache-timeout is ${timeout}, not ${given['md-cache-timeout']}: without cache-invalidation ` +
          'nobody tells what other clients have changed',
        { msgid: messages.mdCacheTimeout.id },
      );
    }
    this.kernelMs = given['pass-through'] ? 0 : given['kernel-timeout'] * 1000;
    const { names, patterns } = cachedXattrs(given);
    this.names = names;
    this.patterns = patterns;
    this.keys = names.size === 0 ? null : new Dict();
    for (const name of names) this.keys?.set(name, 0);
    // What was not asked for so far is not known to be absent.
    this.clear();
  }

  protected override make(): Attributes {
    return new Attributes();
  }

  protected override drop(kept: Attributes, isWrite: boolean): void {
    kept.buf = null;
    if (!isWrite) kept.xattrs = null;
    // One that is there may go by a write: a program loses its capabilities. None comes by it.
    kept.xattrs?.deleteThere();
  }

  /** The attributes of an inode; null when they have to be asked for. */
  attributes(inode: Inode): Iatt | null {
    const kept = inode.ctxGet(this.xl) as Attributes | undefined;
    return kept !== undefined && this.isFresh(kept, kept.since) ? kept.buf : null;
  }

  /** The same, if the inode was found under this name, and lately. */
  attributesAt(inode: Inode, parent: Inode, name: string): Iatt | null {
    const kept = inode.ctxGet(this.xl) as Attributes | undefined;
    if (kept === undefined || kept.parent !== parent || kept.name !== name) return null;
    if (kept.nameEra !== this.nameEra || !this.isFresh(kept, kept.named)) return null;
    return this.isFresh(kept, kept.since) ? kept.buf : null;
  }

  learn(kept: Attributes, inode: Inode, buf: Iatt): void {
    this.renew(kept);
    const before = kept.buf;
    kept.buf = buf;
    kept.since = this.xl.context.now();
    if (before === null || buf.iaType !== IA_IFREG) return;
    const tells = this.given['global-cache-invalidation'];
    if (tells && isOther(before, buf)) invalidateInode(this.xl, inode);
  }

  learnName(kept: Attributes, parent: Inode, name: string): void {
    this.renew(kept);
    kept.nameEra = this.nameEra;
    kept.parent = parent;
    kept.name = name;
    kept.named = this.xl.context.now();
  }

  /** Whether the kernel may rely on what it is told of here. */
  get tellsKernel(): boolean {
    return this.kernelMs > 0;
  }

  /**
   * How long the kernel may rely on what a reply tells of an inode, and of the name that it was found
   * under; null: as the mount has it. With `kept` null nothing of the reply was learnt.
   */
  timeouts(kept: Attributes | null): Timeouts | null {
    if (this.kernelMs === 0) return null;
    if (kept === null || kept.buf === null) return { entry: 0, attribute: 0 };
    const [entry, attribute] = [this.kernelLeft(kept.named), this.kernelLeft(kept.since)];
    kept.until = this.xl.context.now() + attribute;
    this.until = Math.max(this.until, kept.until);
    return { entry: entry / 1000, attribute: attribute / 1000 };
  }

  /** Whether an extended attribute of this name is cached at all. */
  caches(name: string): boolean {
    return this.names.has(name) || this.patterns.some((pattern) => pattern.test(name));
  }

  /** The answer to getxattr; null for "there is none", undefined for one that has to be asked for. */
  xattr(inode: Inode, name: string): Dict | null | undefined {
    const kept = inode.ctxGet(this.xl) as Attributes | undefined;
    if (kept === undefined || kept.xattrs === null) return undefined;
    if (!this.isFresh(kept, kept.loaded)) return undefined;
    return kept.xattrs.get(name);
  }

  learnXattr(kept: Attributes, name: string, answer: Dict | null): void {
    this.renew(kept);
    if (kept.xattrs === null || !this.isFresh(kept, kept.loaded)) {
      kept.xattrs = new Xattrs();
      kept.loaded = this.xl.context.now();
    }
    kept.xattrs.set(name, answer);
  }

  /** All that a lookup has asked for by `keys` is in its reply, or not there. */
  learnXattrs(kept: Attributes, xdata: Dict | null): void {
    if (this.names.size === 0) return;
    this.renew(kept);
    kept.xattrs = new Xattrs();
    kept.loaded = this.xl.context.now();
    for (const name of this.names) {
      const value = xdata?.get(name);
      const answer = value === undefined ? null : new Dict().set(name, value, xdata!.type(name));
      kept.xattrs.set(name, answer);
    }
  }

  learnStatfs(buf: Statvfs): void {
    this.statfs = buf;
    this.statfsSince = this.xl.context.now();
  }

  get statfsIsFresh(): boolean {
    return this.statfs !== null && this.isYoung(this.statfsSince);
  }

  override clear(): void {
    super.clear();
    this.era += 1;
    for (const inode of this.xl.inodes?.all() ?? []) {
      const kept = this.kept(inode);
      if (kept !== undefined) this.drop(kept, false);
    }
    this.statfs = null;
    this.takeBack();
  }

  notified(event: EventName, data: unknown): void {
    if (losses.has(event)) this.clear();
    else if (event === 'UPCALL' && isUpcall(data)) this.hear(data);
  }

  private hear(told: Upcall): void {
    this.invalidations += 1;
    if (told.what === 'inode') this.heard(told.inode);
    else if (told.what === 'every-entry') this.clearNames();
    else this.dropName(told.parent, told.name);
  }

  override reset(): void {
    super.reset();
    this.xattrHits = 0;
    this.xattrMisses = 0;
    this.invalidations = 0;
  }

  dump(): Dump {
    const { inodes, bytes } = this.memory();
    return {
      hits: this.hits,
      misses: this.misses,
      xattr_hits: this.xattrHits,
      xattr_misses: this.xattrMisses,
      invalidations: this.invalidations,
      timeout: this.timeoutMs / 1000,
      inodes,
      bytes,
    };
  }

  private memory(): { inodes: number; bytes: number } {
    let [inodes, bytes] = [0, 0];
    for (const inode of this.xl.inodes?.all() ?? []) {
      const kept = this.kept(inode);
      if (kept === undefined || (kept.buf === null && kept.xattrs === null)) continue;
      inodes += 1;
      bytes += OVERHEAD + (kept.xattrs?.bytes ?? 0);
    }
    return { inodes, bytes };
  }

  /** The kernel is to rely on nothing that it was told of here. */
  private takeBack(): void {
    const now = this.xl.context.now();
    if (this.until <= now) return;
    this.until = LONG_AGO;
    invalidateEntries(this.xl);
    for (const inode of this.xl.inodes?.all() ?? []) {
      const kept = this.kept(inode);
      if (kept === undefined || kept.until <= now) continue;
      kept.until = LONG_AGO;
      invalidateInode(this.xl, inode);
    }
  }

  private kernelLeft(since: number): number {
    const left = since + this.timeoutMs - this.xl.context.now();
    return Math.max(0, Math.min(this.kernelMs, left));
  }

  /** Names that a reply on its way tells are no longer learnt either. */
  private clearNames(): void {
    this.invalidateReplies();
    this.nameEra += 1;
  }

  private dropName(parent: Inode, name: string): void {
    this.invalidate(parent);
    const inode = parent.table.grep(parent, name);
    const kept = inode === undefined ? undefined : this.kept(inode);
    if (inode === undefined || kept === undefined) this.invalidateReplies();
    else {
      kept.named = LONG_AGO;
      this.invalidate(inode);
    }
  }

  /** Something is learnt of an inode: what was dropped with everything does not come back with it. */
  private renew(kept: Attributes): void {
    if (kept.era === this.era) return;
    this.drop(kept, false);
    kept.era = this.era;
    kept.named = LONG_AGO;
  }

  private isFresh(kept: Attributes, since: number): boolean {
    return kept.era === this.era && this.isYoung(since);
  }

  private isYoung(since: number): boolean {
    return this.xl.context.now() - since < this.timeoutMs;
  }
}

/**
 * The inode table: every inode this graph knows, by gfid and by number, and the names (dentries)
 * that lead to it.
 *
 * Rules for callers
 * - `newInode()` gives an inode that is nowhere yet; `link()` puts it into the table and returns
 *   the inode to go on with, which is another one when that gfid was known already.
 * - An inode stays while a client counts a lookup of it (`nlookup`), an fd is open on it, or a name
 *   below it is known. Otherwise it waits in the LRU list and leaves when `lruLimit` others
 *   have come after it, or at once when no name leads to it any more; translators that keep
 *   something with it are then told by `forget`.
 * - Names are exact strings; "." and ".." make no dentry.
 *
 * Source: GlusterFS `libglusterfs/src/inode.c`.
 */
import { Ctx, type Instances } from './ctx.ts';
import { type Gfid, inoHi, inoLo, NULL_GFID, ROOT_GFID } from './gfid.ts';
import { IA_IFDIR, IA_INVAL, type Iatt } from './iatt.ts';
import { INODE_LRU_LIMIT, PATH_MAX } from './limits.ts';
import type { Lookups } from './lookups.ts';
import type { Child } from './xlator.ts';

/** A name that leads to an inode. */
export interface Dentry {
  readonly parent: Inode;
  readonly name: string;
}

/** The number of the root, also as the kernel counts. */
export const ROOT_ID = 1;

export class Inode extends Ctx {
  readonly table: InodeTable;
  /** Serial number, never used again; the kernel's nodeid. The root is 1. */
  readonly id: number;
  /** Null until linked. */
  gfid: Gfid = NULL_GFID;
  iaType = IA_INVAL;
  /** The two halves of the inode number that applications see. */
  inoHi = 0;
  inoLo = 0;
  /** Lookups that clients have not taken back. */
  nlookup = 0;
  /** Whose they all are; null when several clients share them (`lookups.ts`). */
  soleOwner: Lookups | null = null;
  fdCount = 0;
  /** Names that lead here; more than one for a hard link. */
  readonly names: Dentry[] = [];
  /** Known names below, when this is a directory. */
  children: Map<string, Inode> | null = null;

  constructor(table: InodeTable, id: number) {
    super();
    this.table = table;
    this.id = id;
  }

  get isDir(): boolean {
    return this.iaType === IA_IFDIR;
  }

  get linked(): boolean {
    return this.gfid !== NULL_GFID;
  }

  /**
   * A path from the root by any of the names. It begins with `<gfid:…>` where none is known, or
   * where it gets longer than paths are: names that others have moved may lead in a circle.
   */
  get path(): string {
    let below = '';
    let at: Inode = this;
    while (at.id !== ROOT_ID) {
      const dentry = at.names[0];
      if (dentry === undefined || below.length >= PATH_MAX) return `<gfid:${at.gfid}>${below}`;
      below = `/${dentry.name}${below}`;
      at = dentry.parent;
    }
    return below === '' ? '/' : below;
  }

  /** Tells the translators that keep something here, for the last time. */
  forgetCtx(): void {
    this.endCtx(this.table.xlators, (xl, value) => xl.translator.forget?.(xl, this, value));
  }
}

export class InodeTable {
  readonly root: Inode;
  /** All translators of the graph, by id. */
  readonly xlators: Instances;
  /** Where requests for what is opened now will go: the top of the graph. */
  links!: Child;
  /** At least 1: with 0, an inode would be retired as it is linked. */
  lruLimit: number;
  private readonly byGfid = new Map<Gfid, Inode>();
  private readonly byId = new Map<number, Inode>();
  private readonly lru = new Set<Inode>();
  /**
   * Walks over `lru` once for all: what it gives is retired, and what comes later is ahead of it.
   * A new walk for each would begin with all the gaps that those before have left.
   */
  private oldest = this.lru.values();
  /** Inodes put into `lru` since `oldest` was made. */
  private lruInserts = 0;
  private lastId = ROOT_ID;

  constructor(xlators: Instances, lruLimit = INODE_LRU_LIMIT) {
    this.xlators = xlators;
    this.lruLimit = lruLimit;
    this.root = this.make(ROOT_ID);
    this.root.iaType = IA_IFDIR;
    this.register(this.root, ROOT_GFID);
  }

  /** How many inodes are linked, the root among them. */
  get size(): number {
    return this.byGfid.size;
  }

  /** How many of them nothing holds. */
  get lruSize(): number {
    return this.lru.size;
  }

  /** An inode for something not yet known: no gfid, in no list. */
  newInode(): Inode {
    this.lastId += 1;
    return this.make(this.lastId);
  }

  /**
   * An inode for a gfid of which nobody here has been told, or no longer: it is in no list. An UPCALL may
   * be about it: what is on its way up may be, too.
   */
  unlistedInode(gfid: Gfid): Inode {
    const inode = this.newInode();
    inode.gfid = gfid;
    return inode;
  }

  /** Whether it is in the table: what is kept with it is found by who comes for its gfid. */
  has(inode: Inode): boolean {
    return this.byGfid.get(inode.gfid) === inode;
  }

  /** What inodes are here. It is called before a subclass has begun. */
  protected make(id: number): Inode {
    return new Inode(this, id);
  }

  /** By the kernel's number; undefined for one that was forgotten. */
  byNodeid(id: number): Inode | undefined {
    return this.byId.get(id);
  }

  /** Whether there ever was an inode of this number. */
  existed(id: number): boolean {
    return Number.isSafeInteger(id) && id > 0 && id <= this.lastId;
  }

  find(gfid: Gfid): Inode | undefined {
    return this.byGfid.get(gfid);
  }

  /** The inode that a known name leads to. */
  grep(parent: Inode, name: string): Inode | undefined {
    return parent.children?.get(name);
  }

  /**
   * Makes `inode` known under the gfid and type of `buf`, and under (parent, name) when given.
   * Returns the inode that has this gfid, which the caller must use from here on: another one when
   * the gfid was known already, or `inode` has a different one. Null when `buf` has no gfid or
   * `parent` is no directory of this table. A parent that was retired meanwhile gets no name.
   */
  link(inode: Inode, parent: Inode | null, name: string | null, buf: Iatt): Inode | null {
    if (buf.iaGfid === NULL_GFID) return null;
    const named = parent !== null && name !== null;
    if (named && (!parent.isDir || parent.table !== this)) return null;
    let linked = this.byGfid.get(buf.iaGfid);
    if (linked === undefined) {
      const isOther = inode.linked && inode.gfid !== buf.iaGfid;
      linked = isOther ? this.newInode() : inode;
      linked.iaType = buf.iaType;
      this.register(linked, buf.iaGfid);
    }
    // The name comes first: it holds the parent, which might otherwise be retired for the inode.
    if (named && this.has(parent)) this.addName(parent, name, linked);
    this.queueIfIdle(linked);
    return linked;
  }

  /** Forgets one name. The inode stays as long as something holds it. */
  unlink(parent: Inode, name: string): void {
    const inode = parent.children?.get(name);
    if (inode === undefined) return;
    this.dropName(inode, parent, name);
  }

  /** Moves a name; whatever the destination named before loses that name. */
  rename(from: Inode, fromName: string, to: Inode, toName: string): void {
    const inode = from.children?.get(fromName);
    if (from === to && fromName === toName) return;
    if (inode === undefined) {
      this.unlink(to, toName);
      return;
    }
    this.addName(to, toName, inode);
    this.dropName(inode, from, fromName);
  }

  /** Exchanges two names. If only one of them is known, its inode moves to the other name. */
  exchange(from: Inode, fromName: string, to: Inode, toName: string): void {
    const [one, other] = [from.children?.get(fromName), to.children?.get(toName)];
    if (one === undefined) this.rename(to, toName, from, fromName);
    else if (other === undefined) this.rename(from, fromName, to, toName);
    else if (one !== other) {
      // Both have the new name before they lose the old one: without any, an inode would be retired.
      from.children!.set(fromName, other);
      to.children!.set(toName, one);
      one.names.push({ parent: to, name: toName });
      other.names.push({ parent: from, name: fromName });
      this.dropDentry(one, from, fromName);
      this.dropDentry(other, to, toName);
    }
  }

  /** Every linked inode. */
  all(): Iterable<Inode> {
    return this.byGfid.values();
  }

  /** A client was told of this inode once more: `Lookups` knows which. */
  lookup(inode: Inode): void {
    inode.nlookup += 1;
    this.lru.delete(inode);
  }

  /** `count` lookups are taken back; 0 means all, and so do more than there are. */
  forget(inode: Inode, count: number): void {
    inode.nlookup = count === 0 ? 0 : Math.max(0, inode.nlookup - count);
    this.onHoldDropped(inode);
  }

  /** Forgets everything but the root, telling the translators: the graph goes away. */
  clear(): void {
    for (const inode of [...this.byGfid.values()]) {
      inode.names.length = 0;
      inode.children = null;
      inode.forgetCtx();
      if (inode !== this.root) this.remove(inode);
    }
    this.lru.clear();
  }

  holdForFd(inode: Inode): void {
    inode.fdCount += 1;
    this.lru.delete(inode);
  }

  dropForFd(inode: Inode): void {
    inode.fdCount -= 1;
    this.onHoldDropped(inode);
  }

  private register(inode: Inode, gfid: Gfid): void {
    inode.gfid = gfid;
    inode.inoHi = inoHi(gfid);
    inode.inoLo = inoLo(gfid);
    this.byGfid.set(gfid, inode);
    this.byId.set(inode.id, inode);
  }

  private remove(inode: Inode): void {
    if (this.has(inode)) this.byGfid.delete(inode.gfid);
    this.byId.delete(inode.id);
  }

  private addName(parent: Inode, name: string, inode: Inode): void {
    if (name === '.' || name === '..') return;
    parent.children ??= new Map();
    const before = parent.children.get(name);
    if (before === inode) return;
    parent.children.set(name, inode);
    inode.names.push({ parent, name });
    this.lru.delete(parent);
    if (before !== undefined) this.dropDentry(before, parent, name);
  }

  private dropName(inode: Inode, parent: Inode, name: string): void {
    if (parent.children?.get(name) === inode) parent.children.delete(name);
    this.dropDentry(inode, parent, name);
    this.queueIfIdle(parent);
  }

  private dropDentry(inode: Inode, parent: Inode, name: string): void {
    const at = inode.names.findIndex((d) => d.parent === parent && d.name === name);
    if (at >= 0) inode.names.splice(at, 1);
    this.onHoldDropped(inode);
  }

  private held(inode: Inode): boolean {
    return (
      inode === this.root ||
      inode.nlookup > 0 ||
      inode.fdCount > 0 ||
      (inode.children !== null && inode.children.size > 0)
    );
  }

  /**
   * Something that held an inode is gone. Without a name it leaves at once: nothing leads to it any
   * more, and with the inode the storage keeps the space of a file that was removed.
   */
  private onHoldDropped(inode: Inode): void {
    const leaves = inode.names.length === 0 && this.has(inode) && !this.held(inode);
    if (leaves) this.retire(inode);
    else this.queueIfIdle(inode);
  }

  /** Puts an inode that nothing holds into the LRU list, and retires the oldest beyond the limit. */
  private queueIfIdle(inode: Inode): void {
    if (!this.has(inode) || this.held(inode)) return;
    this.lru.delete(inode);
    this.lru.add(inode);
    this.lruInserts += 1;
    // A set keeps every table that it has outgrown for an iterator that does not move on.
    if (this.lruInserts > this.lru.size + 1024) {
      this.oldest = this.lru.values();
      this.lruInserts = 0;
    }
    while (this.lru.size > this.lruLimit) this.retire(this.oldest.next().value as Inode);
  }

  private retire(inode: Inode): void {
    this.lru.delete(inode);
    this.remove(inode);
    for (const { parent, name } of inode.names) {
      if (parent.children?.get(name) === inode) parent.children.delete(name);
    }
    const parents = inode.names.map((dentry) => dentry.parent);
    inode.names.length = 0;
    inode.forgetCtx();
    for (const parent of parents) this.queueIfIdle(parent);
  }
}

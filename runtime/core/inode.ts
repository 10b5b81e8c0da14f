/**
 * Holds the inode table of a graph: inodes by gfid and by number, and the names (dentries) that lead to them.
 *
 * `newInode` makes an unlinked inode. `link` adds it to the table, and returns the inode to use: if the table has the
 * gfid already, that is the known inode. An inode stays while a client has lookups of it (`nlookup`), an fd is open on
 * it, or the table has a name below it. Any other is idle: it is evicted when `lruLimit` inodes became idle after it,
 * or at once if it has no name. Translators then get `forget`. Names are exact strings; "." and ".." make no dentry.
 *
 * Source: GlusterFS `libglusterfs/src/inode.c`.
 */
import type { Client } from './client.ts';
import { computeInoHi, computeInoLo, type Gfid, NULL_GFID, ROOT_GFID } from './gfid.ts';
import { IA_IFDIR, IA_INVAL, type Iatt } from './iatt.ts';
import { INODE_LRU_LIMIT, PATH_MAX } from './limits.ts';
import type { Child, Xlator } from './xlator.ts';

/** The instances of a graph, by id. Ids of initiators and of ended instances are undefined. */
export type Instances = readonly (Xlator<unknown> | undefined)[];

/**
 * Base class of objects with contexts: `Inode`, `Fd`, `Client`. Each instance of a translator may keep one value with the
 * object, by the instance's id (GlusterFS's inode_ctx and fd_ctx).
 */
export class Ctx {
  private ctx: unknown[] | null = null;

  /** Returns the value that `xl` has stored; undefined without one. */
  ctxGet(xl: Xlator<unknown>): unknown {
    return this.ctx === null ? undefined : this.ctx[xl.id];
  }

  /** Stores a value. When the object ends, the translator is called with it: `forget`, `release`, … */
  ctxSet(xl: Xlator<unknown>, value: unknown): void {
    this.ctx ??= [];
    this.ctx[xl.id] = value;
  }

  /** Removes and returns the value of `xl`, whose translator is then not called when the object ends. */
  ctxDel(xl: Xlator<unknown>): unknown {
    const value = this.ctxGet(xl);
    if (this.ctx !== null) this.ctx[xl.id] = undefined;
    return value;
  }

  /** Removes all values, and calls `onRemove` for each. */
  protected endCtx(
    xlators: Instances,
    onRemove: (xl: Xlator<unknown>, value: unknown) => void,
  ): void {
    const { ctx } = this;
    this.ctx = null;
    ctx?.forEach((value, id) => {
      const xl = xlators[id];
      if (value !== undefined && xl !== undefined) onRemove(xl, value);
    });
  }
}

/** A name that leads to an inode. */
export interface Dentry {
  readonly parent: Inode;
  readonly name: string;
}

/** The root's id, also in the kernel's numbering. */
export const ROOT_ID = 1;

/** A file, directory or other object of the volume, with its names and the contexts of translators. */
export class Inode extends Ctx {
  readonly table: InodeTable;
  /** Serial number, never reused; the kernel's nodeid. The root is 1. */
  readonly id: number;
  /** The null gfid until the inode is linked. */
  gfid: Gfid = NULL_GFID;
  iaType = IA_INVAL;
  /** Upper 31 and lower 32 bits of the inode number that applications see (gfid.ts). */
  inoHi = 0;
  inoLo = 0;
  /** The number of lookups that clients have not forgotten. */
  nlookup = 0;
  /** The only client that has looked the inode up; null if several or no clients have. */
  soleOwner: Client | null = null;
  /** The number of open fds (`holdForFd`). */
  fdCount = 0;
  /** Names that lead here; more than one for a hard link. */
  readonly names: Dentry[] = [];
  /** The inodes of known names in this directory; null if none was ever known. */
  children: Map<string, Inode> | null = null;

  constructor(table: InodeTable, id: number) {
    super();
    this.table = table;
    this.id = id;
  }

  get isDir(): boolean {
    return this.iaType === IA_IFDIR;
  }

  /** Whether the inode has a gfid, and so was added to the table. */
  get linked(): boolean {
    return this.gfid !== NULL_GFID;
  }

  /**
   * A path of known names from the root. It begins with `<gfid:…>` if an inode on the way has no known name, or if
   * the path exceeds PATH_MAX: renames by other clients may leave known names in a circle.
   */
  get path(): string {
    let pathBelow = '';
    let inode: Inode = this;
    while (inode.id !== ROOT_ID) {
      const dentry = inode.names[0];
      if (dentry === undefined || pathBelow.length >= PATH_MAX)
        return `<gfid:${inode.gfid}>${pathBelow}`;
      pathBelow = `/${dentry.name}${pathBelow}`;
      inode = dentry.parent;
    }
    return pathBelow === '' ? '/' : pathBelow;
  }

  /** Calls `forget` of the translators that have a context here. */
  forgetCtx(): void {
    this.endCtx(this.table.xlators, (xl, value) => xl.translator.forget?.(xl, this, value));
  }
}

/** The inodes of a graph; see the head of this file. */
export class InodeTable {
  readonly root: Inode;
  /** The graph's instances by id. */
  readonly xlators: Instances;
  /** Links to the top of the graph, by which files opened from now on wind. */
  links!: Child;
  /** The inodes by the kernel's nodeid, without the forgotten ones. */
  readonly byId = new Map<number, Inode>();
  /** The most idle inodes. At least 1: with 0, an inode would be evicted as it is linked. */
  lruLimit = INODE_LRU_LIMIT;
  private readonly byGfid = new Map<Gfid, Inode>();
  /** The idle inodes, those that became idle first at the front. */
  private readonly lru = new Set<Inode>();
  /**
   * One iterator over `lru` for all evictions: later inserts stay ahead of it. A new iterator for each would
   * first skip the gaps of all deleted entries.
   */
  private oldestIterator = this.lru.values();
  /** The number of inserts into `lru` since `oldestIterator` was made. */
  private lruInsertCount = 0;
  private lastId = ROOT_ID;

  constructor(xlators: Instances) {
    this.xlators = xlators;
    this.root = this.make(ROOT_ID);
    this.root.iaType = IA_IFDIR;
    this.register(this.root, ROOT_GFID);
  }

  /** The number of linked inodes, the root included. */
  get size(): number {
    return this.byGfid.size;
  }

  /** The number of idle inodes. */
  get lruSize(): number {
    return this.lru.size;
  }

  /** Makes an inode without a gfid, outside the table. */
  newInode(): Inode {
    this.lastId += 1;
    return this.make(this.lastId);
  }

  /**
   * Makes an inode outside the table, for an UPCALL about a gfid that the table lacks. Caches must get such an UPCALL
   * too, because a reply that is still on its way up may link the gfid.
   */
  unlistedInode(gfid: Gfid): Inode {
    const inode = this.newInode();
    inode.gfid = gfid;
    return inode;
  }

  /** Whether the inode is in the table. */
  has(inode: Inode): boolean {
    return this.byGfid.get(inode.gfid) === inode;
  }

  /**
   * Makes an inode; subclasses override it. An override must not use fields of its subclass: the constructor of this
   * class calls it, before they are set.
   */
  protected make(id: number): Inode {
    return new Inode(this, id);
  }

  /** Whether an inode ever had this number. */
  hasExisted(id: number): boolean {
    return Number.isSafeInteger(id) && id > 0 && id <= this.lastId;
  }

  /** Finds a linked inode. */
  find(gfid: Gfid): Inode | undefined {
    return this.byGfid.get(gfid);
  }

  /**
   * Links `inode` under the gfid and type of `buf`, and under the name in `parent` if given.
   * @returns the inode of this gfid, which the caller must use: the known one if the table has the gfid already, a new
   *   one if `inode` has another gfid; null if `buf` has no gfid, or `parent` is no directory of this table
   */
  link(inode: Inode, parent: Inode | null, name: string | null, buf: Iatt): Inode | null {
    if (buf.iaGfid === NULL_GFID) return null;
    const hasName = parent !== null && name !== null;
    if (hasName && (!parent.isDir || parent.table !== this)) return null;
    let linkedInode = this.byGfid.get(buf.iaGfid);
    if (linkedInode === undefined) {
      const hasOtherGfid = inode.linked && inode.gfid !== buf.iaGfid;
      linkedInode = hasOtherGfid ? this.newInode() : inode;
      linkedInode.iaType = buf.iaType;
      this.register(linkedInode, buf.iaGfid);
    }
    // The name is added first, because it holds the parent: making the inode idle may evict another idle one.
    // An evicted parent gets no name.
    if (hasName && this.has(parent)) this.addName(parent, name, linkedInode);
    this.queueIfIdle(linkedInode);
    return linkedInode;
  }

  /** Removes one name. */
  unlink(parent: Inode, name: string): void {
    const inode = parent.children?.get(name);
    if (inode === undefined) return;
    this.dropName(inode, parent, name);
  }

  /** Moves a name, and replaces the destination's inode. If the source is not known, only removes the destination. */
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

  /** Exchanges two names. If only one is known, its inode moves to the other name. */
  exchange(from: Inode, fromName: string, to: Inode, toName: string): void {
    const [fromInode, toInode] = [from.children?.get(fromName), to.children?.get(toName)];
    if (fromInode === undefined) this.rename(to, toName, from, fromName);
    else if (toInode === undefined) this.rename(from, fromName, to, toName);
    else if (fromInode !== toInode) {
      // Both get the new name before they lose the old one: without a name, an inode would be evicted.
      from.children!.set(fromName, toInode);
      to.children!.set(toName, fromInode);
      fromInode.names.push({ parent: to, name: toName });
      toInode.names.push({ parent: from, name: fromName });
      this.dropDentry(fromInode, from, fromName);
      this.dropDentry(toInode, to, toName);
    }
  }

  /** Returns every linked inode. */
  all(): Iterable<Inode> {
    return this.byGfid.values();
  }

  /** Counts a lookup; `Client.lookup` counts by client. */
  lookup(inode: Inode): void {
    inode.nlookup += 1;
    this.lru.delete(inode);
  }

  /** Forgets `count` lookups, at most as many as there are; 0 means all. */
  forget(inode: Inode, count: number): void {
    inode.nlookup = count === 0 ? 0 : Math.max(0, inode.nlookup - count);
    this.onHoldDropped(inode);
  }

  /** Forgets all inodes, the root's contexts included, because the graph stops. */
  clear(): void {
    for (const inode of [...this.byGfid.values()]) {
      inode.names.length = 0;
      inode.children = null;
      inode.forgetCtx();
      if (inode !== this.root) this.remove(inode);
    }
    this.lru.clear();
  }

  /** Keeps an inode in the table while an fd is open on it. */
  holdForFd(inode: Inode): void {
    inode.fdCount += 1;
    this.lru.delete(inode);
  }

  /** Ends one call of `holdForFd`. */
  dropForFd(inode: Inode): void {
    inode.fdCount -= 1;
    this.onHoldDropped(inode);
  }

  /** Adds an inode to the table under a gfid. */
  private register(inode: Inode, gfid: Gfid): void {
    inode.gfid = gfid;
    inode.inoHi = computeInoHi(gfid);
    inode.inoLo = computeInoLo(gfid);
    this.byGfid.set(gfid, inode);
    this.byId.set(inode.id, inode);
  }

  /** Removes an inode from the table; its names and contexts stay. */
  private remove(inode: Inode): void {
    if (this.has(inode)) this.byGfid.delete(inode.gfid);
    this.byId.delete(inode.id);
  }

  /** Adds a name, in place of the inode that had it. */
  private addName(parent: Inode, name: string, inode: Inode): void {
    if (name === '.' || name === '..') return;
    parent.children ??= new Map();
    const previous = parent.children.get(name);
    if (previous === inode) return;
    parent.children.set(name, inode);
    inode.names.push({ parent, name });
    this.lru.delete(parent);
    if (previous !== undefined) this.dropDentry(previous, parent, name);
  }

  /** Removes a name from its parent and from its inode. */
  private dropName(inode: Inode, parent: Inode, name: string): void {
    if (parent.children?.get(name) === inode) parent.children.delete(name);
    this.dropDentry(inode, parent, name);
    this.queueIfIdle(parent);
  }

  /** Removes a name from its inode only, because the parent has another inode under it. */
  private dropDentry(inode: Inode, parent: Inode, name: string): void {
    const index = inode.names.findIndex(
      (dentry) => dentry.parent === parent && dentry.name === name,
    );
    if (index >= 0) inode.names.splice(index, 1);
    this.onHoldDropped(inode);
  }

  /** Whether a client, an fd or a name below keeps the inode in the table. */
  private isHeld(inode: Inode): boolean {
    return (
      inode === this.root ||
      inode.nlookup > 0 ||
      inode.fdCount > 0 ||
      (inode.children !== null && inode.children.size > 0)
    );
  }

  /**
   * Evicts or queues an inode that has lost a lookup, fd or name. An idle inode without a name is evicted at once: it
   * is unreachable, and the storage keeps a removed file's space as long as the inode lives.
   */
  private onHoldDropped(inode: Inode): void {
    const isUnreachable = inode.names.length === 0 && this.has(inode) && !this.isHeld(inode);
    if (isUnreachable) this.evict(inode);
    else this.queueIfIdle(inode);
  }

  /** Moves an idle inode to the end of the LRU list, and evicts the oldest beyond the limit. */
  private queueIfIdle(inode: Inode): void {
    if (!this.has(inode) || this.isHeld(inode)) return;
    this.lru.delete(inode);
    this.lru.add(inode);
    this.lruInsertCount += 1;
    // For an iterator that does not advance, V8 keeps each hash table that the Set has outgrown, so renew it; with
    // few idle inodes, only once in 1024 inserts.
    if (this.lruInsertCount > this.lru.size + 1024) {
      this.oldestIterator = this.lru.values();
      this.lruInsertCount = 0;
    }
    while (this.lru.size > this.lruLimit) this.evict(this.oldestIterator.next().value as Inode);
  }

  /** Removes an idle inode with its names and contexts, and queues its parents, which may be idle now. */
  private evict(inode: Inode): void {
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

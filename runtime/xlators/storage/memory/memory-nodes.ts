/**
 * Defines the inodes of a memory volume (`Node`) and its state (`MemoryVolume`), and finds nodes for the fops.
 *
 * A node with a name is found by gfid. A node without a name is only found by the context of its inode, or of an fd
 * that is open on it.
 */
import { nameLength } from '../../../core/bytes.ts';
import { type Context, newGfid } from '../../../core/context.ts';
import type { Dict } from '../../../core/dict.ts';
import { ENOENT, ENOTDIR, ESTALE } from '../../../core/errno.ts';
import { type Gfid, ROOT_GFID } from '../../../core/gfid.ts';
import { IA_IFDIR, IA_IFREG, Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Fd, Loc } from '../../../core/operands.ts';
import type { Xlator } from '../../../core/xlator.ts';
import { findNameFault, readRequestedGfid } from '../shared/fop-values.ts';
import { FilePages } from './file-pages.ts';
import { PAGE_SIZE, PageStore } from './page-store.ts';

/** A point in time; nanoseconds are 0 … 999 999 999. */
export interface Timestamp {
  readonly sec: number;
  readonly nsec: number;
}

/** An entry of a directory. `off`, its offset in listings, is larger than that of all entries before it. */
export interface DirectoryEntry {
  readonly node: Node;
  readonly off: number;
}

/** An inode: a file, a directory, or any other type. */
export class Node {
  readonly gfid: Gfid;
  readonly type: number;
  readonly rdev: number;
  readonly btime: Timestamp;
  /** The target of a symbolic link; otherwise empty. */
  readonly target: string;
  /** The data of a regular file; otherwise null. */
  readonly pages: FilePages | null;
  /** The entries of a directory, without "." and ".."; otherwise null. */
  readonly entries: Map<string, DirectoryEntry> | null;
  /** The parent of a directory (the root's is itself); otherwise null. */
  parent: Node | null = null;
  xattrs: Map<string, Uint8Array> | null = null;
  prot = 0;
  uid = 0;
  gid = 0;
  nlink = 0;
  /** True for a file that was created without a name (O_TMPFILE), until link(2) gives it a name. */
  isTemporary = false;
  /** Number of open fds. */
  openCount = 0;
  /** Whether no name and no fd is left, and the data is freed. */
  isDestroyed = false;
  atime: Timestamp;
  mtime: Timestamp;
  ctime: Timestamp;
  /** The newest entry's offset; `.` and `..` have 1 and 2. */
  private lastOff = 2;

  constructor(gfid: Gfid, type: number, now: Timestamp, store: PageStore, target = '', rdev = 0) {
    this.gfid = gfid;
    this.type = type;
    this.rdev = rdev;
    this.target = target;
    this.pages = type === IA_IFREG ? new FilePages(store) : null;
    this.entries = type === IA_IFDIR ? new Map() : null;
    this.atime = now;
    this.mtime = now;
    this.ctime = now;
    this.btime = now;
  }

  get isDir(): boolean {
    return this.entries !== null;
  }

  /** Adds or replaces an entry, which moves to the end of listings. */
  addEntry(name: string, node: Node): void {
    this.lastOff += 1;
    this.entries!.delete(name);
    this.entries!.set(name, { node, off: this.lastOff });
  }

  /** Whether this directory is `other` or below it. */
  isWithin(other: Node): boolean {
    let ancestor: Node = this;
    while (ancestor !== other) {
      if (ancestor.parent === null || ancestor.parent === ancestor) return false;
      ancestor = ancestor.parent;
    }
    return true;
  }

  /** The size in bytes, as stat(2) returns it. */
  private get size(): number {
    if (this.pages !== null) return this.pages.size;
    return this.isDir ? PAGE_SIZE : nameLength(this.target);
  }

  makeIatt(): Iatt {
    const buf = new Iatt();
    buf.iaGfid = this.gfid;
    buf.iaType = this.type;
    buf.iaProt = this.prot;
    buf.iaNlink = this.nlink;
    buf.iaUid = this.uid;
    buf.iaGid = this.gid;
    buf.iaSize = this.size;
    buf.iaBlocks = this.pages === null ? 0 : (this.pages.allocatedPageCount * PAGE_SIZE) / 512;
    buf.iaBlksize = PAGE_SIZE;
    buf.iaRdev = this.rdev;
    buf.iaAtime = this.atime.sec;
    buf.iaAtimeNsec = this.atime.nsec;
    buf.iaMtime = this.mtime.sec;
    buf.iaMtimeNsec = this.mtime.nsec;
    buf.iaCtime = this.ctime.sec;
    buf.iaCtimeNsec = this.ctime.nsec;
    buf.iaBtime = this.btime.sec;
    buf.iaBtimeNsec = this.btime.nsec;
    return buf;
  }
}

/** The context of an fd: its node, and the state of its listing. */
export class OpenNode {
  readonly volume: MemoryVolume;
  readonly node: Node;
  /** The listing's iterator; null before the first listing and after its end. */
  cursor: IterableIterator<[string, DirectoryEntry]> | null = null;
  /** The offset of the last entry that was sent: a listing from it continues with `cursor`. */
  cursorOff = 0;
  /** The entry that `cursor` has returned, and that did not fit the last reply; otherwise null. */
  unsentEntry: [string, DirectoryEntry] | null = null;

  constructor(volume: MemoryVolume, node: Node) {
    this.volume = volume;
    this.node = node;
  }
}

/** A name in a directory, whether or not it exists (`existing`). */
export interface EntrySlot {
  readonly parent: Node;
  readonly name: string;
  readonly existing: Node | null;
  /** The parent's attributes before the change. */
  readonly parentBefore: Iatt;
}

/** The state of a volume: its nodes, pages and limits. */
export class MemoryVolume {
  readonly root: Node;
  /** The data of all files. */
  readonly store: PageStore;
  /** All nodes except removed ones. */
  readonly nodesByGfid = new Map<Gfid, Node>();
  /** The most inodes. */
  inodeLimit: number;
  /** Number of inodes, removed inodes that are still in use included. */
  inodeCount = 0;
  /** Removed nodes without open fds, whose inodes a client still knows. */
  readonly removed = new Set<Node>();
  readonly context: Context;
  private lastTime: Timestamp = { sec: 0, nsec: 0 };

  constructor(context: Context, pageLimit: number, inodeLimit: number) {
    this.context = context;
    this.store = new PageStore(pageLimit);
    this.inodeLimit = inodeLimit;
    this.root = this.addNode(ROOT_GFID, IA_IFDIR);
    // As tmpfs's root: every user may create files in it.
    this.root.prot = 0o1777;
    this.root.nlink = 2;
    this.root.parent = this.root;
  }

  /** Returns the current time, but always later than the last one returned, so that each change changes a time. */
  makeTimestamp(): Timestamp {
    const micros = Math.floor(this.context.sink.now() * 1000);
    const sec = Math.floor(micros / 1_000_000);
    let nsec = (micros - sec * 1_000_000) * 1000;
    const { lastTime: last } = this;
    if (sec < last.sec || (sec === last.sec && nsec <= last.nsec)) {
      nsec = last.nsec + 1;
      const hasCarry = nsec === 1_000_000_000;
      this.lastTime = hasCarry ? { sec: last.sec + 1, nsec: 0 } : { sec: last.sec, nsec };
    } else this.lastTime = { sec, nsec };
    return this.lastTime;
  }

  /** Creates a node that has no name yet. */
  addNode(gfid: Gfid, type: number, target = '', rdev = 0): Node {
    const node = new Node(gfid, type, this.makeTimestamp(), this.store, target, rdev);
    this.inodeCount += 1;
    this.nodesByGfid.set(gfid, node);
    return node;
  }

  /** Returns the gfid for a new node; null if the requested one is in use. */
  chooseGfid(xdata: Dict | null): Gfid | null {
    const requested = readRequestedGfid(xdata);
    if (requested === null) return newGfid(this.context);
    return this.nodesByGfid.has(requested) ? null : requested;
  }

  /** Destroys a node and frees its data if it has no names and no open fds. */
  destroyIfUnused(node: Node): void {
    if (node.nlink > 0 || node.openCount > 0 || node.isDestroyed) return;
    if (this.nodesByGfid.get(node.gfid) === node) this.nodesByGfid.delete(node.gfid);
    node.isDestroyed = true;
    this.removed.delete(node);
    this.inodeCount -= 1;
    node.pages?.freeAll();
  }

  /**
   * Destroys removed nodes whose inodes a client still knows; called when the volume is full, since the kernel
   * forgets inodes late. Returns whether it destroyed any.
   * @param exempt a node that the caller uses; null for none
   */
  reclaimRemoved(exempt: Node | null): boolean {
    const countBefore = this.inodeCount;
    for (const node of this.removed) if (node !== exempt) this.destroyIfUnused(node);
    return this.inodeCount < countBefore;
  }
}

/** A volume of storage/memory. */
export type MemoryXlator = Xlator<MemoryVolume>;

/**
 * Destroys a node that has lost its last name and fd; called after each loss. While a client knows its inode, the node
 * stays: the client could still open it, as by `/proc/self/fd`.
 */
export function releaseUnused(xl: MemoryXlator, node: Node): void {
  const volume = xl.priv;
  if (node.nlink > 0) return;
  if (volume.nodesByGfid.get(node.gfid) === node) volume.nodesByGfid.delete(node.gfid);
  const inode = xl.inodes?.find(node.gfid);
  if (inode === undefined) volume.destroyIfUnused(node);
  else {
    inode.ctxSet(xl, node);
    volume.removed.add(node);
  }
}

/** Returns the node of an inode, or the errno. */
export function findInodeNode(xl: MemoryXlator, inode: Inode): Node | number {
  const context = inode.ctxGet(xl) as Node | undefined;
  if (context !== undefined) return context.isDestroyed ? ESTALE : context;
  const node = xl.priv.nodesByGfid.get(inode.gfid);
  if (node === undefined) return ESTALE;
  inode.ctxSet(xl, node);
  return node;
}

/** Returns the node of a loc, or the errno. */
export function findNode(xl: MemoryXlator, loc: Loc): Node | number {
  if (loc.inode?.linked) return findInodeNode(xl, loc.inode);
  return xl.priv.nodesByGfid.get(loc.gfid) ?? ESTALE;
}

/** Returns the fd's context; creates it for an fd that a translator made without an open. */
export function findOrAddOpenNode(xl: MemoryXlator, fd: Fd): OpenNode | number {
  const context = fd.ctxGet(xl) as OpenNode | undefined;
  if (context !== undefined) return context;
  const node = findInodeNode(xl, fd.inode);
  return typeof node === 'number' ? node : addOpenNode(xl, fd, node);
}

/** Opens a node for an fd. */
export function addOpenNode(xl: MemoryXlator, fd: Fd, node: Node): OpenNode {
  const openNode = new OpenNode(xl.priv, node);
  node.openCount += 1;
  fd.ctxSet(xl, openNode);
  return openNode;
}

/** Finds the slot of a loc's name, or returns the errno. */
export function findSlot(xl: MemoryXlator, loc: Loc): EntrySlot | number {
  if (loc.parent === null || loc.name === null) return ENOENT;
  const parent = findInodeNode(xl, loc.parent);
  if (typeof parent === 'number') return parent;
  if (parent.entries === null) return ENOTDIR;
  const { name } = loc;
  const fault = findNameFault(name);
  if (fault !== 0) return fault;
  return {
    parent,
    name,
    existing: parent.entries.get(name)?.node ?? null,
    parentBefore: parent.makeIatt(),
  };
}

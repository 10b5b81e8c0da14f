/**
 * The inodes of a memory volume, and the volume itself.
 *
 * A Node is found by gfid as long as a name leads to it; after that by those who hold it already:
 * an Inode keeps its Node as context, an Fd the Node it was opened on. Paths play no part.
 */
import { nameLength } from '../../../core/bytes.ts';
import { type Context, newGfid } from '../../../core/context.ts';
import type { Dict } from '../../../core/dict.ts';
import { ENOENT, ENOTDIR, ESTALE } from '../../../core/errno.ts';
import type { Fd } from '../../../core/fd.ts';
import { type Gfid, ROOT_GFID } from '../../../core/gfid.ts';
import { IA_IFDIR, IA_IFREG, Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Loc } from '../../../core/loc.ts';
import type { Xlator } from '../../../core/xlator.ts';
import { nameFault } from '../shared/names.ts';
import { wantedGfid } from '../shared/replies.ts';
import { Pages } from './pages.ts';
import { PAGE_SIZE, PageStore } from './store.ts';

/** A moment; nanoseconds are 0 … 999 999 999. */
export interface Moment {
  readonly sec: number;
  readonly nsec: number;
}

/** A name in a directory. `off` rises from entry to entry, so it says where a listing goes on. */
export interface DirectoryEntry {
  readonly node: Node;
  readonly off: number;
}

export class Node {
  readonly gfid: Gfid;
  readonly type: number;
  readonly rdev: number;
  readonly btime: Moment;
  /** A symbolic link's. */
  readonly target: string;
  /** A regular file's. */
  readonly pages: Pages | null;
  /** A directory's, "." and ".." not among them. */
  readonly entries: Map<string, DirectoryEntry> | null;
  /** A directory's; the root's is itself. */
  parent: Node | null = null;
  xattrs: Map<string, Uint8Array> | null = null;
  prot = 0;
  uid = 0;
  gid = 0;
  nlink = 0;
  /** Made without a name, and may still get one. */
  isTemporary = false;
  /** Open fds. */
  opens = 0;
  /** Nobody can come to it any more; its data has gone. */
  isGone = false;
  atime: Moment;
  mtime: Moment;
  ctime: Moment;
  private lastOff = 2;

  constructor(gfid: Gfid, type: number, now: Moment, store: PageStore, target = '', rdev = 0) {
    this.gfid = gfid;
    this.type = type;
    this.rdev = rdev;
    this.target = target;
    this.pages = type === IA_IFREG ? new Pages(store) : null;
    this.entries = type === IA_IFDIR ? new Map() : null;
    this.atime = now;
    this.mtime = now;
    this.ctime = now;
    this.btime = now;
  }

  get isDir(): boolean {
    return this.entries !== null;
  }

  /** Names `node` here, at the end of any listing. */
  addEntry(name: string, node: Node): void {
    this.lastOff += 1;
    this.entries!.delete(name);
    this.entries!.set(name, { node, off: this.lastOff });
  }

  /** Whether this directory is `other` or lies somewhere below it. */
  isWithin(other: Node): boolean {
    let at: Node = this;
    while (at !== other) {
      if (at.parent === null || at.parent === at) return false;
      at = at.parent;
    }
    return true;
  }

  private get size(): number {
    if (this.pages !== null) return this.pages.size;
    return this.isDir ? PAGE_SIZE : nameLength(this.target);
  }

  iatt(): Iatt {
    const buf = new Iatt();
    buf.iaGfid = this.gfid;
    buf.iaType = this.type;
    buf.iaProt = this.prot;
    buf.iaNlink = this.nlink;
    buf.iaUid = this.uid;
    buf.iaGid = this.gid;
    buf.iaSize = this.size;
    buf.iaBlocks = this.pages === null ? 0 : (this.pages.count * PAGE_SIZE) / 512;
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

/** What an Fd keeps here. */
export class Opened {
  readonly disk: Disk;
  readonly node: Node;
  /** The place of a listing, which has come to `cursorOff`; `ahead` was read but did not fit. */
  cursor: IterableIterator<[string, DirectoryEntry]> | null = null;
  cursorOff = 0;
  ahead: [string, DirectoryEntry] | null = null;

  constructor(disk: Disk, node: Node) {
    this.disk = disk;
    this.node = node;
  }
}

/** A place for an entry: where a name is, or may come to be. */
export interface Place {
  readonly parent: Node;
  readonly name: string;
  readonly found: Node | null;
  /** The parent before anything was done. */
  readonly before: Iatt;
}

/** A volume. */
export class Disk {
  readonly root: Node;
  readonly store: PageStore;
  readonly named = new Map<Gfid, Node>();
  /** Inodes that there may be, and those there are: also the removed that somebody still has. */
  inodeLimit: number;
  inodes = 0;
  /** Those of the removed that no fd has, and that a client knows. */
  readonly removed = new Set<Node>();
  readonly context: Context;
  private last: Moment = { sec: 0, nsec: 0 };

  constructor(context: Context, pages: number, inodes: number) {
    this.context = context;
    this.store = new PageStore(pages);
    this.inodeLimit = inodes;
    this.root = this.newNode(ROOT_GFID, IA_IFDIR);
    // As the root of tmpfs: whoever mounts it, also a user, may put something in.
    this.root.prot = 0o1777;
    this.root.nlink = 2;
    this.root.parent = this.root;
  }

  /** The time; always later than the time before, so that every change shows. */
  now(): Moment {
    const micros = Math.floor(this.context.sink.now() * 1000);
    const sec = Math.floor(micros / 1_000_000);
    let nsec = (micros - sec * 1_000_000) * 1000;
    const { last } = this;
    if (sec < last.sec || (sec === last.sec && nsec <= last.nsec)) {
      nsec = last.nsec + 1;
      const carry = nsec === 1_000_000_000;
      this.last = carry ? { sec: last.sec + 1, nsec: 0 } : { sec: last.sec, nsec };
    } else this.last = { sec, nsec };
    return this.last;
  }

  newNode(gfid: Gfid, type: number, target = '', rdev = 0): Node {
    const node = new Node(gfid, type, this.now(), this.store, target, rdev);
    this.inodes += 1;
    this.named.set(gfid, node);
    return node;
  }

  /** The gfid a new node gets; null when the one that was asked for is taken. */
  gfidFor(xdata: Dict | null): Gfid | null {
    const wanted = wantedGfid(xdata);
    if (wanted === null) return newGfid(this.context);
    return this.named.has(wanted) ? null : wanted;
  }

  /** Nothing leads to `node` any more, and nobody has it: its data goes. */
  end(node: Node): void {
    if (node.nlink > 0 || node.opens > 0 || node.isGone) return;
    if (this.named.get(node.gfid) === node) this.named.delete(node.gfid);
    node.isGone = true;
    this.removed.delete(node);
    this.inodes -= 1;
    node.pages?.clear();
  }

  /**
   * Where there is no room left: what is removed goes, although a client knows it; the kernel says
   * only some time after it that it has forgotten a file. True when anything went.
   * @param used stays
   */
  giveUp(used: Node | null): boolean {
    const before = this.inodes;
    for (const node of this.removed) if (node !== used) this.end(node);
    return this.inodes < before;
  }
}

export type MemoryXlator = Xlator<Disk>;

/**
 * Called when `node` has lost a name or an fd. As long as a client knows the inode it can be opened
 * still, as by `/proc/self/fd`: then its data goes when that inode is forgotten.
 */
export function letGo(xl: MemoryXlator, node: Node): void {
  const disk = xl.priv;
  if (node.nlink > 0) return;
  if (disk.named.get(node.gfid) === node) disk.named.delete(node.gfid);
  const known = xl.inodes?.find(node.gfid);
  if (known === undefined) disk.end(node);
  else {
    known.ctxSet(xl, node);
    disk.removed.add(node);
  }
}

/** The node of an inode, or the errno. */
export function nodeOfInode(xl: MemoryXlator, inode: Inode): Node | number {
  const kept = inode.ctxGet(xl) as Node | undefined;
  if (kept !== undefined) return kept.isGone ? ESTALE : kept;
  const node = xl.priv.named.get(inode.gfid);
  if (node === undefined) return ESTALE;
  inode.ctxSet(xl, node);
  return node;
}

/** The node a loc is about, or the errno. */
export function nodeOf(xl: MemoryXlator, loc: Loc): Node | number {
  if (loc.inode?.linked) return nodeOfInode(xl, loc.inode);
  return xl.priv.named.get(loc.gfid) ?? ESTALE;
}

/** What is open as `fd`; opened here when it never was, as for an fd that a translator made. */
export function openedOf(xl: MemoryXlator, fd: Fd): Opened | number {
  const kept = fd.ctxGet(xl) as Opened | undefined;
  if (kept !== undefined) return kept;
  const node = nodeOfInode(xl, fd.inode);
  return typeof node === 'number' ? node : openAs(xl, fd, node);
}

export function openAs(xl: MemoryXlator, fd: Fd, node: Node): Opened {
  const opened = new Opened(xl.priv, node);
  node.opens += 1;
  fd.ctxSet(xl, opened);
  return opened;
}

/** The place that a loc's (parent, name) is, or the errno. */
export function placeOf(xl: MemoryXlator, loc: Loc): Place | number {
  if (loc.parent === null || loc.name === null) return ENOENT;
  const parent = nodeOfInode(xl, loc.parent);
  if (typeof parent === 'number') return parent;
  if (parent.entries === null) return ENOTDIR;
  const { name } = loc;
  const fault = nameFault(name);
  if (fault !== 0) return fault;
  return { parent, name, found: parent.entries.get(name)?.node ?? null, before: parent.iatt() };
}

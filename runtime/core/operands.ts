/**
 * Represents what a fop acts on: a target by name or gfid (`Loc`), or an open file or directory (`Fd`).
 *
 * Source: GlusterFS `libglusterfs/src/glusterfs/fd.h`, `loc_t`, `libglusterfs/src/xlator.c`.
 */
import { type Gfid, NULL_GFID } from './gfid.ts';
import { Ctx, type Inode } from './inode.ts';
import type { Child } from './xlator.ts';

/**
 * The target of a fop by name or gfid, not by an open file:
 *
 *   a new name        inode new and unlinked, parent and name set, gfid null
 *   a known name      inode linked, parent and name set
 *   by gfid           parent and name null; inode or at least gfid set
 *   the root          inode is the root, parent and name null
 */
export class Loc {
  readonly inode: Inode | null;
  readonly parent: Inode | null;
  /** The last component; bytes that are not UTF-8 are escaped (`bytes.ts`). */
  readonly name: string | null;
  /** The target's gfid, for as long as its inode is not linked. */
  private readonly fallbackGfid: Gfid;

  constructor(
    inode: Inode | null,
    parent: Inode | null = null,
    name: string | null = null,
    gfid: Gfid = NULL_GFID,
  ) {
    this.inode = inode;
    this.parent = parent;
    this.name = name;
    this.fallbackGfid = gfid;
  }

  /** The target's gfid; the null gfid while it is unknown. */
  get gfid(): Gfid {
    return this.inode !== null && this.inode.gfid !== NULL_GFID
      ? this.inode.gfid
      : this.fallbackGfid;
  }

  /** The parent's gfid; the null gfid without a parent. */
  get pargfid(): Gfid {
    return this.parent === null ? NULL_GFID : this.parent.gfid;
  }

  /** Path from the root, for logs only: a rename above may outdate it. */
  get path(): string {
    if (this.parent !== null && this.name !== null) return joinPath(this.parent.path, this.name);
    if (this.inode !== null) return this.inode.path;
    return `<gfid:${this.fallbackGfid}>`;
  }
}

/** Appends a name to a directory's path; the root's path already ends with a slash. */
export function joinPath(parent: string, name: string): string {
  return parent.endsWith('/') ? parent + name : `${parent}/${name}`;
}

let lastId = 0;

/** Returns the id of the newest fd. An fd with a greater id was opened later. */
export const readNewestFdId = (): number => lastId;

/**
 * An open file or directory. There is no fop for closing: when the initiator releases an fd, the translators that have a
 * context of it get `release` or `releasedir`.
 */
export class Fd extends Ctx {
  /** Serial number in this process; never 0. */
  readonly id: number;
  inode: Inode;
  /** The flags of the open (`O_*`). */
  readonly flags: number;
  /** The process that has opened it. */
  readonly pid: number;
  readonly isDir: boolean;
  /** The fd that the program has open: this one, or the one that a translator replaces by this for a request. */
  readonly origin: Fd;
  /** Winds to the top of the graph in which the fd was opened. */
  links: Child;
  /** Whether the fd has ended. */
  released = false;
  private holdCount = 0;
  private isReleaseDeferred = false;

  /** Holds the inode in its table until `release`. */
  constructor(inode: Inode, flags: number, pid: number, isDir = false, origin: Fd | null = null) {
    super();
    lastId += 1;
    this.id = lastId;
    this.inode = inode;
    this.flags = flags;
    this.pid = pid;
    this.isDir = isDir;
    this.origin = origin ?? this;
    this.links = inode.table.links;
    inode.table.holdForFd(inode);
  }

  /**
   * Moves the fd to a known inode, after a create that opened an existing file. Translators then find the contexts that
   * all opens of the file share.
   *
   * Source: GlusterFS `xlators/mount/fuse/src/fuse-bridge.c`, fuse_create_cbk.
   */
  moveTo(inode: Inode): void {
    const previous = this.inode;
    if (previous === inode) return;
    this.inode = inode;
    inode.table.holdForFd(inode);
    previous.table.dropForFd(previous);
    if (!previous.linked) previous.forgetCtx();
  }

  /**
   * Defers `release` until `drop`. A request that uses an fd other than its own needs this: the kernel keeps only the
   * request's own fd open.
   */
  hold(): void {
    this.holdCount += 1;
  }

  /** Ends one call of `hold`. */
  drop(): void {
    this.holdCount -= 1;
    if (this.isReleaseDeferred) this.release();
  }

  /** Ends the fd; deferred while a request holds it. Further calls do nothing. */
  release(): void {
    if (this.holdCount > 0) {
      this.isReleaseDeferred = true;
      return;
    }
    if (this.released) return;
    this.released = true;
    this.forgetCtx();
    this.inode.table.dropForFd(this.inode);
  }

  /** Calls `release` or `releasedir` of the translators that have a context here. */
  forgetCtx(): void {
    this.endCtx(this.inode.table.xlators, (xl, value) => {
      if (this.isDir) xl.translator.releasedir?.(xl, this, value);
      else xl.translator.release?.(xl, this, value);
    });
  }
}

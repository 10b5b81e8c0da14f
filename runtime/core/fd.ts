/**
 * fd: an open file or directory. There is no close fop: when the initiator lets go of an fd, the
 * translators that keep something with it are told by `release` or `releasedir`.
 *
 * Source: GlusterFS `libglusterfs/src/glusterfs/fd.h`.
 */
import { Ctx } from './ctx.ts';
import type { Inode } from './inode.ts';
import type { Child } from './xlator.ts';

let lastId = 0;

/** The serial number of the newest: an fd with a greater one will have been opened after now. */
export const newestFdId = (): number => lastId;

export class Fd extends Ctx {
  /** Serial number in this process; never 0. */
  readonly id: number;
  inode: Inode;
  /** What open was called with (`O_*`). */
  readonly flags: number;
  readonly pid: number;
  readonly isDir: boolean;
  /** The file as a program has it open: this one, or the one that it stands in for during a request. */
  readonly origin: Fd;
  /** Where requests for it go: the top of the graph, and of the one that it was opened in. */
  links: Child;
  /** The last use is over. */
  released = false;
  private holds = 0;
  private isLeft = false;

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
   * The file that was created was there, and is known as another inode: from now on it is open as that one,
   * and shares what translators keep with it with all others who have it open.
   *
   * Source: GlusterFS `xlators/mount/fuse/src/fuse-bridge.c`, fuse_create_cbk.
   */
  moveTo(inode: Inode): void {
    const made = this.inode;
    if (made === inode) return;
    this.inode = inode;
    inode.table.holdForFd(inode);
    made.table.dropForFd(made);
    if (!made.linked) made.forgetCtx();
  }

  /**
   * For a request that uses what another has opened: until `drop`, it stays open. (The kernel sees
   * to that for its own only, and a brick would not know the fd any more.)
   */
  hold(): void {
    this.holds += 1;
  }

  drop(): void {
    this.holds -= 1;
    if (this.isLeft) this.release();
  }

  /** The last use is over, apart from those that hold it. Further calls do nothing. */
  release(): void {
    if (this.holds > 0) {
      this.isLeft = true;
      return;
    }
    if (this.released) return;
    this.released = true;
    this.forgetCtx();
    this.inode.table.dropForFd(this.inode);
  }

  /** Tells the translators that keep something here, for the last time. */
  forgetCtx(): void {
    this.endCtx(this.inode.table.xlators, (xl, value) => {
      if (this.isDir) xl.translator.releasedir?.(xl, this, value);
      else xl.translator.release?.(xl, this, value);
    });
  }
}

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

export class Fd extends Ctx {
  /** Serial number in this process; never 0. */
  readonly id: number;
  readonly inode: Inode;
  /** What open was called with (`O_*`). */
  readonly flags: number;
  readonly pid: number;
  readonly isDir: boolean;
  /** Where requests for it go: the top of the graph, and of the one that it was opened in. */
  links: Child;
  /** The last use is over. */
  released = false;
  /** Requests under way of others than who has opened it. */
  private holds = 0;
  private isLeft = false;

  /** Holds the inode in its table until `release`. */
  constructor(inode: Inode, flags: number, pid: number, isDir = false) {
    super();
    lastId += 1;
    this.id = lastId;
    this.inode = inode;
    this.flags = flags;
    this.pid = pid;
    this.isDir = isDir;
    this.links = inode.table.links;
    inode.table.holdForFd(inode);
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

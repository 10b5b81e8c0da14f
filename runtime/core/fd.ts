/**
 * fd: an open file or directory. There is no close fop: when the initiator lets go of an fd, the
 * translators that keep something with it are told by `release` or `releasedir`.
 *
 * Source: GlusterFS `libglusterfs/src/glusterfs/fd.h`.
 */
import type { Inode } from './inode.ts';
import type { Xlator } from './xlator.ts';

let lastId = 0;

export class Fd {
  /** Serial number in this process; never 0. */
  readonly id: number;
  readonly inode: Inode;
  /** What open was called with (`O_*`). */
  readonly flags: number;
  readonly pid: number;
  readonly isDir: boolean;
  private ctx: unknown[] | null = null;
  private released = false;

  /** Holds the inode in its table until `release`. */
  constructor(inode: Inode, flags: number, pid: number, isDir = false) {
    lastId += 1;
    this.id = lastId;
    this.inode = inode;
    this.flags = flags;
    this.pid = pid;
    this.isDir = isDir;
    inode.table.holdForFd(inode);
  }

  /** What `xl` keeps with this fd; undefined when nothing. */
  ctxGet(xl: Xlator<unknown>): unknown {
    return this.ctx === null ? undefined : this.ctx[xl.id];
  }

  /** A translator that has set something, and only such a one, is told of the release. */
  ctxSet(xl: Xlator<unknown>, value: unknown): void {
    this.ctx ??= [];
    this.ctx[xl.id] = value;
  }

  /** Takes back what `xl` keeps; it is then not told of the release. */
  ctxDel(xl: Xlator<unknown>): unknown {
    const value = this.ctxGet(xl);
    if (this.ctx !== null) this.ctx[xl.id] = undefined;
    return value;
  }

  /** The last use is over. Further calls do nothing. */
  release(): void {
    if (this.released) return;
    this.released = true;
    const { table } = this.inode;
    this.ctx?.forEach((value, id) => {
      const xl = value === undefined ? undefined : table.xlators[id];
      if (xl === undefined) return;
      if (this.isDir) xl.translator.releasedir?.(xl, this, value);
      else xl.translator.release?.(xl, this, value);
    });
    this.ctx = null;
    table.dropForFd(this.inode);
  }
}

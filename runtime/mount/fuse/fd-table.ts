/** The open files and directories of a mount, by the handle (`fh`) that the kernel knows. */
import type { Fd } from '../../core/fd.ts';
import type { Inode } from '../../core/inode.ts';

const O_ACCMODE = 3;

export class FdTable {
  private readonly byHandle = new Map<number, Fd>();
  /** Open files (not directories) of an inode, in the order they were opened. */
  private readonly byInode = new Map<Inode, Fd[]>();

  private readonly onRelease: (fd: Fd) => void;

  /** @param onRelease told of each fd that the kernel let go of, before its translators are */
  constructor(onRelease: (fd: Fd) => void) {
    this.onRelease = onRelease;
  }

  get size(): number {
    return this.byHandle.size;
  }

  /** Makes the fd reachable by its `id`, which is the handle. */
  add(fd: Fd): void {
    this.byHandle.set(fd.id, fd);
    if (fd.isDir) return;
    const others = this.byInode.get(fd.inode);
    if (others === undefined) this.byInode.set(fd.inode, [fd]);
    else others.push(fd);
  }

  get(handle: number): Fd | undefined {
    return this.byHandle.get(handle);
  }

  /** Some open file of the inode: the way to one that has no name any more. */
  anyOf(inode: Inode): Fd | undefined {
    return inode.fdCount === 0 ? undefined : this.byInode.get(inode)?.[0];
  }

  /** Whether a file is open to be written to, by anybody. */
  isWritable(inode: Inode): boolean {
    const all = inode.fdCount === 0 ? undefined : this.byInode.get(inode);
    return all?.some(({ flags }) => (flags & O_ACCMODE) !== 0) === true;
  }

  release(handle: number): void {
    const fd = this.byHandle.get(handle);
    if (fd === undefined) return;
    this.byHandle.delete(handle);
    const others = this.byInode.get(fd.inode)?.filter((other) => other !== fd) ?? [];
    if (others.length > 0) this.byInode.set(fd.inode, others);
    else this.byInode.delete(fd.inode);
    this.onRelease(fd);
    letGo(fd);
  }

  /** The mount has ended: nobody will release what is still open. */
  clear(): void {
    const open = [...this.byHandle.values()];
    this.byHandle.clear();
    this.byInode.clear();
    for (const fd of open) letGo(fd);
  }
}

/** Ends an fd, and its inode with it when that never came into the table. */
export function letGo(fd: Fd): void {
  fd.release();
  if (!fd.inode.linked) fd.inode.forgetCtx();
}

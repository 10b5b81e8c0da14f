/** The open files and directories of a client, by the handle that it knows: the fd's `id`. */
import type { Fd } from './fd.ts';
import type { Inode } from './inode.ts';
import { O_ACCMODE } from './open-flags.ts';

export class FdTable {
  private readonly byHandle = new Map<number, Fd>();
  /** Open files (not directories) of an inode, in the order they were opened. */
  private readonly byInode = new Map<Inode, Fd[]>();

  /** Told of each fd that the client lets go of, before its translators are. */
  onRelease: (fd: Fd) => void = () => {};
  private closed = false;

  get size(): number {
    return this.byHandle.size;
  }

  [Symbol.iterator](): Iterator<Fd> {
    return this.byHandle.values();
  }

  /** Makes the fd reachable. After `clear` it is let go of at once: nobody else would do it. */
  add(fd: Fd): void {
    if (this.closed) {
      letGo(fd);
      return;
    }
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
    const fd = this.remove(handle);
    if (fd !== undefined) letGo(fd);
  }

  /** The handle is nobody's any more; the fd is the caller's to let go of. */
  remove(handle: number): Fd | undefined {
    const fd = this.byHandle.get(handle);
    if (fd === undefined) return undefined;
    this.byHandle.delete(handle);
    const others = this.byInode.get(fd.inode)?.filter((other) => other !== fd) ?? [];
    if (others.length > 0) this.byInode.set(fd.inode, others);
    else this.byInode.delete(fd.inode);
    this.onRelease(fd);
    return fd;
  }

  /** The client is gone: nobody will release what is still open. */
  clear(): void {
    this.closed = true;
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

/** Holds the open files and directories of a client, by handle: the fd's `id`. */

import type { Inode } from './inode.ts';
import { O_ACCMODE } from './open-flags.ts';
import type { Fd } from './operands.ts';

/** The open files and directories of one client. */
export class FdTable {
  private readonly byHandle = new Map<number, Fd>();
  /** Open files (not directories) by inode, in order of opening. */
  private readonly byInode = new Map<Inode, Set<Fd>>();

  /** Called for each fd that the client releases, before its translators; not by `clear`, as the client has gone. */
  onRelease: (fd: Fd) => void = () => {};
  private isClosed = false;

  get size(): number {
    return this.byHandle.size;
  }

  [Symbol.iterator](): Iterator<Fd> {
    return this.byHandle.values();
  }

  /** Adds an open fd. After `clear` the fd is closed at once, as the client can no longer release it. */
  add(fd: Fd): void {
    if (this.isClosed) {
      closeFd(fd);
      return;
    }
    this.byHandle.set(fd.id, fd);
    if (fd.isDir) return;
    const fds = this.byInode.get(fd.inode);
    if (fds === undefined) this.byInode.set(fd.inode, new Set([fd]));
    else fds.add(fd);
  }

  /** Finds the fd of a handle. */
  get(handle: number): Fd | undefined {
    return this.byHandle.get(handle);
  }

  /** Finds an open file of the inode, by which a request reaches an inode without a name. */
  findOpenFile(inode: Inode): Fd | undefined {
    return inode.fdCount === 0 ? undefined : this.byInode.get(inode)?.values().next().value;
  }

  /** Whether the client has the inode open for writing. */
  isOpenForWriting(inode: Inode): boolean {
    const fds = inode.fdCount === 0 ? undefined : this.byInode.get(inode);
    for (const { flags } of fds ?? []) if ((flags & O_ACCMODE) !== 0) return true;
    return false;
  }

  /** Removes a handle and closes its fd. Ignores an unknown handle. */
  release(handle: number): void {
    const fd = this.remove(handle);
    if (fd !== undefined) closeFd(fd);
  }

  /** Removes a handle. Returns its fd, which the caller must close (`closeFd`); undefined for an unknown handle. */
  remove(handle: number): Fd | undefined {
    const fd = this.byHandle.get(handle);
    if (fd === undefined) return undefined;
    this.byHandle.delete(handle);
    const fds = this.byInode.get(fd.inode);
    if (fds?.delete(fd) && fds.size === 0) this.byInode.delete(fd.inode);
    this.onRelease(fd);
    return fd;
  }

  /** Closes all fds, because the client has disconnected. */
  clear(): void {
    this.isClosed = true;
    const openFds = [...this.byHandle.values()];
    this.byHandle.clear();
    this.byInode.clear();
    for (const fd of openFds) closeFd(fd);
  }
}

/** Releases an fd, and forgets its inode if that was never linked. */
export function closeFd(fd: Fd): void {
  fd.release();
  if (!fd.inode.linked) fd.inode.forgetCtx();
}

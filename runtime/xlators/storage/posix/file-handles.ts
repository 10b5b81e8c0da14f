/**
 * Reads and opens the kernel's file handles, by which an inode can be reopened without a name, even after renames
 * by other programs on the disk. They are kept in memory only; on disk the gfid identifies the inode.
 *
 * Sources: open_by_handle_at(2); `include/linux/exportfs.h` for the size.
 */
import { constants } from 'node:fs';
import { AT_EMPTY_PATH, O_CLOEXEC, O_PATH } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { EMPTY_PATH, makeProcPath } from './paths.ts';

/** Bytes of the length and the type in `struct file_handle`; at most MAX_HANDLE_BYTES bytes follow. */
const HEADER_BYTES = 8;
const MAX_HANDLE_BYTES = 128;
const OPEN_ROOT_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC;
const OPEN_HANDLE_FLAGS = O_PATH | constants.O_NOFOLLOW | O_CLOEXEC;

/** The file handles of one file system. */
export class FileHandles {
  private readonly mountFd: number;
  /** Memory for a `struct file_handle`: first the length of the handle, then its type. */
  private readonly memory = new Uint32Array((HEADER_BYTES + MAX_HANDLE_BYTES) / 4);
  private readonly bytes = new Uint8Array(this.memory.buffer);
  /** The kernel's second result, which is not used. */
  private readonly mountId = new Uint8Array(4);

  /** @param mountFd a descriptor without O_PATH on the file system, which `close` closes */
  constructor(mountFd: number) {
    this.mountFd = mountFd;
  }

  close(): void {
    libc.close(this.mountFd);
  }

  /** Returns the file handle of an fd's inode; null if the inode has no file handle. */
  readHandle(fd: number): Uint8Array | null {
    this.memory[0] = MAX_HANDLE_BYTES;
    const result = libc.nameToHandleAt(fd, EMPTY_PATH, this.bytes, this.mountId, AT_EMPTY_PATH);
    return result < 0 ? null : this.bytes.slice(0, HEADER_BYTES + this.memory[0]);
  }

  /**
   * Opens the inode of a file handle; returns an O_PATH descriptor, or minus the errno. The caller must compare the
   * inode: it may differ if another file system is mounted inside the directory.
   */
  openByHandle(handle: Uint8Array): number {
    return libc.openByHandleAt(this.mountFd, handle, OPEN_HANDLE_FLAGS);
  }
}

/**
 * Tries file handles on the root; returns null if this process may not open them, or if the file system has no such
 * handles.
 */
export function openFileHandles(rootFd: number): FileHandles | null {
  const mountFd = libc.open(makeProcPath(rootFd), OPEN_ROOT_FLAGS, 0);
  if (mountFd < 0) return null;
  const handles = new FileHandles(mountFd);
  const rootHandle = handles.readHandle(rootFd);
  const fd = rootHandle === null ? -1 : handles.openByHandle(rootHandle);
  if (fd >= 0) {
    libc.close(fd);
    return handles;
  }
  handles.close();
  return null;
}

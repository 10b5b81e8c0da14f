/**
 * The kernel's file handles: an inode whose descriptor was closed is opened again without a name, so
 * that renames behind the volume do no harm. They last as long as the inode, also over restarts of
 * the machine, but are kept in memory only: on disk it is the gfid that counts.
 *
 * Sources: open_by_handle_at(2); `include/linux/exportfs.h` for the size.
 */
import { constants } from 'node:fs';
import { AT_EMPTY_PATH, O_CLOEXEC, O_PATH } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { EMPTY, procPath } from './paths.ts';

/** struct file_handle: the length of what follows, its type, and at most so many bytes. */
const HEADER_SIZE = 8;
const MAX_HANDLE_SIZE = 128;
const OPEN_ROOT = constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC;
const OPEN_HANDLE = O_PATH | constants.O_NOFOLLOW | O_CLOEXEC;

export class FileHandles {
  private readonly mount: number;
  private readonly memory = new Uint32Array((HEADER_SIZE + MAX_HANDLE_SIZE) / 4);
  private readonly bytes = new Uint8Array(this.memory.buffer);
  private readonly mountId = new Uint8Array(4);

  /** Takes over `mount`, a descriptor that is not of O_PATH. */
  constructor(mount: number) {
    this.mount = mount;
  }

  close(): void {
    libc.close(this.mount);
  }

  /** The file handle of what `fd` is open on; null when it has none. */
  of(fd: number): Uint8Array | null {
    this.memory[0] = MAX_HANDLE_SIZE;
    const found = libc.nameToHandleAt(fd, EMPTY, this.bytes, this.mountId, AT_EMPTY_PATH);
    return found < 0 ? null : this.bytes.slice(0, HEADER_SIZE + this.memory[0]);
  }

  /**
   * An O_PATH descriptor, or minus the errno. Where another file system is mounted in the brick it
   * may be of another inode: compare.
   */
  open(handle: Uint8Array): number {
    return libc.openByHandleAt(this.mount, handle, OPEN_HANDLE);
  }
}

/** Null when this process may not open by file handle, or the file system has none. */
export function openFileHandles(rootFd: number): FileHandles | null {
  const mount = libc.open(procPath(rootFd), OPEN_ROOT, 0);
  if (mount < 0) return null;
  const handles = new FileHandles(mount);
  const root = handles.of(rootFd);
  const fd = root === null ? -1 : handles.open(root);
  if (fd >= 0) {
    libc.close(fd);
    return handles;
  }
  handles.close();
  return null;
}

/**
 * Files that were removed behind the volume, from the directory itself. A handle keeps the inode, and with
 * it what the file takes on the disk, for as long as the kernel of the mount knows it, and that may
 * be for ever where nobody looks its name up again. So some handles are looked at every few seconds.
 * One without a link is let go of: its names are forgotten here, and the kernel is told to forget
 * them (UPCALL).
 *
 * Where inodes have gfid handles, such a file still has that link, as in GlusterFS: whoever works on
 * such a brick itself removes both.
 */
import { IA_IFREG } from '../../../core/iatt.ts';
import { invalidateRemoved } from '../../../core/upcall.ts';
import { AT_EMPTY_PATH, AT_STATX_DONT_SYNC } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import type { Brick } from './brick.ts';
import { type Handle, STATX_MASK } from './handles.ts';
import { EMPTY } from './paths.ts';
import { iattOfHandle } from './resolve.ts';

/** Handles that are looked at in one go: about a millisecond. */
const SLICE = 1024;
/** What is known is enough: a disk of the network is not asked. */
const FLAGS = AT_EMPTY_PATH | AT_STATX_DONT_SYNC;

export class Removed {
  private readonly brick: Brick;
  private round: Iterator<Handle> | null = null;

  constructor(brick: Brick) {
    this.brick = brick;
  }

  /** Looks at the next handles, or at the first again. */
  look(): void {
    const { handles, root, st } = this.brick;
    this.round ??= handles.allOpen();
    for (let seen = 0; seen < SLICE; seen++) {
      const { value: handle, done } = this.round.next();
      if (done) {
        this.round = null;
        return;
      }
      if (handle === root || handle.unnamed) continue;
      const isSeen = libc.statx(handle.fd, EMPTY, FLAGS, STATX_MASK, st.bytes) === 0;
      if (isSeen && st.nlink === 0) this.letGo(handle);
    }
  }

  private letGo(handle: Handle): void {
    const { handles, xl } = this.brick;
    const inode = xl.inodes?.find(handle.gfid);
    if (inode === undefined) {
      handles.drop(handle);
      return;
    }
    handle.unnamed = true;
    // Whoever has it open keeps it.
    if (handle.type === IA_IFREG && handle.files === null && inode.fdCount === 0) {
      handles.leave(handle, iattOfHandle(this.brick, handle));
    }
    for (const { parent, name } of [...inode.names]) {
      inode.table.unlink(parent, name);
      invalidateRemoved(xl, parent, name, inode);
    }
  }
}

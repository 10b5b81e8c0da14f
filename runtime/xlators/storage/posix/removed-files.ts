/**
 * Finds files that were removed behind the volume. A handle keeps such a file's space for as long as the
 * mount's kernel knows the inode, perhaps for ever. So some handles are checked every few seconds: for one
 * without a link, the names are dropped here and invalidated in the kernel (UPCALL).
 *
 * With gfid handles such a file still has that link, as in GlusterFS; it must be removed, too.
 */
import { IA_IFREG } from '../../../core/iatt.ts';
import { invalidateRemoved } from '../../../core/upcall.ts';
import { AT_EMPTY_PATH, AT_STATX_DONT_SYNC } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { type Handle, STATX_MASK } from './handles.ts';
import { EMPTY } from './paths.ts';
import { iattOfHandle } from './resolve.ts';
import type { Store } from './store.ts';

/** Handles checked per turn: about a millisecond. */
const SLICE = 1024;
/** Cached attributes suffice: a network file system sends no request. */
const FLAGS = AT_EMPTY_PATH | AT_STATX_DONT_SYNC;

export class RemovedFiles {
  private readonly store: Store;
  private round: Iterator<Handle> | null = null;

  constructor(store: Store) {
    this.store = store;
  }

  /** Checks the next handles, starting over after the last. */
  scan(): void {
    const { handles, root, st } = this.store;
    this.round ??= handles.allOpen();
    for (let seen = 0; seen < SLICE; seen++) {
      const { value: handle, done } = this.round.next();
      if (done) {
        this.round = null;
        return;
      }
      if (handle === root || handle.unnamed) continue;
      const isSeen = libc.statx(handle.fd, EMPTY, FLAGS, STATX_MASK, st.bytes) === 0;
      if (isSeen && st.nlink === 0) this.forget(handle);
    }
  }

  private forget(handle: Handle): void {
    const { handles, xl } = this.store;
    const inode = xl.inodes?.find(handle.gfid);
    if (inode === undefined) {
      handles.drop(handle);
      return;
    }
    handle.unnamed = true;
    // Open files keep the inode.
    if (handle.type === IA_IFREG && handle.files === null && inode.fdCount === 0) {
      handles.leave(handle, iattOfHandle(this.store, handle));
    }
    for (const { parent, name } of [...inode.names]) {
      inode.table.unlink(parent, name);
      invalidateRemoved(xl, parent, name, inode);
    }
  }
}

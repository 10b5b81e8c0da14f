/** Serves a directory: the state of a volume and its fops, which a check of the volume's options does not need. */

import { invalidateRemoved } from '../../../core/upcall.ts';
import type { Xlator } from '../../../core/xlator.ts';
import { AT_EMPTY_PATH, AT_STATX_DONT_SYNC } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { attrFops } from './attr.ts';
import { dataFops, tmpfileFops } from './data.ts';
import { dirFops } from './dir.ts';
import { entryFops } from './entry.ts';
import { type InodeHandle, STATX_MASK } from './handles.ts';
import { Landfill } from './landfill.ts';
import { EMPTY_PATH } from './paths.ts';
import { closeRemoved } from './removal.ts';
import { spaceFops } from './space.ts';
import { computeDefaultHandleLimit, Store, type StoreParts, type StoreSettings } from './store.ts';
import { xattrFops } from './xattr.ts';

/** Handles checked per scan, which takes about a millisecond. */
const HANDLES_PER_SCAN = 1024;
/** A network file system may return cached attributes, so that the scan sends no requests. */
const STATX_FLAGS = AT_EMPTY_PATH | AT_STATX_DONT_SYNC;

/**
 * Finds files that other programs have removed from the brick's directory. An open handle keeps such a file's space
 * while the mount's kernel knows its inode. So `health.ts` calls `scan` after each check: it checks some handles,
 * drops the names of files without links, and invalidates them in the kernel (UPCALL).
 *
 * With gfid handles, the link in `.glusterfs` keeps the file, as in GlusterFS: it is found only after that link is
 * removed, too.
 */
class RemovedFileScanner {
  private readonly store: Store;
  /** The position in the current round over all open handles; null before a round. */
  private nextHandles: Iterator<InodeHandle> | null = null;

  constructor(store: Store) {
    this.store = store;
  }

  /** Checks the next handles, starting over after the last. */
  scan(): void {
    const { handles, root, st } = this.store;
    this.nextHandles ??= handles.iterateOpenHandles();
    for (let count = 0; count < HANDLES_PER_SCAN; count++) {
      const { value: handle, done: isEnd } = this.nextHandles.next();
      if (isEnd) {
        this.nextHandles = null;
        return;
      }
      if (handle === root || handle.isUnnamed) continue;
      const hasStat = libc.statx(handle.fd, EMPTY_PATH, STATX_FLAGS, STATX_MASK, st.bytes) === 0;
      if (hasStat && st.nlink === 0) this.dropNames(handle);
    }
  }

  /** Drops the names of a file without links, and invalidates them in the kernel. */
  private dropNames(handle: InodeHandle): void {
    const { handles, xl } = this.store;
    const inode = xl.inodes?.find(handle.gfid);
    if (inode === undefined) {
      handles.drop(handle);
      return;
    }
    handle.isUnnamed = true;
    // A file that is open keeps its handle.
    if (inode.fdCount === 0) closeRemoved(this.store, handle);
    for (const { parent, name } of [...inode.names]) {
      inode.table.unlink(parent, name);
      invalidateRemoved(xl, parent, name, inode);
    }
  }
}

const parts: StoreParts = {
  fops: {
    ...entryFops,
    ...tmpfileFops,
    ...attrFops,
    ...dataFops,
    ...spaceFops,
    ...dirFops,
    ...xattrFops,
  },
  makeLandfill: (store, gfidHandles) => new Landfill(store, gfidHandles),
  closeRemoved,
};

/** Starts to serve the directory. Without `handleLimit`, half of the process's limit of descriptors holds. */
export function openStore(
  xl: Xlator<Store>,
  settings: Omit<StoreSettings, 'handleLimit'> & { readonly handleLimit: number | undefined },
): Store {
  const handleLimit = settings.handleLimit ?? computeDefaultHandleLimit();
  const store = new Store(xl, { ...settings, handleLimit }, parts);
  const removedFiles = new RemovedFileScanner(store);
  store.health.onFound = () => removedFiles.scan();
  return store;
}

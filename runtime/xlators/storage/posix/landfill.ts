/**
 * Removes directories with all their entries; cluster/replicate requests this by a flag of rmdir. A directory is moved
 * to `.glusterfs/landfill` at once, and a timer empties it there, a little at a time. The gfid handles of moved
 * directories are invalid from then on; files keep theirs until they are removed (docs/how-it-works/mechanisms.md).
 *
 * Source: GlusterFS `posix-entry-ops.c` (posix_rmdir), `posix-helpers.c` (janitor_walker).
 */
import { constants } from 'node:fs';
import { decodeName } from '../../../core/bytes.ts';
import { newGfid } from '../../../core/context.ts';
import { EEXIST, ENOENT, ENOTEMPTY, EROFS, EXDEV } from '../../../core/errno.ts';
import { type Gfid, NULL_GFID } from '../../../core/gfid.ts';
import { IA_IFDIR, typeOfMode } from '../../../core/iatt.ts';
import { messages } from '../../../core/messages.ts';
import { AT_REMOVEDIR, O_CLOEXEC, O_PATH, SEEK_SET } from '../../../sys/constants.ts';
import type { Path } from '../../../sys/libc.ts';
import * as libc from '../../../sys/libc.ts';
import { toCString } from '../../../sys/struct.ts';
import type { GfidHandles, NamedEntry } from './gfid-handles.ts';
import { openEntryHandle } from './handle-search.ts';
import { type Directory, InodeHandle, statAt } from './handles.ts';
import { EMPTY_PATH, makeProcEntryPath, SELF_PATH } from './paths.ts';
import { noteLostName } from './removal.ts';
import type { DirectoryRemover, Store } from './store.ts';

/** Name of the landfill's folder in `.glusterfs`. */
const LANDFILL_NAME = toCString('landfill');
/** Bytes of directory entries (about a hundred) that one run of the timer removes. */
const SLICE_BYTES = 4096;
/** Pause between two runs, so that other requests are served. */
const PAUSE_MS = 20;
const OPEN_LISTING_FLAGS =
  constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | O_CLOEXEC;
const OPEN_ANY_FLAGS = O_PATH | constants.O_NOFOLLOW | O_CLOEXEC;

/** The directory in the landfill that is being emptied. */
interface DirectoryToEmpty {
  readonly fd: number;
  /** The directory's gfid; NULL_GFID without one. */
  readonly gfid: Gfid;
  readonly name: string;
  /** Whether an entry was removed since the listing began. */
  hasShrunk: boolean;
}

/** The landfill of one store. */
export class Landfill implements DirectoryRemover {
  private readonly store: Store;
  private readonly gfidHandles: GfidHandles;
  /** Descriptor of the landfill's folder; -1 if it is not open. */
  private fd: number;
  /** The directory that the timer empties; null if it has to open the next one. */
  private directoryToEmpty: DirectoryToEmpty | null = null;
  /** Names in the landfill that could not be removed; the next attempt follows a restart of the brick. */
  private readonly unremovable = new Set<string>();
  private cancelTimer: (() => void) | null = null;

  constructor(store: Store, gfidHandles: GfidHandles) {
    this.store = store;
    this.gfidHandles = gfidHandles;
    this.fd = gfidHandles.openPrivateFolder(LANDFILL_NAME, false);
    if (this.fd >= 0) this.schedule();
  }

  /** Stops the timer, and closes all descriptors. */
  close(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
    if (this.directoryToEmpty !== null) libc.close(this.directoryToEmpty.fd);
    if (this.fd >= 0) libc.close(this.fd);
    this.directoryToEmpty = null;
    this.fd = -1;
  }

  /** Moves a directory with all its entries into the landfill; returns 0, or minus the errno. */
  removeWithEntries(dir: Directory, path: Path, gfid: Gfid): number {
    let result = this.moveToLandfill(dir.fd, path, gfid);
    if (result === -ENOENT && this.fd >= 0) {
      // ENOENT: the landfill's folder was removed, and is created again.
      this.close();
      result = this.moveToLandfill(dir.fd, path, gfid);
    }
    if (result < 0) return result;
    // The handles of directories below the moved one are stale now.
    this.store.handles.dropDirectories(dir);
    this.schedule();
    return 0;
  }

  /** Moves `path` in a directory to the landfill, where its name is the gfid; returns 0, or minus the errno. */
  private moveToLandfill(dir: number, path: Path, gfid: Gfid): number {
    if (this.fd < 0) this.fd = this.gfidHandles.openPrivateFolder(LANDFILL_NAME, true);
    if (this.fd < 0) return this.fd;
    let result = libc.renameat2(dir, path, this.fd, toCString(gfid), 0);
    // A directory of the same gfid is still in the landfill: this one gets another name.
    if (result === -ENOTEMPTY || result === -EEXIST) {
      const otherGfid = newGfid(this.store.xl.context);
      result = libc.renameat2(dir, path, this.fd, toCString(otherGfid), 0);
    }
    return result;
  }

  /** Lets the timer empty the landfill a little at a time, until it is empty. */
  private schedule(): void {
    this.cancelTimer ??= this.store.xl.context.after(PAUSE_MS, () => {
      this.cancelTimer = null;
      const { directoryToEmpty: current } = this;
      if (current === null ? this.openNext() : this.removeSlice(current)) this.schedule();
    });
  }

  /** Opens the next directory of the landfill as `directoryToEmpty`; returns false if the landfill is empty. */
  private openNext(): boolean {
    const { dirents } = this.store;
    const listingFd = libc.openat(this.fd, SELF_PATH, OPEN_LISTING_FLAGS, 0);
    if (listingFd < 0) return false;
    while (this.directoryToEmpty === null) {
      const filledBytes = libc.getdents64(listingFd, dirents.bytes, SLICE_BYTES);
      if (filledBytes <= 0) break;
      dirents.start(filledBytes);
      while (this.directoryToEmpty === null && dirents.next()) {
        const name = decodeName(dirents.bytes, dirents.nameStart, dirents.nameEnd);
        if (name !== '.' && name !== '..' && !this.unremovable.has(name))
          this.directoryToEmpty = this.openDirectory(name);
      }
    }
    libc.close(listingFd);
    return this.directoryToEmpty !== null;
  }

  /** Opens a directory of the landfill; null, after a log line, for a mount point or if it cannot be opened. */
  private openDirectory(name: string): DirectoryToEmpty | null {
    const { store } = this;
    const fd = libc.openat(this.fd, toCString(name), OPEN_LISTING_FLAGS, 0);
    if (fd < 0) {
      this.noteUnremovable(name, -fd);
      return null;
    }
    if (statAt(store, fd, EMPTY_PATH) === 0 && !store.st.isMountRoot) {
      return { fd, gfid: store.gfids.readByFd(fd) ?? NULL_GFID, name, hasShrunk: false };
    }
    libc.close(fd);
    this.noteUnremovable(name, EXDEV);
    return null;
  }

  /**
   * Removes some entries of the directory, and at its end the directory. Always returns true: only the next run finds
   * out whether the landfill is empty.
   */
  private removeSlice(current: DirectoryToEmpty): boolean {
    const { dirents } = this.store;
    const filledBytes = libc.getdents64(current.fd, dirents.bytes, SLICE_BYTES);
    if (filledBytes > 0) {
      dirents.start(filledBytes);
      while (dirents.next()) {
        const path = dirents.bytes.subarray(dirents.nameStart, dirents.nameEnd + 1);
        const name = decodeName(path, 0, path.length - 1);
        if (name !== '.' && name !== '..' && this.removeEntry(current, path))
          current.hasShrunk = true;
      }
      return true;
    }
    const result = libc.unlinkat(this.fd, toCString(current.name), AT_REMOVEDIR);
    if (result < 0 && current.hasShrunk) {
      // Some file systems skip entries when names are removed during a listing.
      current.hasShrunk = false;
      libc.lseek(current.fd, 0, SEEK_SET);
      return true;
    }
    if (result < 0 && result !== -ENOENT) this.noteUnremovable(current.name, -result);
    libc.close(current.fd);
    this.directoryToEmpty = null;
    return true;
  }

  /** Excludes a name from further attempts, and logs it; on a read-only disk, no line is logged. */
  private noteUnremovable(name: string, errno: number): void {
    this.unremovable.add(name);
    if (errno === EROFS) return;
    const { directory, xl } = this.store;
    xl.log.warning(`'${directory}/.glusterfs/landfill/${name}' cannot be removed`, {
      errno,
      msgid: messages.landfillNotEmptied.id,
    });
  }

  /** Removes a file, or moves a directory to the landfill to be emptied later; returns whether it did. */
  private removeEntry(current: DirectoryToEmpty, path: Path): boolean {
    const { store, gfidHandles } = this;
    if (statAt(store, current.fd, path) !== 0) return false;
    const entry = { parent: current.gfid, name: path };
    if (typeOfMode(store.st.mode) !== IA_IFDIR) return this.removeFile(current, entry);
    const gfid = store.gfids.readByPath(makeProcEntryPath(current.fd, path, 0));
    if (this.moveToLandfill(current.fd, path, gfid ?? NULL_GFID) < 0) return false;
    if (gfid !== null) gfidHandles.removeStaleGfidHandle(gfid, entry);
    return true;
  }

  /** Removes a name of a file, and updates its gfid handle and recorded names; returns whether it did. */
  private removeFile(
    current: DirectoryToEmpty,
    entry: NamedEntry & { readonly name: Path },
  ): boolean {
    const { store } = this;
    const { inodes } = store.xl;
    const isKnown = store.handles.findByStat(store.st) !== undefined;
    const handle = isKnown
      ? openEntryHandle(store, current, entry.name, null)
      : this.openUnusedInode(current, entry.name);
    if (typeof handle === 'number' || inodes === null) return false;
    const { fd } = handle;
    // More than two links: the file has another name besides this one and its gfid handle.
    const hasReturned =
      store.recordsNames && store.st.nlink > 2 && this.hasNameReturned(entry, handle);
    const hasDroppedHandle = store.dropHandleOfLastName(handle);
    const result = libc.unlinkat(current.fd, entry.name, 0);
    if (result < 0 && hasDroppedHandle) store.createGfidHandle(handle, fd, entry, true);
    // The record stays right if the parent exists again, and has this name for the same file.
    if (result >= 0 && !hasReturned) noteLostName(store, handle, entry, inodes);
    if (!isKnown) libc.close(fd);
    return result >= 0;
  }

  /** Opens a temporary handle of an inode that no client uses; the caller closes its descriptor. */
  private openUnusedInode(current: DirectoryToEmpty, path: Path): InodeHandle | number {
    const { store, gfidHandles } = this;
    const fd = libc.openat(current.fd, path, OPEN_ANY_FLAGS, 0);
    if (fd < 0) return -fd;
    const fault = statAt(store, fd, EMPTY_PATH);
    if (fault !== 0) {
      libc.close(fd);
      return fault;
    }
    const handle = new InodeHandle(store.gfids.readByFd(fd) ?? NULL_GFID, store.st);
    handle.fd = fd;
    handle.hasGfidHandle = handle.gfid !== NULL_GFID && gfidHandles.leadsTo(handle);
    return handle;
  }

  /** Whether a directory of the parent's gfid exists again, with the same file under this name. */
  private hasNameReturned(
    { parent, name }: NamedEntry & { readonly name: Path },
    handle: InodeHandle,
  ): boolean {
    const dir = this.gfidHandles.openInode(parent);
    if (dir < 0) return false;
    const hasReturned = statAt(this.store, dir, name) === 0 && handle.matches(this.store.st);
    libc.close(dir);
    // Restores `store.st`, which must describe the file.
    statAt(this.store, handle.fd, EMPTY_PATH);
    return hasReturned;
  }
}

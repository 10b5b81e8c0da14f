/**
 * Removes directories with all their entries, which replicate requests by a flag of rmdir. A directory is moved to
 * `.glusterfs/landfill` at once, and emptied there a little at a time. The gfid handles of moved directories are invalid
 * from then on; files keep theirs until they are removed (docs/how-it-works/mechanisms.md).
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
import type { Path } from '../../../sys/call.ts';
import { AT_REMOVEDIR, O_CLOEXEC, O_PATH, SEEK_SET } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { toCString } from '../../../sys/struct.ts';
import type { GfidHandles, NamedEntry } from './gfid-handles.ts';
import { openEntryHandle } from './handle-search.ts';
import { type Directory, Handle, statAt } from './handles.ts';
import { EMPTY_PATH, makeProcEntryPath, SELF_PATH } from './paths.ts';
import { noteLostName } from './removal.ts';
import type { DirectoryRemover, Store } from './store.ts';

const LANDFILL = toCString('landfill');
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

export class Landfill implements DirectoryRemover {
  private readonly store: Store;
  private readonly gfidHandles: GfidHandles;
  /** Descriptor of the landfill's folder; -1 if it is not open. */
  private fd: number;
  private current: DirectoryToEmpty | null = null;
  /** Names in the landfill that could not be removed; the next attempt follows a restart of the brick. */
  private readonly unremovable = new Set<string>();
  private cancelTimer: (() => void) | null = null;

  constructor(store: Store, gfidHandles: GfidHandles) {
    this.store = store;
    this.gfidHandles = gfidHandles;
    this.fd = gfidHandles.openFolder(LANDFILL, false);
    if (this.fd >= 0) this.schedule();
  }

  close(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
    if (this.current !== null) libc.close(this.current.fd);
    if (this.fd >= 0) libc.close(this.fd);
    this.current = null;
    this.fd = -1;
  }

  /** Moves a directory with all its entries into the landfill; returns 0, or minus the errno. */
  removeWhole(dir: Directory, path: Path, gfid: Gfid): number {
    let result = this.moveToLandfill(dir.fd, path, gfid);
    if (result === -ENOENT && this.fd >= 0) {
      // ENOENT: the landfill's folder was removed, and is created again.
      this.close();
      result = this.moveToLandfill(dir.fd, path, gfid);
    }
    if (result < 0) return result;
    this.store.handles.dropDirectories(dir);
    this.schedule();
    return 0;
  }

  private moveToLandfill(dir: number, path: Path, gfid: Gfid): number {
    if (this.fd < 0) this.fd = this.gfidHandles.openFolder(LANDFILL, true);
    if (this.fd < 0) return this.fd;
    let result = libc.renameat2(dir, path, this.fd, toCString(gfid), 0);
    // A directory of the same gfid is still in the landfill.
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
      const { current } = this;
      if (current === null ? this.openNext() : this.removeSome(current)) this.schedule();
    });
  }

  /** Opens the next directory of the landfill as `current`; returns false if the landfill is empty. */
  private openNext(): boolean {
    const { dirents } = this.store;
    const listingFd = libc.openat(this.fd, SELF_PATH, OPEN_LISTING_FLAGS, 0);
    if (listingFd < 0) return false;
    while (this.current === null) {
      const filled = libc.getdents64(listingFd, dirents.bytes, SLICE_BYTES);
      if (filled <= 0) break;
      dirents.start(filled);
      while (this.current === null && dirents.next()) {
        const name = decodeName(dirents.bytes, dirents.nameStart, dirents.nameEnd);
        if (name !== '.' && name !== '..' && !this.unremovable.has(name))
          this.current = this.openDirectory(name);
      }
    }
    libc.close(listingFd);
    return this.current !== null;
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
      return { fd, gfid: store.gfids.read(fd) ?? NULL_GFID, name, hasShrunk: false };
    }
    libc.close(fd);
    this.noteUnremovable(name, EXDEV);
    return null;
  }

  /** Removes some entries of the directory, and at its end the directory; returns true, as more may be left. */
  private removeSome(current: DirectoryToEmpty): boolean {
    const { dirents } = this.store;
    const filled = libc.getdents64(current.fd, dirents.bytes, SLICE_BYTES);
    if (filled > 0) {
      dirents.start(filled);
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
    this.current = null;
    return true;
  }

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
    const gfid = store.gfids.readPath(makeProcEntryPath(current.fd, path, 0));
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
      : this.openUnknown(current, entry.name);
    if (typeof handle === 'number' || inodes === null) return false;
    const { fd } = handle;
    // The record of a name is erased below, unless the name exists again in a directory of the same gfid.
    const isBack = store.recordsNames && store.st.nlink > 2 && this.isNameBack(entry, handle);
    const hasDroppedHandle = store.dropHandleOfLastName(handle);
    const result = libc.unlinkat(current.fd, entry.name, 0);
    if (result < 0 && hasDroppedHandle) store.createGfidHandle(handle, fd, entry, true);
    if (result >= 0 && !isBack) noteLostName(store, handle, entry, inodes);
    if (!isKnown) libc.close(fd);
    return result >= 0;
  }

  /** Opens a temporary handle of an inode that no client uses; the caller closes its descriptor. */
  private openUnknown(current: DirectoryToEmpty, path: Path): Handle | number {
    const { store, gfidHandles } = this;
    const fd = libc.openat(current.fd, path, OPEN_ANY_FLAGS, 0);
    if (fd < 0) return -fd;
    const fault = statAt(store, fd, EMPTY_PATH);
    if (fault !== 0) {
      libc.close(fd);
      return fault;
    }
    const handle = new Handle(store.gfids.read(fd) ?? NULL_GFID, store.st);
    handle.fd = fd;
    handle.hasGfidHandle = handle.gfid !== NULL_GFID && gfidHandles.leadsTo(handle);
    return handle;
  }

  /** Whether a directory of the parent's gfid exists again, with the same file under this name. */
  private isNameBack(
    { parent, name }: NamedEntry & { readonly name: Path },
    handle: Handle,
  ): boolean {
    const dir = this.gfidHandles.open(parent);
    if (dir < 0) return false;
    const isBack = statAt(this.store, dir, name) === 0 && handle.matches(this.store.st);
    libc.close(dir);
    statAt(this.store, handle.fd, EMPTY_PATH);
    return isBack;
  }
}

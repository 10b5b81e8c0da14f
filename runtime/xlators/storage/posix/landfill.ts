/**
 * Removes directories with all that is in them, as replicate asks by a flag of rmdir: moves them to
 * `.glusterfs/landfill` at once, and empties them a little at a time. Their handles lead nowhere from then on; files
 * keep theirs until they are removed (docs/how-it-works/mechanisms.md).
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
import type { EntryPlace, GfidHandles } from './gfid-handles.ts';
import { type Directory, Handle, statAt } from './handles.ts';
import { EMPTY, procEntryPath, SELF } from './paths.ts';
import { nameGone } from './removal.ts';
import { identify } from './resolve.ts';
import type { Store, WholeRemoval } from './store.ts';

const LANDFILL = toCString('landfill');
/** Bytes of names removed per turn, some hundred names, and the pause between turns. */
const SLICE = 4096;
const PAUSE_MS = 20;
const OPEN_LISTING = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | O_CLOEXEC;
const OPEN_ANY = O_PATH | constants.O_NOFOLLOW | O_CLOEXEC;

interface DoomedDirectory {
  readonly fd: number;
  /** The directory's gfid, or NULL_GFID. */
  readonly gfid: Gfid;
  readonly name: string;
  /** Whether something was removed since its listing began. */
  shrinks: boolean;
}

export class Landfill implements WholeRemoval {
  private readonly store: Store;
  private readonly links: GfidHandles;
  /** Descriptor of the landfill, or -1. */
  private fd: number;
  private heap: DoomedDirectory | null = null;
  /** Names that cannot be removed: they stay until the brick is restarted. */
  private readonly stuck = new Set<string>();
  private cancel: (() => void) | null = null;

  constructor(store: Store, links: GfidHandles) {
    this.store = store;
    this.links = links;
    this.fd = links.openFolder(LANDFILL, false);
    if (this.fd >= 0) this.schedule();
  }

  close(): void {
    this.cancel?.();
    this.cancel = null;
    if (this.heap !== null) libc.close(this.heap.fd);
    if (this.fd >= 0) libc.close(this.fd);
    this.heap = null;
    this.fd = -1;
  }

  /** Moves a directory with all its entries into the landfill; returns 0, or minus the errno. */
  take(dir: Directory, path: Path, gfid: Gfid): number {
    let result = this.move(dir.fd, path, gfid);
    if (result === -ENOENT && this.fd >= 0) {
      // The landfill's folder was removed.
      this.close();
      result = this.move(dir.fd, path, gfid);
    }
    if (result < 0) return result;
    this.store.handles.dropDirectories(dir);
    this.schedule();
    return 0;
  }

  private move(dir: number, path: Path, gfid: Gfid): number {
    if (this.fd < 0) this.fd = this.links.openFolder(LANDFILL, true);
    if (this.fd < 0) return this.fd;
    let result = libc.renameat2(dir, path, this.fd, toCString(gfid), 0);
    // A directory of the same gfid is still in the landfill.
    if (result === -ENOTEMPTY || result === -EEXIST) {
      const other = newGfid(this.store.xl.context);
      result = libc.renameat2(dir, path, this.fd, toCString(other), 0);
    }
    return result;
  }

  private schedule(): void {
    this.cancel ??= this.store.xl.context.after(PAUSE_MS, () => {
      this.cancel = null;
      const { heap } = this;
      if (heap === null ? this.begin() : this.clear(heap)) this.schedule();
    });
  }

  private begin(): boolean {
    const { dirents } = this.store;
    const listing = libc.openat(this.fd, SELF, OPEN_LISTING, 0);
    if (listing < 0) return false;
    while (this.heap === null) {
      const filled = libc.getdents64(listing, dirents.bytes, SLICE);
      if (filled <= 0) break;
      dirents.start(filled);
      while (this.heap === null && dirents.next()) {
        const name = decodeName(dirents.bytes, dirents.nameStart, dirents.nameEnd);
        if (name !== '.' && name !== '..' && !this.stuck.has(name)) this.heap = this.open(name);
      }
    }
    libc.close(listing);
    return this.heap !== null;
  }

  private open(name: string): DoomedDirectory | null {
    const { store } = this;
    const fd = libc.openat(this.fd, toCString(name), OPEN_LISTING, 0);
    if (fd < 0) {
      this.leave(name, -fd);
      return null;
    }
    if (statAt(store, fd, EMPTY) === 0 && !store.st.isMountRoot) {
      return { fd, gfid: store.gfids.read(fd) ?? NULL_GFID, name, shrinks: false };
    }
    libc.close(fd);
    this.leave(name, EXDEV);
    return null;
  }

  /** Removes some entries, and finally the directory; returns whether more may be left. */
  private clear(heap: DoomedDirectory): boolean {
    const { dirents } = this.store;
    const filled = libc.getdents64(heap.fd, dirents.bytes, SLICE);
    if (filled > 0) {
      dirents.start(filled);
      while (dirents.next()) {
        const path = dirents.bytes.subarray(dirents.nameStart, dirents.nameEnd + 1);
        const name = decodeName(path, 0, path.length - 1);
        if (name !== '.' && name !== '..' && this.remove(heap, path)) heap.shrinks = true;
      }
      return true;
    }
    const result = libc.unlinkat(this.fd, toCString(heap.name), AT_REMOVEDIR);
    if (result < 0 && heap.shrinks) {
      // Some file systems skip entries when names are removed during a listing.
      heap.shrinks = false;
      libc.lseek(heap.fd, 0, SEEK_SET);
      return true;
    }
    if (result < 0 && result !== -ENOENT) this.leave(heap.name, -result);
    libc.close(heap.fd);
    this.heap = null;
    return true;
  }

  private leave(name: string, errno: number): void {
    this.stuck.add(name);
    if (errno === EROFS) return;
    const { directory, xl } = this.store;
    xl.log.warning(`'${directory}/.glusterfs/landfill/${name}' cannot be removed`, {
      errno,
      msgid: messages.landfillStays.id,
    });
  }

  private remove(heap: DoomedDirectory, path: Path): boolean {
    const { store, links } = this;
    if (statAt(store, heap.fd, path) !== 0) return false;
    const place = { parent: heap.gfid, name: path };
    if (typeOfMode(store.st.mode) !== IA_IFDIR) return this.removeFile(heap, place);
    const gfid = store.gfids.readPath(procEntryPath(heap.fd, path, 0));
    if (this.move(heap.fd, path, gfid ?? NULL_GFID) < 0) return false;
    if (gfid !== null) links.dropStale(gfid, place);
    return true;
  }

  private removeFile(heap: DoomedDirectory, place: EntryPlace & { readonly name: Path }): boolean {
    const { store } = this;
    const { inodes } = store.xl;
    const isKnown = store.handles.findSame(store.st) !== undefined;
    const handle = isKnown
      ? identify(store, heap, place.name, null)
      : this.openUnknown(heap, place.name);
    if (typeof handle === 'number' || inodes === null) return false;
    const { fd } = handle;
    const isBack = store.notes && store.st.nlink > 2 && this.isBack(place, handle);
    const isLast = store.dropHandleOfLastName(handle);
    const result = libc.unlinkat(heap.fd, place.name, 0);
    if (result < 0 && isLast) store.keep(handle, fd, place, true);
    if (result >= 0 && !isBack) nameGone(store, handle, place, inodes);
    if (!isKnown) libc.close(fd);
    return result >= 0;
  }

  /** Returns a temporary handle of an unused inode, which the caller closes. */
  private openUnknown(heap: DoomedDirectory, path: Path): Handle | number {
    const { store, links } = this;
    const fd = libc.openat(heap.fd, path, OPEN_ANY, 0);
    if (fd < 0) return -fd;
    const fault = statAt(store, fd, EMPTY);
    if (fault !== 0) {
      libc.close(fd);
      return fault;
    }
    const handle = new Handle(store.gfids.read(fd) ?? NULL_GFID, store.st);
    handle.fd = fd;
    handle.kept = handle.gfid !== NULL_GFID && links.leadsTo(handle);
    return handle;
  }

  /** Whether a directory of that gfid exists again, with the same file under this name. */
  private isBack({ parent, name }: EntryPlace & { readonly name: Path }, handle: Handle): boolean {
    const dir = this.links.open(parent);
    if (dir < 0) return false;
    const isBack = statAt(this.store, dir, name) === 0 && handle.is(this.store.st);
    libc.close(dir);
    statAt(this.store, handle.fd, EMPTY);
    return isBack;
  }
}

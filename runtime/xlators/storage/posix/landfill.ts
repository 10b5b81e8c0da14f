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
import { cstring } from '../../../sys/struct.ts';
import type { Brick, WholeRemoval } from './brick.ts';
import type { GfidHandles, Place } from './gfid-handles.ts';
import { type Directory, Handle, look } from './handles.ts';
import { EMPTY, procEntryPath, SELF } from './paths.ts';
import { nameGone } from './removal.ts';
import { identify } from './resolve.ts';

const LANDFILL = cstring('landfill');
/** Bytes of names that are removed in one go, some hundred names, and what comes in between. */
const SLICE = 4096;
const PAUSE_MS = 20;
const OPEN_LISTING = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | O_CLOEXEC;
const OPEN_ANY = O_PATH | constants.O_NOFOLLOW | O_CLOEXEC;

interface Heap {
  readonly fd: number;
  /** The gfid that it had; NULL_GFID when it had none. */
  readonly gfid: Gfid;
  readonly name: string;
  /** Whether something was removed since its listing began. */
  shrinks: boolean;
}

export class Landfill implements WholeRemoval {
  private readonly brick: Brick;
  private readonly links: GfidHandles;
  /** -1 as long as there is none. */
  private fd: number;
  private heap: Heap | null = null;
  /** What cannot be removed is left, until the brick is started again. */
  private readonly stuck = new Set<string>();
  private cancel: (() => void) | null = null;

  constructor(brick: Brick, links: GfidHandles) {
    this.brick = brick;
    this.links = links;
    this.fd = links.openFolder(LANDFILL, false);
    if (this.fd >= 0) this.goOn();
  }

  close(): void {
    this.cancel?.();
    this.cancel = null;
    if (this.heap !== null) libc.close(this.heap.fd);
    if (this.fd >= 0) libc.close(this.fd);
    this.heap = null;
    this.fd = -1;
  }

  /** Takes a directory with all that is in it; 0, or minus the errno. */
  take(dir: Directory, path: Path, gfid: Gfid): number {
    let result = this.move(dir.fd, path, gfid);
    if (result === -ENOENT && this.fd >= 0) {
      // Somebody has taken the folder away.
      this.close();
      result = this.move(dir.fd, path, gfid);
    }
    if (result < 0) return result;
    this.brick.handles.dropDirectories(dir);
    this.goOn();
    return 0;
  }

  private move(dir: number, path: Path, gfid: Gfid): number {
    if (this.fd < 0) this.fd = this.links.openFolder(LANDFILL, true);
    if (this.fd < 0) return this.fd;
    let result = libc.renameat2(dir, path, this.fd, cstring(gfid), 0);
    // The gfid came back, and went again, before the first was removed.
    if (result === -ENOTEMPTY || result === -EEXIST) {
      const other = newGfid(this.brick.xl.context);
      result = libc.renameat2(dir, path, this.fd, cstring(other), 0);
    }
    return result;
  }

  private goOn(): void {
    this.cancel ??= this.brick.xl.context.after(PAUSE_MS, () => {
      this.cancel = null;
      const { heap } = this;
      if (heap === null ? this.begin() : this.clear(heap)) this.goOn();
    });
  }

  private begin(): boolean {
    const { dirents } = this.brick;
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

  private open(name: string): Heap | null {
    const { brick } = this;
    const fd = libc.openat(this.fd, cstring(name), OPEN_LISTING, 0);
    if (fd < 0) {
      this.leave(name, -fd);
      return null;
    }
    if (look(brick, fd, EMPTY) === 0 && !brick.st.isMountRoot) {
      return { fd, gfid: brick.gfids.read(fd) ?? NULL_GFID, name, shrinks: false };
    }
    libc.close(fd);
    this.leave(name, EXDEV);
    return null;
  }

  /** Removes some of what is in it, and in the end itself. Whether there may be more to do. */
  private clear(heap: Heap): boolean {
    const { dirents } = this.brick;
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
    const result = libc.unlinkat(this.fd, cstring(heap.name), AT_REMOVEDIR);
    if (result < 0 && heap.shrinks) {
      // Where names go during a listing, some file systems do not give all.
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
    const { directory, xl } = this.brick;
    xl.log.warning(`'${directory}/.glusterfs/landfill/${name}' cannot be removed`, {
      errno,
      msgid: messages.landfillStays.id,
    });
  }

  private remove(heap: Heap, path: Path): boolean {
    const { brick, links } = this;
    if (look(brick, heap.fd, path) !== 0) return false;
    const place = { parent: heap.gfid, name: path };
    if (typeOfMode(brick.st.mode) !== IA_IFDIR) return this.removeFile(heap, place);
    const gfid = brick.gfids.readPath(procEntryPath(heap.fd, path, 0));
    if (this.move(heap.fd, path, gfid ?? NULL_GFID) < 0) return false;
    if (gfid !== null) links.dropStale(gfid, place);
    return true;
  }

  private removeFile(heap: Heap, place: Place & { readonly name: Path }): boolean {
    const { brick } = this;
    const { inodes } = brick.xl;
    const isKnown = brick.handles.findSame(brick.st) !== undefined;
    const handle = isKnown
      ? identify(brick, heap, place.name, null)
      : this.stranger(heap, place.name);
    if (typeof handle === 'number' || inodes === null) return false;
    const { fd } = handle;
    const isBack = brick.notes && brick.st.nlink > 2 && this.isBack(place, handle);
    const isLast = brick.unkeepLast(handle);
    const result = libc.unlinkat(heap.fd, place.name, 0);
    if (result < 0 && isLast) brick.keep(handle, fd, place, true);
    if (result >= 0 && !isBack) nameGone(brick, handle, place, inodes);
    if (!isKnown) libc.close(fd);
    return result >= 0;
  }

  /** A handle of what nobody uses, to be closed here. */
  private stranger(heap: Heap, path: Path): Handle | number {
    const { brick, links } = this;
    const fd = libc.openat(heap.fd, path, OPEN_ANY, 0);
    if (fd < 0) return -fd;
    const fault = look(brick, fd, EMPTY);
    if (fault !== 0) {
      libc.close(fd);
      return fault;
    }
    const handle = new Handle(brick.gfids.read(fd) ?? NULL_GFID, brick.st);
    handle.fd = fd;
    handle.kept = handle.gfid !== NULL_GFID && links.leadsTo(handle);
    return handle;
  }

  /** Whether there is a directory of that gfid again, with the same file under this name. */
  private isBack({ parent, name }: Place & { readonly name: Path }, handle: Handle): boolean {
    const dir = this.links.open(parent);
    if (dir < 0) return false;
    const isBack = look(this.brick, dir, name) === 0 && handle.is(this.brick.st);
    libc.close(dir);
    look(this.brick, handle.fd, EMPTY);
    return isBack;
  }
}

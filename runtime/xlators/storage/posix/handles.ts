/**
 * Handles: an inode of the graph as it is known on disk. A Handle is an O_PATH descriptor, the gfid,
 * and what tells that inode from any other (device, number, time of birth). How one is found:
 * `resolve.ts`.
 *
 * Where descriptors get few, an inode with open files needs none besides theirs: its handle borrows
 * that of one of them, until it is closed.
 */
import type { Gfid } from '../../../core/gfid.ts';
import { IA_IFDIR, type Iatt, typeOfMode } from '../../../core/iatt.ts';
import type { InodeTable } from '../../../core/inode.ts';
import type { Xlator } from '../../../core/xlator.ts';
import type { Path } from '../../../sys/call.ts';
import {
  AT_EMPTY_PATH,
  AT_SYMLINK_NOFOLLOW,
  O_CLOEXEC,
  O_PATH,
  STATX_BASIC_STATS,
  STATX_BTIME,
} from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import type { Statx } from '../../../sys/struct.ts';
import type { Times } from '../shared/mdata.ts';
import { type Keeper, keepers, keeps, makeRoom } from './descriptors.ts';
import type { FileHandles } from './file-handles.ts';
import { EMPTY, procPath } from './paths.ts';

const TWO_32 = 0x1_0000_0000;
export const STATX_MASK = STATX_BASIC_STATS | STATX_BTIME;

/** A file that is open here; those of an inode are a list. */
export interface Opened {
  readonly fd: number;
  next: Opened | null;
  previous: Opened | null;
}

/** The least number of descriptors that is given back at a time, and the part of those there are. */
const GIVEN_BACK_MIN = 16;
const GIVEN_BACK_PART = 1 / 8;

export class Handle {
  readonly gfid: Gfid;
  readonly type: number;
  /** -1 while it is closed. Its own, or that of an open file. */
  fd = -1;
  /** The newest open file of the inode. */
  files: Opened | null = null;
  /** The attributes of a file that was removed while nobody had it open: it is closed for good. */
  last: Iatt | null = null;
  /** Since it was last thought of closing it. */
  used = true;
  /** No name is left: it could not be opened again. */
  unnamed = false;
  /** It is known no more; whoever kept it has to look for the inode's other one. */
  dropped = false;
  /** The kernel's own name of it, when its descriptor was closed to stay below the limit. */
  fileHandle: Uint8Array | null = null;
  /** The times that are kept with it; null for none, undefined where nobody has looked. */
  mdata: Times | null | undefined = undefined;
  /** Its gfid handle leads to it, which for what is no directory is one link more. */
  kept = false;
  private readonly devMajor: number;
  private readonly devMinor: number;
  private readonly inoHi: number;
  private readonly inoLo: number;
  private readonly btime: number;
  private readonly btimeNsec: number;

  constructor(gfid: Gfid, st: Statx) {
    this.gfid = gfid;
    this.type = typeOfMode(st.mode);
    this.devMajor = st.devMajor;
    this.devMinor = st.devMinor;
    this.inoHi = st.inoHi;
    this.inoLo = st.inoLo;
    this.btime = st.btime;
    this.btimeNsec = st.btimeNsec;
  }

  get isDir(): boolean {
    return this.type === IA_IFDIR;
  }

  /** The inode number as a key; distinct numbers above 2^53 may share one. */
  get ino(): number {
    return this.inoHi * TWO_32 + this.inoLo;
  }

  /** Whether `st` describes this very inode: a number that is used again has a later birth. */
  is(st: Statx): boolean {
    return (
      this.inoLo === st.inoLo &&
      this.inoHi === st.inoHi &&
      this.devMinor === st.devMinor &&
      this.devMajor === st.devMajor &&
      this.btimeNsec === st.btimeNsec &&
      this.btime === st.btime
    );
  }
}

/** What handles ask of their brick. */
interface Owner {
  readonly xl: Pick<Xlator, 'inodes'>;
  readonly root: Handle;
  readonly fileHandles: FileHandles | null;
  /** How many descriptors they may have. */
  readonly handleLimit: number;
}

export class Handles implements Keeper {
  private readonly brick: Owner;
  private readonly byGfid = new Map<Gfid, Handle>();
  private readonly byIno = new Map<number, Handle>();
  /** Those with a descriptor of their own, in the order in which they come up for closing. */
  private readonly open = new Set<Handle>();

  constructor(brick: Owner) {
    this.brick = brick;
  }

  /** What has been opened may be asked back from here on. */
  begin(): void {
    keepers.add(this);
  }

  /** Closes everything. */
  end(): void {
    this.dropAll();
    keepers.delete(this);
  }

  get known(): number {
    return this.byGfid.size;
  }

  get openCount(): number {
    return this.open.size;
  }

  /** Those with a descriptor of their own; some may come and go on the way. */
  allOpen(): Iterator<Handle> {
    return this.open.values();
  }

  find(gfid: Gfid): Handle | undefined {
    return this.byGfid.get(gfid);
  }

  /** The handle of the inode that `st` describes, when there is one. */
  findSame(st: Statx): Handle | undefined {
    const handle = this.byIno.get(st.inoHi * TWO_32 + st.inoLo);
    return handle?.is(st) ? handle : undefined;
  }

  /** A handle whose inode has this number, for listings, which have nothing more to go by. */
  findIno(inoHi: number, inoLo: number): Handle | undefined {
    return this.byIno.get(inoHi * TWO_32 + inoLo);
  }

  add(handle: Handle): void {
    this.byGfid.set(handle.gfid, handle);
    this.byIno.set(handle.ino, handle);
  }

  opened(handle: Handle, fd: number): void {
    handle.fd = fd;
    handle.used = true;
    handle.last = null;
    this.open.add(handle);
    keeps(fd);
  }

  close(handle: Handle): void {
    // What is borrowed is another's to close.
    if (this.open.delete(handle)) libc.close(handle.fd);
    handle.fd = -1;
  }

  /** The file was removed, and nobody has it open: what it took is free now, not when it is forgotten. */
  leave(handle: Handle, last: Iatt): void {
    handle.last = last;
    this.close(handle);
  }

  /** A file of the handle's inode was opened. */
  fileOpened(handle: Handle, file: Opened): void {
    file.next = handle.files;
    if (file.next !== null) file.next.previous = file;
    handle.files = file;
    keeps(file.fd);
  }

  /** One is about to be closed. */
  fileCloses(handle: Handle, file: Opened): void {
    if (file.next !== null) file.next.previous = file.previous;
    if (file.previous !== null) file.previous.next = file.next;
    else handle.files = file.next;
    if (handle.fd !== file.fd) return;
    handle.fd = handle.files === null ? -1 : handle.files.fd;
    if (handle.fd >= 0 || !handle.unnamed) return;
    const own = libc.open(procPath(file.fd), O_PATH | O_CLOEXEC, 0);
    if (own >= 0) this.opened(handle, own);
  }

  /** Closes the handle's own descriptor: an open file has one of the same inode. */
  private borrow(handle: Handle): void {
    handle.fileHandle ??= this.brick.fileHandles?.of(handle.fd) ?? null;
    this.close(handle);
    handle.fd = handle.files!.fd;
  }

  /** Closes the handle, to be opened again as the very same inode wherever that can be. */
  private park(handle: Handle): void {
    handle.fileHandle ??= this.brick.fileHandles?.of(handle.fd) ?? null;
    this.close(handle);
  }

  /** Closes the handle and knows it no more. */
  drop(handle: Handle): void {
    this.close(handle);
    handle.dropped = true;
    if (this.byGfid.get(handle.gfid) === handle) this.byGfid.delete(handle.gfid);
    if (this.byIno.get(handle.ino) === handle) this.byIno.delete(handle.ino);
  }

  private dropAll(): void {
    for (const handle of [...this.byGfid.values()]) this.drop(handle);
  }

  /** Directories are looked for anew, through those above them; but for the root, and `parent`. */
  dropDirectories(parent: Directory): void {
    for (const handle of [...this.byGfid.values()]) {
      const stays = handle === this.brick.root || handle === parent;
      if (handle.isDir && !handle.unnamed && !stays) this.drop(handle);
    }
  }

  /** Drops all that could be found again. */
  dropNamed(): void {
    for (const handle of [...this.byGfid.values()]) if (!handle.unnamed) this.drop(handle);
  }

  /**
   * Closes descriptors beyond the limit: of those unused since the last round, the oldest first.
   * A handle that no inode of the graph has is dropped altogether.
   */
  trim(table: InodeTable): void {
    makeRoom();
    if (this.open.size > this.brick.handleLimit) this.trimTo(this.brick.handleLimit, table);
  }

  giveBack(): void {
    const { inodes } = this.brick.xl;
    const count = Math.max(GIVEN_BACK_MIN, this.open.size * GIVEN_BACK_PART);
    if (inodes !== null) this.trimTo(this.open.size - count, inodes);
  }

  private trimTo(count: number, table: InodeTable): void {
    // A handle that is put at the end again comes up a second time, then unused.
    for (const handle of this.open) {
      if (this.open.size <= count) return;
      if (handle === this.brick.root) continue;
      if (handle.used) {
        handle.used = false;
        this.open.delete(handle);
        this.open.add(handle);
      } else if (handle.files !== null) this.borrow(handle);
      else if (handle.unnamed) continue;
      else if (table.find(handle.gfid) === undefined) this.drop(handle);
      else this.park(handle);
    }
  }
}

/**
 * 0 when `brick.st` now describes `path` in the directory (the directory itself: `EMPTY`),
 * otherwise the errno, which is in `brick.fault` too.
 */
export function look(
  brick: { readonly st: Statx; fault: number },
  dirFd: number,
  path: Path,
): number {
  const flags = path === EMPTY ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
  const fault = -libc.statx(dirFd, path, flags, STATX_MASK, brick.st.bytes);
  if (fault !== 0) brick.fault = fault;
  return fault;
}

/** A directory that an entry is looked for in: a handle, or an open directory. */
export interface Directory {
  readonly fd: number;
  readonly gfid: Gfid;
}

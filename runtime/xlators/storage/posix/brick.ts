/** A brick: the directory on disk that a volume serves, and what is needed to do so. */

import { realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { newGfid } from '../../../core/context.ts';
import { EROFS } from '../../../core/errno.ts';
import { InitError } from '../../../core/errors.ts';
import { type Gfid, gfidFromBytes, ROOT_GFID } from '../../../core/gfid.ts';
import { GFID_SIZE } from '../../../core/limits.ts';
import { messages } from '../../../core/messages.ts';
import type { Xlator } from '../../../core/xlator.ts';
import type { Path } from '../../../sys/call.ts';
import * as libc from '../../../sys/libc.ts';
import { openFilesLimit } from '../../../sys/open-files.ts';
import { cstring, Dirents, Iovec, Statfs, Statx, Timespecs } from '../../../sys/struct.ts';
import { TRUSTED_GFID } from '../shared/xattrs.ts';
import { type FileHandles, openFileHandles } from './file-handles.ts';
import {
  type GfidHandles,
  type HandlesWanted,
  openGfidHandles,
  type Place,
  PRIVATE_NAME,
} from './gfid-handles.ts';
import { noteName, strikeName } from './gfid2path.ts';
import { derivedGfid, GfidStore } from './gfids.ts';
import { type Directory, Handle, Handles, look } from './handles.ts';
import { Health } from './health.ts';
import { Identity } from './identity.ts';
import { MdataKeeper } from './mdata.ts';
import { EMPTY, PARENT, procPath, SELF } from './paths.ts';
import { openRoot } from './root.ts';

const TMPFS_MAGIC = 0x01021994;
const RAMFS_MAGIC = 0x858458f6;
/**
 * File systems whose close(2) brings the data to where it is kept, and fails when that does: those
 * with a `flush` among their file_operations (linux/magic.h, linux/fs). Disks do not.
 */
const TELL_AT_CLOSE: ReadonlySet<number> = new Set([
  0x6969, // NFS_SUPER_MAGIC
  0x65735546, // FUSE_SUPER_MAGIC
  0xff534d42, // CIFS_SUPER_MAGIC
  0xfe534d42, // SMB2_SUPER_MAGIC
  0x6b414653, // AFS_FS_MAGIC
  0x73757245, // CODA_SUPER_MAGIC
]);
/** What the root of a GlusterFS volume's brick has. */
const VOLUME_ID = cstring('trusted.glusterfs.volume-id');
/** The part of the process's descriptors that handles may take. */
const HANDLE_SHARE = 0.5;

/** What the volume's options say. */
export interface BrickSettings {
  /** As given, for messages. */
  readonly directory: string;
  readonly handleLimit: number;
  readonly gfidHandles: HandlesWanted;
  /** To clients over the network. */
  readonly isServed: boolean;
  /** For `glusterfs.pathinfo`; null is this machine's name. */
  readonly hostname: string | null;
  /** The volume that the directory has to be a brick of; null for any. */
  readonly volumeId: Gfid | null;
  /** GlusterFS's name of this server; null when it has none. */
  readonly nodeUuid: string | null;
  /** The server's uuid takes the place of its name in `glusterfs.pathinfo`. */
  readonly nodeUuidPathinfo: boolean;
  /** Whether files keep their names; auto: in a brick of a GlusterFS volume. */
  readonly gfid2path: HandlesWanted;
  readonly gfid2pathSeparator: string;
  /** Whether times that clients set are kept with the files. */
  readonly ctime: boolean;
}

/** Takes directories that are removed with all that is in them (`landfill.ts`). */
export interface WholeRemoval {
  /** 0, or minus the errno. */
  take(dir: Directory, path: Path, gfid: Gfid): number;
  close(): void;
}

/** Made anew with the gfid handles, whenever the brick finds its directory. */
export type WholeRemovalOf = (brick: Brick, links: GfidHandles) => WholeRemoval;

export class Brick {
  readonly xl: Xlator<Brick>;
  readonly settings: BrickSettings;
  readonly hostname: string;
  /** The directory's path without symbolic links, where it is looked for when it has gone away. */
  readonly realPath: string;
  readonly handles: Handles;
  root: Handle;
  gfids: GfidStore;
  /** The gfid handles; null when the brick has none. */
  links: GfidHandles | null = null;
  /** Null without gfid handles. */
  landfill: WholeRemoval | null = null;
  private readonly landfillOf: WholeRemovalOf;
  /** Null where the kernel's file handles cannot be used. */
  fileHandles: FileHandles | null = null;
  /** The times that clients have set. */
  mdata: MdataKeeper;
  readonly health: Health;
  readonly identity = new Identity();
  /** Bricks of the volume that have the file system in common. */
  sharedCount = 1;
  /** True when rchecksum must use a checksum that FIPS 140 allows. */
  isFips = false;
  /** Open files and directories. */
  openFds = 0;
  /** The errno of the last look that failed. */
  fault = 0;
  /** The names of files are kept with them (gfid2path). */
  notes = false;
  /** close(2) of a file may fail. */
  tellsAtClose = false;
  /** gfid handles that could not be made, and the errnos of those that were told of. */
  missed = 0;
  private readonly told = new Set<number>();
  // Memory of system calls, used again by each.
  readonly st = new Statx();
  readonly times = new Timespecs();
  readonly iovec = new Iovec(1);
  readonly dirents = new Dirents();
  private readonly statfs = new Statfs();

  /** @throws {InitError} when there is no such directory, or what it is to have cannot be. */
  constructor(xl: Xlator<Brick>, settings: BrickSettings, landfillOf: WholeRemovalOf) {
    this.xl = xl;
    this.settings = settings;
    this.landfillOf = landfillOf;
    this.hostname = settings.hostname ?? hostname();
    this.handles = new Handles(this);
    const rootFd = openRoot(settings.directory);
    this.gfids = this.storeIn(rootFd);
    this.mdata = this.mdataKeeper();
    this.root = this.attach(rootFd);
    this.realPath = realpathSync(settings.directory);
    this.health = new Health(this);
  }

  get directory(): string {
    return this.settings.directory;
  }

  /** Whether other bricks may have the same directory or file, which is to have one gfid with all. */
  get isOneOfSeveral(): boolean {
    return this.settings.isServed || isAmongOthers(this.xl);
  }

  get handleLimit(): number {
    return this.settings.handleLimit;
  }

  private attach(rootFd: number): Handle {
    look(this, rootFd, EMPTY);
    const root = new Handle(ROOT_GFID, this.st);
    this.handles.begin();
    this.handles.add(root);
    this.handles.opened(root, rootFd);
    try {
      const { gfidHandles, isServed } = this.settings;
      const { links, fault } = openGfidHandles(rootFd, this.gfids, gfidHandles, isServed);
      this.links = links;
      this.landfill = links === null ? null : this.landfillOf(this, links);
      if (fault !== 0) this.hasNone(fault);
    } catch (error) {
      this.close();
      throw error;
    }
    this.notes = this.links !== null && this.notesWanted(rootFd);
    this.fileHandles = openFileHandles(rootFd);
    this.tellsAtClose = TELL_AT_CLOSE.has(this.typeAt(rootFd));
    return root;
  }

  private hasNone(errno: number): void {
    const text = `no gfid handles: ${PRIVATE_NAME} cannot be made, or not be written to`;
    this.xl.log.warning(`${text}. When this brick was restarted, clients have to find files anew`, {
      errno,
      msgid: messages.noHandle.id,
    });
  }

  private mdataKeeper(): MdataKeeper {
    return new MdataKeeper(this.xl, this.settings.ctime, this.gfids.place === TRUSTED_GFID);
  }

  private notesWanted(rootFd: number): boolean {
    const { gfid2path } = this.settings;
    if (gfid2path === 'off' || this.gfids.place !== TRUSTED_GFID) return false;
    return gfid2path === 'on' || volumeOf(rootFd) !== null;
  }

  /**
   * What keeps gfids there. @throws {InitError} when the directory is another volume's than
   * `volume-id` says, before anything is written to it; `rootFd` is closed then.
   */
  private storeIn(rootFd: number): GfidStore {
    const { volumeId } = this.settings;
    const found = volumeId === null ? null : volumeOf(rootFd);
    if (found === volumeId) return new GfidStore(rootFd);
    libc.close(rootFd);
    const whose = found === null ? 'no volume' : `the volume ${found}`;
    throw new InitError(`option 'volume-id': '${this.directory}' belongs to ${whose}`);
  }

  /** The directory is gone: lets go of all but what is open and has no name any more. */
  detach(): void {
    this.handles.dropNamed();
    this.letGo();
  }

  private letGo(): void {
    this.landfill?.close();
    this.landfill = null;
    this.links?.close();
    this.links = null;
    this.notes = false;
    this.fileHandles?.close();
    this.fileHandles = null;
  }

  /** The directory is back: takes over `rootFd`. @throws {InitError} when it is of no use. */
  reattach(rootFd: number): void {
    this.gfids = this.storeIn(rootFd);
    this.mdata = this.mdataKeeper();
    this.root = this.attach(rootFd);
  }

  /** Whether a directory has the gfid of a root, as every brick has. */
  isBrick(fd: number): boolean {
    return this.gfids.read(fd) === ROOT_GFID;
  }

  /** Whether what `fd` is open on lies in memory, and a read never has to wait for a disk. */
  isMemory(fd: number): boolean {
    const type = this.typeAt(fd);
    return type === TMPFS_MAGIC || type === RAMFS_MAGIC;
  }

  /** The type of the file system that `fd` is open on; 0 when it does not say. */
  private typeAt(fd: number): number {
    return libc.fstatfs(fd, this.statfs.bytes) < 0 ? 0 : this.statfs.type;
  }

  /** Whether a name of this directory is none of the volume's. */
  hides(dir: Directory, name: string): boolean {
    return dir.gfid === ROOT_GFID && name === PRIVATE_NAME;
  }

  /**
   * The gfid that is wanted, unless another inode has it. One that was removed, and is still in use,
   * gives way: replicate makes it again.
   */
  private freeGfid(wanted: Gfid | null): Gfid {
    const before = wanted === null ? undefined : this.handles.find(wanted);
    if (before?.unnamed) this.handles.drop(before);
    const isFree = wanted !== null && (before === undefined || before.unnamed);
    return isFree ? wanted : newGfid(this.xl.context);
  }

  /**
   * A handle for an inode that is not known yet, which `fd` is open on and `st` describes, with all
   * that the disk is to keep of it. `place` is where it was found. A gfid that another inode has
   * already came here with a copy of its attributes: the newcomer gets its own.
   */
  introduce(fd: number, place: Place, wanted: Gfid | null): Handle {
    const stored = this.gfids.read(fd);
    const isKept = stored !== null && this.handles.find(stored) === undefined;
    const gfid = isKept ? stored : this.giveGfid(fd, wanted, stored !== null);
    const isFirst = this.notes && stored === null;
    const handle = this.settle(new Handle(gfid, this.st), fd, place, isFirst, false);
    // What was stored with it has changed the ctime.
    if (!isKept || this.links !== null) look(this, fd, EMPTY);
    return handle;
  }

  private giveGfid(fd: number, wanted: Gfid | null, replace: boolean): Gfid {
    const gfid = this.freeGfid(wanted);
    return this.gfids.write(fd, gfid, replace) ? gfid : derivedGfid(this.st);
  }

  /**
   * The same for an inode that was made just now, which `st` describes afterwards; or the errno.
   * `file` is a descriptor that it is open on not only as a path, or 0; `place` is null for one
   * without a name.
   */
  introduceNew(
    fd: number,
    place: Place | null,
    wanted: Gfid | null,
    file: number,
  ): Handle | number {
    const gfid = this.freeGfid(wanted);
    const isStored = this.gfids.write(fd, gfid, false, file);
    const fault = look(this, fd, EMPTY);
    if (fault !== 0) return fault;
    const handle = new Handle(isStored ? gfid : derivedGfid(this.st), this.st);
    handle.mdata = null;
    if (place === null || (this.links === null && !this.notes)) {
      this.handles.add(handle);
      return handle;
    }
    const settled = this.settle(handle, fd, place, this.notes, true);
    look(this, fd, EMPTY);
    return settled;
  }

  /** Sees to what the disk is to keep of an inode besides its gfid. */
  private settle(
    found: Handle,
    fd: number,
    place: Place,
    isFirst: boolean,
    isNew: boolean,
  ): Handle {
    let handle = found;
    if (isFirst) this.note(handle, fd, place);
    if (this.links !== null && !this.keep(handle, fd, place, isNew)) {
      const gfid = newGfid(this.xl.context);
      handle = new Handle(this.gfids.write(fd, gfid, true) ? gfid : handle.gfid, this.st);
      this.keep(handle, fd, place, true);
    }
    this.handles.add(handle);
    return handle;
  }

  /** Sees to an inode's gfid handle. False when that gfid is another inode's on disk. */
  keep(handle: Handle, fd: number, place: Place, isNew: boolean): boolean {
    const { links } = this;
    if (links === null) return true;
    const kept = links.keep(handle, fd, isName(place) ? place : { ...place, name: null }, isNew);
    handle.kept = kept === 'kept';
    if (typeof kept === 'number') this.missedOne(kept);
    return kept !== 'taken';
  }

  /** A file has another name. */
  note(handle: Handle, fd: number, place: Place): void {
    if (!this.notes || handle.isDir || !isName(place)) return;
    const fault = noteName(fd, place);
    if (fault !== 0) this.missedOne(fault);
  }

  /** A file has a name no more, but another. */
  strike(handle: Handle, place: Place): void {
    if (this.notes && !handle.isDir && handle.fd >= 0) strikeName(handle.fd, place);
  }

  /**
   * The name that is about to go is an inode's last, if `st` describes it: its gfid handle goes
   * first, so that a crash in between leaves a file without a handle and no handle without a file.
   */
  unkeepLast(handle: Handle): boolean {
    if (!handle.kept || handle.isDir || this.st.nlink > 2) return false;
    this.unkeep(handle);
    return !handle.kept;
  }

  /** The last name of an inode is gone, and its gfid handle goes with it. */
  unkeep(handle: Handle): void {
    if (handle.kept && this.links !== null) handle.kept = !this.links.drop(handle.gfid);
    else handle.kept = false;
  }

  private missedOne(errno: number): void {
    this.missed += 1;
    // On a read-only disk there is nothing to be done about it.
    if (errno === EROFS || this.told.has(errno)) return;
    this.told.add(errno);
    const text = 'a gfid handle or gfid2path cannot be made: the inode is found by its names alone';
    this.xl.log.warning(`${text}. Others that fail like this are not told of`, {
      errno,
      msgid: messages.noHandle.id,
    });
  }

  close(): void {
    this.handles.end();
    this.letGo();
  }
}

const isAmongOthers = ({ above }: Xlator): boolean =>
  above.some((parent) => parent.below.length > 1 || isAmongOthers(parent));

/** Whether an inode was found by a name, and not as the directory itself or what is above it. */
const isName = ({ name }: Place): boolean => name !== SELF && name !== PARENT && name !== EMPTY;

/** The GlusterFS volume that a directory is a brick of; null for none. */
function volumeOf(rootFd: number): Gfid | null {
  const bytes = new Uint8Array(GFID_SIZE);
  const length = libc.getxattr(procPath(rootFd), VOLUME_ID, bytes, GFID_SIZE);
  return length === GFID_SIZE ? gfidFromBytes(bytes) : null;
}

/** How many handles may be open, by the process's limit of descriptors. */
export function defaultHandleLimit(): number {
  return Math.floor(openFilesLimit * HANDLE_SHARE);
}

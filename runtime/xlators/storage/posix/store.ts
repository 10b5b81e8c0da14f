/** The directory on disk that a volume serves (`Store`): its handles, gfids, times and settings. */
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
import { Dirents, Iovec, Statfs, Statx, Timespecs, toCString } from '../../../sys/struct.ts';
import { TRUSTED_GFID } from '../shared/xattrs.ts';
import { type FileHandles, openFileHandles } from './file-handles.ts';
import {
  type EntryPlace,
  type GfidHandles,
  type HandleMode,
  openGfidHandles,
  PRIVATE_NAME,
} from './gfid-handles.ts';
import { eraseName, recordName } from './gfid2path.ts';
import { derivedGfid, GfidStore } from './gfids.ts';
import { type Directory, Handle, Handles, statAt } from './handles.ts';
import { Health } from './health.ts';
import { Identity } from './identity.ts';
import { MdataStore } from './mdata.ts';
import { EMPTY, PARENT, procPath, SELF } from './paths.ts';
import { openRoot } from './root.ts';

const TMPFS_MAGIC = 0x01021994;
const RAMFS_MAGIC = 0x858458f6;
/**
 * File systems whose close(2) writes data back and may fail: those with a `flush` in their file_operations
 * (linux/magic.h, linux/fs). Disks have none.
 */
const TELL_AT_CLOSE: ReadonlySet<number> = new Set([
  0x6969, // NFS_SUPER_MAGIC
  0x65735546, // FUSE_SUPER_MAGIC
  0xff534d42, // CIFS_SUPER_MAGIC
  0xfe534d42, // SMB2_SUPER_MAGIC
  0x6b414653, // AFS_FS_MAGIC
  0x73757245, // CODA_SUPER_MAGIC
]);
/** An attribute on the root of a GlusterFS volume's brick. */
const VOLUME_ID = toCString('trusted.glusterfs.volume-id');
/** Share of the process's descriptors for handles. */
const HANDLE_SHARE = 0.5;

/** Settings from the volume's options. */
export interface StoreSettings {
  /** As in the option, for messages. */
  readonly directory: string;
  readonly handleLimit: number;
  readonly gfidHandles: HandleMode;
  /** Whether clients use it over the network. */
  readonly isServed: boolean;
  /** For `glusterfs.pathinfo`; null is this machine's name. */
  readonly hostname: string | null;
  /** The GlusterFS volume that the directory must belong to; null for any. */
  readonly volumeId: Gfid | null;
  /** GlusterFS's name of this server; null when it has none. */
  readonly nodeUuid: string | null;
  /** Whether `glusterfs.pathinfo` has the server's uuid instead of its name. */
  readonly nodeUuidPathinfo: boolean;
  /** Whether files have their names as attributes; auto: in a brick of a GlusterFS volume. */
  readonly gfid2path: HandleMode;
  readonly gfid2pathSeparator: string;
  /** Whether times that clients set are stored with the files. */
  readonly ctime: boolean;
}

/** Removes directories with all their entries (`landfill.ts`). */
export interface WholeRemoval {
  /** Returns 0, or minus the errno. */
  take(dir: Directory, path: Path, gfid: Gfid): number;
  close(): void;
}

/** Called with new gfid handles whenever the store finds its directory. */
export type WholeRemovalOf = (store: Store, links: GfidHandles) => WholeRemoval;

export class Store {
  readonly xl: Xlator<Store>;
  readonly settings: StoreSettings;
  readonly hostname: string;
  /** The directory's path without symbolic links, checked by `health`. */
  readonly realPath: string;
  readonly handles: Handles;
  root: Handle;
  gfids: GfidStore;
  /** The gfid handles; null without a `.glusterfs`. */
  links: GfidHandles | null = null;
  /** Null without gfid handles. */
  landfill: WholeRemoval | null = null;
  private readonly landfillOf: WholeRemovalOf;
  /** Null if the kernel's file handles cannot be used. */
  fileHandles: FileHandles | null = null;
  /** Times that clients have set. */
  mdata: MdataStore;
  readonly health: Health;
  readonly identity = new Identity();
  /** Number of the volume's bricks on this file system. */
  sharedCount = 1;
  /** True when rchecksum must use a checksum that FIPS 140 allows. */
  isFips = false;
  /** Number of open files and directories. */
  openFds = 0;
  /** The errno of the last failed `statAt`. */
  fault = 0;
  /** Whether files have their names as attributes (gfid2path). */
  notes = false;
  /** Whether close(2) of a file may fail. */
  tellsAtClose = false;
  /** Number of gfid handles that could not be created, and the errnos already logged. */
  missed = 0;
  private readonly loggedErrnos = new Set<number>();
  // Buffers of system calls, reused by each.
  readonly st = new Statx();
  readonly times = new Timespecs();
  readonly iovec = new Iovec(1);
  readonly dirents = new Dirents();
  private readonly statfs = new Statfs();

  /** @throws {InitError} if the directory does not exist, or a required setting is impossible */
  constructor(xl: Xlator<Store>, settings: StoreSettings, landfillOf: WholeRemovalOf) {
    this.xl = xl;
    this.settings = settings;
    this.landfillOf = landfillOf;
    this.hostname = settings.hostname ?? hostname();
    this.handles = new Handles(this);
    const rootFd = openRoot(settings.directory);
    this.gfids = this.storeIn(rootFd);
    this.mdata = this.newMdataStore();
    this.root = this.attach(rootFd);
    this.realPath = realpathSync(settings.directory);
    this.health = new Health(this);
  }

  get directory(): string {
    return this.settings.directory;
  }

  /** Whether other bricks may have the same inodes, which need the same gfid on all. */
  get isOneOfSeveral(): boolean {
    return this.settings.isServed || isAmongOthers(this.xl);
  }

  get handleLimit(): number {
    return this.settings.handleLimit;
  }

  private attach(rootFd: number): Handle {
    statAt(this, rootFd, EMPTY);
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
    this.notes = this.links !== null && this.wantsRecordedNames(rootFd);
    this.fileHandles = openFileHandles(rootFd);
    this.tellsAtClose = TELL_AT_CLOSE.has(this.typeAt(rootFd));
    return root;
  }

  private hasNone(errno: number): void {
    const text = `no gfid handles: ${PRIVATE_NAME} cannot be made, or not be written to`;
    this.xl.log.warning(`${text}. When this brick is restarted, clients must look files up again`, {
      errno,
      msgid: messages.noHandle.id,
    });
  }

  private newMdataStore(): MdataStore {
    return new MdataStore(this.xl, this.settings.ctime, this.gfids.place === TRUSTED_GFID);
  }

  private wantsRecordedNames(rootFd: number): boolean {
    const { gfid2path } = this.settings;
    if (gfid2path === 'off' || this.gfids.place !== TRUSTED_GFID) return false;
    return gfid2path === 'on' || volumeOf(rootFd) !== null;
  }

  /**
   * Opens the gfid storage. @throws {InitError} if the directory belongs to another volume than `volume-id`,
   * before any write; closes `rootFd` then.
   */
  private storeIn(rootFd: number): GfidStore {
    const { volumeId } = this.settings;
    const found = volumeId === null ? null : volumeOf(rootFd);
    if (found === volumeId) return new GfidStore(rootFd);
    libc.close(rootFd);
    const whose = found === null ? 'no volume' : `the volume ${found}`;
    throw new InitError(`option 'volume-id': '${this.directory}' belongs to ${whose}`);
  }

  /** Called when the directory is gone: closes all handles except those of open, removed files. */
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

  /** Called when the directory is back; takes over `rootFd`. @throws {InitError} if it cannot be used */
  reattach(rootFd: number): void {
    this.gfids = this.storeIn(rootFd);
    this.mdata = this.newMdataStore();
    this.root = this.attach(rootFd);
  }

  /** Whether a directory has the root's gfid. */
  isBrick(fd: number): boolean {
    return this.gfids.read(fd) === ROOT_GFID;
  }

  /** Whether the file of `fd` is in memory, so that reads never wait for a disk. */
  isMemory(fd: number): boolean {
    const type = this.typeAt(fd);
    return type === TMPFS_MAGIC || type === RAMFS_MAGIC;
  }

  /** Returns the file system type of `fd`, or 0 if unknown. */
  private typeAt(fd: number): number {
    return libc.fstatfs(fd, this.statfs.bytes) < 0 ? 0 : this.statfs.type;
  }

  /** Whether an entry is hidden from clients. */
  hides(dir: Directory, name: string): boolean {
    return dir.gfid === ROOT_GFID && name === PRIVATE_NAME;
  }

  /**
   * Returns the requested gfid, unless another inode has it. A removed inode that is still in use loses it,
   * since replicate creates the file again.
   */
  private freeGfid(wanted: Gfid | null): Gfid {
    const before = wanted === null ? undefined : this.handles.find(wanted);
    if (before?.unnamed) this.handles.drop(before);
    const isFree = wanted !== null && (before === undefined || before.unnamed);
    return isFree ? wanted : newGfid(this.xl.context);
  }

  /**
   * Creates the handle of an unknown inode, which `fd` is open on and `st` describes, and stores its gfid.
   * `place` is the name that led to it. If a known inode has the stored gfid, the new one is a copy with its
   * attributes, and gets a gfid of its own.
   */
  introduce(fd: number, place: EntryPlace, wanted: Gfid | null): Handle {
    const stored = this.gfids.read(fd);
    const isKept = stored !== null && this.handles.find(stored) === undefined;
    const gfid = isKept ? stored : this.giveGfid(fd, wanted, stored !== null);
    const isFirst = this.notes && stored === null;
    const handle = this.settle(new Handle(gfid, this.st), fd, place, isFirst, false);
    // Storing attributes has changed the ctime.
    if (!isKept || this.links !== null) statAt(this, fd, EMPTY);
    return handle;
  }

  private giveGfid(fd: number, wanted: Gfid | null, replace: boolean): Gfid {
    const gfid = this.freeGfid(wanted);
    return this.gfids.write(fd, gfid, replace) ? gfid : derivedGfid(this.st);
  }

  /**
   * As `introduce` for a new inode, which `st` describes afterwards; or returns the errno. `file` is a
   * descriptor of it without O_PATH, or 0; `place` is null for an inode without a name.
   */
  introduceNew(
    fd: number,
    place: EntryPlace | null,
    wanted: Gfid | null,
    file: number,
  ): Handle | number {
    const gfid = this.freeGfid(wanted);
    const isStored = this.gfids.write(fd, gfid, false, file);
    const fault = statAt(this, fd, EMPTY);
    if (fault !== 0) return fault;
    const handle = new Handle(isStored ? gfid : derivedGfid(this.st), this.st);
    handle.mdata = null;
    if (place === null || (this.links === null && !this.notes)) {
      this.handles.add(handle);
      return handle;
    }
    const settled = this.settle(handle, fd, place, this.notes, true);
    statAt(this, fd, EMPTY);
    return settled;
  }

  /** Stores an inode's name and gfid handle. */
  private settle(
    found: Handle,
    fd: number,
    place: EntryPlace,
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

  /** Creates an inode's gfid handle; returns false if another inode on disk has the gfid. */
  keep(handle: Handle, fd: number, place: EntryPlace, isNew: boolean): boolean {
    const { links } = this;
    if (links === null) return true;
    const kept = links.keep(handle, fd, isName(place) ? place : { ...place, name: null }, isNew);
    handle.kept = kept === 'kept';
    if (typeof kept === 'number') this.recordMissed(kept);
    return kept !== 'taken';
  }

  /** Records a new name of a file. */
  note(handle: Handle, fd: number, place: EntryPlace): void {
    if (!this.notes || handle.isDir || !isName(place)) return;
    const fault = recordName(fd, place);
    if (fault !== 0) this.recordMissed(fault);
  }

  /** Erases a lost name of a file that has others. */
  strike(handle: Handle, place: EntryPlace): void {
    if (this.notes && !handle.isDir && handle.fd >= 0) eraseName(handle.fd, place);
  }

  /**
   * Removes the gfid handle before an inode's last name, which `st` describes: a crash in between leaves a file
   * without a handle, and no handle without a file.
   */
  dropHandleOfLastName(handle: Handle): boolean {
    if (!handle.kept || handle.isDir || this.st.nlink > 2) return false;
    this.dropGfidHandle(handle);
    return !handle.kept;
  }

  /** Removes the gfid handle of an inode without names. */
  dropGfidHandle(handle: Handle): void {
    if (handle.kept && this.links !== null) handle.kept = !this.links.drop(handle.gfid);
    else handle.kept = false;
  }

  private recordMissed(errno: number): void {
    this.missed += 1;
    // Expected on a read-only disk.
    if (errno === EROFS || this.loggedErrnos.has(errno)) return;
    this.loggedErrnos.add(errno);
    const text = 'a gfid handle or gfid2path cannot be made: the inode is found by its names alone';
    this.xl.log.warning(`${text}. Later failures with this errno are not logged`, {
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

/** Whether an inode was found by a real name, not by `.`, `..` or a descriptor. */
const isName = ({ name }: EntryPlace): boolean =>
  name !== SELF && name !== PARENT && name !== EMPTY;

/** Returns the GlusterFS volume of a brick's directory, or null. */
function volumeOf(rootFd: number): Gfid | null {
  const bytes = new Uint8Array(GFID_SIZE);
  const length = libc.getxattr(procPath(rootFd), VOLUME_ID, bytes, GFID_SIZE);
  return length === GFID_SIZE ? gfidFromBytes(bytes) : null;
}

/** Returns the limit of open handles by the process's limit of descriptors. */
export function defaultHandleLimit(): number {
  return Math.floor(openFilesLimit * HANDLE_SHARE);
}

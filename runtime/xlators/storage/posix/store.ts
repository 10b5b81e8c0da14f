/** Holds the state of a storage/posix volume (`Store`): the served directory's handles, gfids, times and settings. */
import { realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { newGfid } from '../../../core/context.ts';
import { EROFS } from '../../../core/errno.ts';
import { InitError } from '../../../core/errors.ts';
import { type Gfid, gfidFromBytes, ROOT_GFID } from '../../../core/gfid.ts';
import { GFID_SIZE } from '../../../core/limits.ts';
import { messages } from '../../../core/messages.ts';
import type { Fops, Xlator } from '../../../core/xlator.ts';
import type { Path } from '../../../sys/libc.ts';
import * as libc from '../../../sys/libc.ts';
import { openFilesLimit } from '../../../sys/open-files.ts';
import { Dirents, Iovec, Statfs, Statx, Timespecs, toCString } from '../../../sys/struct.ts';
import { TRUSTED_GFID } from '../shared/xattrs.ts';
import { type FileHandles, openFileHandles } from './file-handles.ts';
import {
  type GfidHandles,
  type HandleMode,
  type NamedEntry,
  openGfidHandles,
  PRIVATE_NAME,
} from './gfid-handles.ts';
import { deriveGfid, GfidStore } from './gfid-store.ts';
import { eraseName, recordName } from './gfid2path.ts';
import { type Directory, InodeHandle, InodeHandles, statAt } from './handles.ts';
import { HealthChecker } from './health.ts';
import { IdentitySwitch } from './identity.ts';
import { MdataStore } from './mdata-store.ts';
import { EMPTY_PATH, makeProcPath, PARENT_PATH, SELF_PATH } from './paths.ts';
import { RemovedHandles } from './removed-handles.ts';
import { openRoot } from './root.ts';

/** Types of file systems in memory (linux/magic.h). */
const TMPFS_MAGIC = 0x01021994;
const RAMFS_MAGIC = 0x858458f6;
/**
 * File systems whose close(2) writes data back and may fail: those with a `flush` in their file_operations
 * (linux/magic.h, linux/fs). File systems of disks have no `flush`.
 */
const FLUSHING_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0x6969, // NFS_SUPER_MAGIC
  0x65735546, // FUSE_SUPER_MAGIC
  0xff534d42, // CIFS_SUPER_MAGIC
  0xfe534d42, // SMB2_SUPER_MAGIC
  0x6b414653, // AFS_FS_MAGIC
  0x73757245, // CODA_SUPER_MAGIC
]);
/** Attribute with the volume's id, on the root of a brick of GlusterFS. */
const VOLUME_ID_XATTR = toCString('trusted.glusterfs.volume-id');
/** Share of the process's descriptors that handles may hold by default. */
const HANDLE_SHARE = 0.5;

/** Settings from the volume's options. */
export interface StoreSettings {
  /** The volume's name, for messages. */
  readonly volume: string;
  /** The directory as the option names it, for messages. */
  readonly directory: string;
  readonly handleLimit: number;
  readonly gfidHandles: HandleMode;
  /** Whether gfids are stored in attributes of the files; otherwise they are derived. */
  readonly gfidXattrs: boolean;
  /** Whether a protocol/server exports the volume to the network. */
  readonly isServed: boolean;
  /** This server's name in `glusterfs.pathinfo`; null for the machine's name. */
  readonly hostname: string | null;
  /** The GlusterFS volume that the directory must belong to; null for any. */
  readonly volumeId: Gfid | null;
  /** GlusterFS's name of this server; null for a server without such a name. */
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
export interface DirectoryRemover {
  /** Returns 0, or minus the errno. */
  removeWithEntries(dir: Directory, path: Path, gfid: Gfid): number;
  close(): void;
}

/** Parts that themselves need the store. */
export interface StoreParts {
  readonly fops: Fops<Store>;
  /** Makes the landfill; called at the start, and again when a lost directory is back. */
  makeLandfill(store: Store, gfidHandles: GfidHandles): DirectoryRemover;
  /** Closes the handle of a removed file. */
  closeRemoved(store: Store, handle: InodeHandle): void;
}

/** The state of one volume of storage/posix. */
export class Store {
  readonly xl: Xlator<Store>;
  readonly settings: StoreSettings;
  readonly hostname: string;
  /** The directory's path without symbolic links, checked by `health`. */
  readonly realPath: string;
  readonly handles: InodeHandles;
  root: InodeHandle;
  gfids: GfidStore;
  /** The gfid handles; null without a `.glusterfs`. */
  gfidHandles: GfidHandles | null = null;
  /** The folder of directories that are being removed; null without gfid handles. */
  landfill: DirectoryRemover | null = null;
  private readonly parts: StoreParts;
  /** The kernel's file handles; null if they cannot be used. */
  fileHandles: FileHandles | null = null;
  /** Stores times that clients have set. */
  mdata: MdataStore;
  readonly health: HealthChecker;
  readonly removedHandles: RemovedHandles;
  readonly identity = new IdentitySwitch();
  /** Number of the volume's bricks on this file system. */
  sharedBrickCount = 1;
  /** True when rchecksum must use a checksum that FIPS 140 allows. */
  isFips = false;
  /** Number of open files and directories. */
  openFdCount = 0;
  /** The errno of the last failed `statAt`. */
  lastStatErrno = 0;
  /** Whether files have their names as attributes (gfid2path). */
  recordsNames = false;
  /** Whether close(2) of a file may fail. */
  closeMayFail = false;
  /** Number of gfid handles and recorded names that could not be created; each errno is logged once. */
  recordFailureCount = 0;
  private readonly loggedErrnos = new Set<number>();
  // Buffers that every system call reuses.
  readonly st = new Statx();
  readonly times = new Timespecs();
  readonly iovec = new Iovec(1);
  readonly dirents = new Dirents();
  private readonly statfsBuffer = new Statfs();

  /** @throws {InitError} if the directory does not exist, or a required setting is impossible */
  constructor(xl: Xlator<Store>, settings: StoreSettings, parts: StoreParts) {
    this.xl = xl;
    this.settings = settings;
    this.parts = parts;
    this.hostname = settings.hostname ?? hostname();
    this.handles = new InodeHandles(this);
    this.removedHandles = new RemovedHandles(xl.context, (handle) =>
      parts.closeRemoved(this, handle),
    );
    const rootFd = openRoot(settings.volume, settings.directory);
    this.gfids = this.openGfidStore(rootFd);
    this.mdata = this.makeMdataStore();
    this.root = this.attach(rootFd);
    this.realPath = realpathSync(settings.directory);
    this.health = new HealthChecker(this);
  }

  get directory(): string {
    return this.settings.directory;
  }

  get fops(): Fops<Store> {
    return this.parts.fops;
  }

  /** Whether other bricks may hold the same files: then the client chooses gfids, which must agree on all bricks. */
  get mayShareFiles(): boolean {
    return this.settings.isServed || hasSiblings(this.xl);
  }

  get handleLimit(): number {
    return this.settings.handleLimit;
  }

  /** Starts to serve `rootFd`'s directory, at the start and after a loss; returns the root's handle. */
  private attach(rootFd: number): InodeHandle {
    statAt(this, rootFd, EMPTY_PATH);
    const root = new InodeHandle(ROOT_GFID, this.st);
    this.handles.registerForRelease();
    this.handles.add(root);
    this.handles.setDescriptor(root, rootFd);
    try {
      const { gfidHandles: mode, isServed } = this.settings;
      const { handles, fault } = openGfidHandles(rootFd, this.gfids, mode, isServed);
      this.gfidHandles = handles;
      this.landfill = handles === null ? null : this.parts.makeLandfill(this, handles);
      if (fault !== 0) this.warnNoHandles(fault);
    } catch (error) {
      this.close();
      throw error;
    }
    this.recordsNames = this.gfidHandles !== null && this.shouldRecordNames(rootFd);
    this.fileHandles = openFileHandles(rootFd);
    this.closeMayFail = FLUSHING_FILE_SYSTEMS.has(this.readFsType(rootFd));
    return root;
  }

  /** Logs that a store for network clients has no gfid handles. */
  private warnNoHandles(errno: number): void {
    const text = `no gfid handles: ${PRIVATE_NAME} cannot be made, or not be written to`;
    this.xl.log.warning(`${text}. When this brick is restarted, clients must look files up again`, {
      errno,
      msgid: messages.gfidHandleNotMade.id,
    });
  }

  private makeMdataStore(): MdataStore {
    return new MdataStore(this.xl, this.settings.ctime, this.gfids.attributeName === TRUSTED_GFID);
  }

  /** Whether names are to be recorded, by option `gfid2path` and the directory. */
  private shouldRecordNames(rootFd: number): boolean {
    const { gfid2path } = this.settings;
    if (gfid2path === 'off' || this.gfids.attributeName !== TRUSTED_GFID) return false;
    return gfid2path === 'on' || readVolumeId(rootFd) !== null;
  }

  /**
   * Opens the storage of gfids.
   * @throws {InitError} if the directory belongs to another volume than option `volume-id`; then nothing is
   * written, and `rootFd` is closed
   */
  private openGfidStore(rootFd: number): GfidStore {
    const { volumeId, gfidXattrs } = this.settings;
    const actual = volumeId === null ? null : readVolumeId(rootFd);
    if (actual === volumeId) return new GfidStore(rootFd, gfidXattrs);
    libc.close(rootFd);
    const owner = actual === null ? 'no volume' : `the volume ${actual}`;
    throw new InitError(`option 'volume-id': '${this.directory}' belongs to ${owner}`);
  }

  /** Called when the directory is gone: closes all handles except those of removed files. */
  detach(): void {
    this.handles.dropNamed();
    this.closeDirectory();
  }

  /** Closes the landfill, gfid handles and file handles of the served directory. */
  private closeDirectory(): void {
    this.landfill?.close();
    this.landfill = null;
    this.gfidHandles?.close();
    this.gfidHandles = null;
    this.recordsNames = false;
    this.fileHandles?.close();
    this.fileHandles = null;
  }

  /** Called when the directory is back; takes over `rootFd`. @throws {InitError} if it cannot be used */
  reattach(rootFd: number): void {
    this.gfids = this.openGfidStore(rootFd);
    this.mdata = this.makeMdataStore();
    this.root = this.attach(rootFd);
  }

  /** Whether a directory has the root's gfid. */
  hasRootGfid(fd: number): boolean {
    return this.gfids.readByFd(fd) === ROOT_GFID;
  }

  /** Whether the file of `fd` is in memory, so that reads never wait for a disk. */
  isInMemory(fd: number): boolean {
    const type = this.readFsType(fd);
    return type === TMPFS_MAGIC || type === RAMFS_MAGIC;
  }

  /** Returns the file system type of `fd`, or 0 if unknown. */
  private readFsType(fd: number): number {
    return libc.fstatfs(fd, this.statfsBuffer.bytes) < 0 ? 0 : this.statfsBuffer.type;
  }

  /**
   * Returns the requested gfid, or a new one if another inode has it. A removed inode that is still in use loses
   * its gfid, since replicate creates a file again with the same gfid.
   */
  private chooseGfid(requestedGfid: Gfid | null): Gfid {
    const owner = requestedGfid === null ? undefined : this.handles.find(requestedGfid);
    if (owner?.isUnnamed) this.handles.drop(owner);
    const isFree = requestedGfid !== null && (owner === undefined || owner.isUnnamed);
    return isFree ? requestedGfid : newGfid(this.xl.context);
  }

  /**
   * Creates the handle of an unknown inode, which `fd` is open on and `st` describes, and stores its gfid. If
   * another known inode has the stored gfid, this one is a copy made with attributes (`cp -a`): it gets a new gfid.
   * @param entry the name by which the inode was found
   */
  createHandle(fd: number, entry: NamedEntry, requestedGfid: Gfid | null): InodeHandle {
    const stored = this.gfids.readByFd(fd);
    const isStored = stored !== null && this.handles.find(stored) === undefined;
    const gfid = isStored ? stored : this.storeGfid(fd, requestedGfid, stored !== null);
    const shouldRecordName = this.recordsNames && stored === null;
    const handle = this.storeNameAndHandle(
      new InodeHandle(gfid, this.st),
      fd,
      entry,
      shouldRecordName,
      false,
    );
    // Storing attributes has changed the ctime, which `st` must have.
    if (!isStored || this.gfidHandles !== null) statAt(this, fd, EMPTY_PATH);
    return handle;
  }

  /**
   * Stores a gfid, `requestedGfid` if it is free, in the inode of `fd`, and returns it; a derived one if it cannot be
   * stored.
   */
  private storeGfid(fd: number, requestedGfid: Gfid | null, mayReplace: boolean): Gfid {
    const gfid = this.chooseGfid(requestedGfid);
    return this.gfids.write(fd, gfid, mayReplace) ? gfid : deriveGfid(this.st);
  }

  /**
   * Creates the handle of a new inode, which `fd` is open on, and stores its gfid; returns the handle or the errno. On
   * success `st` describes the inode.
   * @param entry null for an inode without a name
   * @param dataFd a descriptor of the inode without O_PATH, or 0 for none
   */
  createNewHandle(
    fd: number,
    entry: NamedEntry | null,
    requestedGfid: Gfid | null,
    dataFd: number,
  ): InodeHandle | number {
    const gfid = this.chooseGfid(requestedGfid);
    const isStored = this.gfids.write(fd, gfid, false, dataFd);
    const fault = statAt(this, fd, EMPTY_PATH);
    if (fault !== 0) return fault;
    const handle = new InodeHandle(isStored ? gfid : deriveGfid(this.st), this.st);
    // A new inode has no stored times.
    handle.mdata = null;
    if (entry === null || (this.gfidHandles === null && !this.recordsNames)) {
      this.handles.add(handle);
      return handle;
    }
    const stored = this.storeNameAndHandle(handle, fd, entry, this.recordsNames, true);
    statAt(this, fd, EMPTY_PATH);
    return stored;
  }

  /**
   * Registers an inode's handle, and stores its name and gfid handle on disk. If another inode on disk has the
   * gfid, the inode gets a new gfid, and the returned handle is another than `newHandle`.
   * @param recordsName whether the name is recorded in an attribute (gfid2path)
   * @param isNew whether the inode was just created, and so has no gfid handle yet
   */
  private storeNameAndHandle(
    newHandle: InodeHandle,
    fd: number,
    entry: NamedEntry,
    recordsName: boolean,
    isNew: boolean,
  ): InodeHandle {
    let handle = newHandle;
    if (recordsName) this.recordNewName(handle, fd, entry);
    if (this.gfidHandles !== null && !this.createGfidHandle(handle, fd, entry, isNew)) {
      const gfid = newGfid(this.xl.context);
      handle = new InodeHandle(this.gfids.write(fd, gfid, true) ? gfid : handle.gfid, this.st);
      this.createGfidHandle(handle, fd, entry, true);
    }
    this.handles.add(handle);
    return handle;
  }

  /**
   * Creates or corrects an inode's gfid handle; returns false if another inode on disk has the gfid.
   * @param isNew whether it is known to have no handle
   */
  createGfidHandle(handle: InodeHandle, fd: number, entry: NamedEntry, isNew: boolean): boolean {
    const { gfidHandles } = this;
    if (gfidHandles === null) return true;
    const outcome = gfidHandles.ensureGfidHandle(
      handle,
      fd,
      isRealName(entry) ? entry : { ...entry, name: null },
      isNew,
    );
    handle.hasGfidHandle = outcome === 'correct';
    if (typeof outcome === 'number') this.noteRecordFailure(outcome);
    return outcome !== 'taken';
  }

  /** Records a new name of a file in its attributes (gfid2path). */
  recordNewName(handle: InodeHandle, fd: number, entry: NamedEntry): void {
    if (!this.recordsNames || handle.isDir || !isRealName(entry)) return;
    const fault = recordName(fd, entry);
    if (fault !== 0) this.noteRecordFailure(fault);
  }

  /** Erases the record of a name that a file has lost, if the file has other names. */
  eraseLostName(handle: InodeHandle, entry: NamedEntry): void {
    if (this.recordsNames && !handle.isDir && handle.fd >= 0) eraseName(handle.fd, entry);
  }

  /**
   * Removes the gfid handle of an inode, which `st` describes, if the caller is about to remove its last name. In
   * this order a crash leaves a file without a handle, and never a handle without a file.
   * @returns whether it removed the handle
   */
  dropHandleOfLastName(handle: InodeHandle): boolean {
    // A file with one name has two links, one of them its gfid handle.
    if (!handle.hasGfidHandle || handle.isDir || this.st.nlink > 2) return false;
    this.dropGfidHandle(handle);
    return !handle.hasGfidHandle;
  }

  /** Removes the gfid handle of an inode without names. */
  dropGfidHandle(handle: InodeHandle): void {
    if (handle.hasGfidHandle && this.gfidHandles !== null)
      handle.hasGfidHandle = !this.gfidHandles.removeGfidHandle(handle.gfid);
    else handle.hasGfidHandle = false;
  }

  /** Counts a gfid handle or recorded name that could not be created, and logs the errno once. */
  private noteRecordFailure(errno: number): void {
    this.recordFailureCount += 1;
    // On a read-only disk each handle fails.
    if (errno === EROFS || this.loggedErrnos.has(errno)) return;
    this.loggedErrnos.add(errno);
    const text = 'a gfid handle or gfid2path cannot be made: the inode is found by its names alone';
    this.xl.log.warning(`${text}. Later failures with this errno are not logged`, {
      errno,
      msgid: messages.gfidHandleNotMade.id,
    });
  }

  /** Closes all descriptors, at the volume's end. */
  close(): void {
    this.removedHandles.stop();
    this.handles.dropAllAndUnregister();
    this.closeDirectory();
  }
}

/** Whether a volume above has other children, too. */
const hasSiblings = ({ above }: Xlator): boolean =>
  above.some((parent) => parent.below.length > 1 || hasSiblings(parent));

/** Whether an inode was found by a real name, not by `.`, `..` or a descriptor. */
const isRealName = ({ name }: NamedEntry): boolean =>
  name !== SELF_PATH && name !== PARENT_PATH && name !== EMPTY_PATH;

/** Returns the id of the GlusterFS volume that a directory is a brick of, or null. */
function readVolumeId(rootFd: number): Gfid | null {
  const bytes = new Uint8Array(GFID_SIZE);
  const length = libc.getxattr(makeProcPath(rootFd), VOLUME_ID_XATTR, bytes, GFID_SIZE);
  return length === GFID_SIZE ? gfidFromBytes(bytes) : null;
}

/** Computes the default of option `handle-limit` from the process's limit of descriptors. */
export function computeDefaultHandleLimit(): number {
  return Math.floor(openFilesLimit * HANDLE_SHARE);
}

/**
 * Decides when the kernel may read and write the storage's file directly (FUSE passthrough): only if no volume watches
 * the data. The first open of an inode decides for all its opens until the last release. An O_DIRECT open never begins
 * passthrough, and attributes of a file that may be mapped are not cached; docs/how-it-works/mechanisms.md has the reasons.
 *
 * Sources: Linux Documentation/filesystems/fuse/fuse-passthrough.rst, include/uapi/linux/fuse.h.
 */
import { errnoName } from '../../core/errno.ts';
import type { Inode } from '../../core/inode.ts';
import type { Log } from '../../core/log.ts';
import { O_ACCMODE, O_DIRECT, O_RDWR } from '../../core/open-flags.ts';
import type { Fd } from '../../core/operands.ts';
import type { Child, Xlator } from '../../core/xlator.ts';
import { ioctl } from '../../sys/libc.ts';
import { FOPEN_NOFLUSH, FOPEN_PASSTHROUGH } from './protocol.ts';

/** FUSE_DEV_IOC_BACKING_OPEN: the ioctl(2) that registers a backing file, given by a struct fuse_backing_map. */
const BACKING_OPEN = 0x4010e501;
/** FUSE_DEV_IOC_BACKING_CLOSE: the ioctl(2) that releases a backing file, given by its id. */
const BACKING_CLOSE = 0x4004e502;

/** A backing file registered with the kernel: its id, and the number of open fds. */
interface BackingFile {
  readonly id: number;
  openFdCount: number;
}

/**
 * Finds the links to the volume that handles a file's data by readv, writev and open. Skips a translator that serves
 * some files itself (`DataPath.isOwn`), unless `fd` is one of these. Without `fd`, skips all such translators.
 */
function findDataLinks(links: Child, fd?: Fd): Child {
  let dataLinks = links;
  for (;;) {
    const { readv, writev, open } = dataLinks;
    const { xl } = readv;
    const { dataPath } = xl.translator;
    const isSkipped =
      dataPath?.isOwn !== undefined &&
      ![readv, writev, open].some((target) => target.isObserved || target.xl !== xl) &&
      !(fd !== undefined && dataPath.isOwn(xl, fd));
    if (!isSkipped) return dataLinks;
    dataLinks = xl.children[0]!;
  }
}

/**
 * Finds the storage translator, if no volume or observer above it watches the data; otherwise null. `fd` is used as in
 * `findDataLinks`.
 */
export function findDirectStorage(links: Child, fd?: Fd): Xlator | null {
  const { readv, writev, open } = findDataLinks(links, fd);
  const { xl } = readv;
  if ([readv, writev, open].some(({ isObserved }) => isObserved)) return null;
  if (writev.xl !== xl || open.xl !== xl) return null;
  return xl.translator.dataPath?.backing === undefined ? null : xl;
}

/** Whether the kernel can omit FLUSH: no volume handles it, and the storage reports no errors at close. */
function canSkipFlush(links: Child, storage: Xlator, fd: Fd): boolean {
  let { flush } = links;
  while (!flush.isObserved && flush.xl.translator.dataPath?.isOwn?.(flush.xl, fd) === false) {
    flush = flush.xl.children[0]!.flush;
  }
  if (flush.xl !== storage || flush.isObserved) return false;
  return storage.translator.dataPath?.tellsAtClose?.(storage) !== true;
}

export class Passthrough {
  /** A result of the last `open`: flags for its reply (FOPEN_…). */
  openFlags = 0;
  /** A result of the last `open`: the backing file's id; 0 without passthrough. */
  backingId = 0;
  /** Number of opens with passthrough since the mount. */
  openCount = 0;
  /** Whether the kernel supports passthrough (set by the INIT handler), and has refused no file. */
  isSupported = false;
  private readonly deviceFd: number;
  private readonly log: Log;
  /** The registered backing files, by their inodes. */
  private readonly backingByInode = new Map<Inode, BackingFile>();
  /** The registered backing files, by the open fds that use them. */
  private readonly backingByFd = new Map<Fd, BackingFile>();
  /**
   * Inodes that were opened O_RDWR with passthrough: a program may have mapped them writable, so that their times change
   * without a request, also when it has closed them.
   */
  readonly mappableInodes = new WeakSet<Inode>();
  /** Memory for the argument of an ioctl: 16 bytes, the size of a struct fuse_backing_map. */
  private readonly ioctlBuffer = new Uint8Array(new ArrayBuffer(16));
  private readonly ioctlView = new DataView(this.ioctlBuffer.buffer);

  /** @param device the mounted descriptor of `/dev/fuse` */
  constructor(device: number, log: Log) {
    this.deviceFd = device;
    this.log = log;
  }

  /**
   * Decides on passthrough for an fd that the storage has just opened.
   * @param hasCachedOpen whether another open fd of the inode uses the page cache
   */
  open(links: Child, fd: Fd, hasCachedOpen: boolean): void {
    const storage = findDirectStorage(links, fd);
    this.openFlags = storage !== null && canSkipFlush(links, storage, fd) ? FOPEN_NOFLUSH : 0;
    this.backingId = 0;
    const mayRegister = !hasCachedOpen && (fd.flags & O_DIRECT) === 0;
    const backing =
      this.backingByInode.get(fd.inode) ?? (mayRegister ? this.register(storage, fd) : null);
    if (backing === null) return;
    backing.openFdCount += 1;
    this.backingByFd.set(fd, backing);
    this.openFlags |= FOPEN_PASSTHROUGH;
    this.backingId = backing.id;
    this.openCount += 1;
    if ((fd.flags & O_ACCMODE) === O_RDWR) this.mappableInodes.add(fd.inode);
  }

  /** Whether a program may write to a mapping of a file; asks the storage, if none has it open. */
  mayBeMapped(links: Child, inode: Inode): boolean {
    if (!this.mappableInodes.has(inode)) return false;
    if (this.backingByInode.has(inode)) return true;
    const storage = findDirectStorage(links);
    if (storage === null) return true;
    if (storage.translator.dataPath!.hasWriters?.(storage, inode) !== false) return true;
    this.mappableInodes.delete(inode);
    return false;
  }

  /** Number of open fds with passthrough. */
  get fdCount(): number {
    return this.backingByFd.size;
  }

  /** Ends passthrough for a closed fd; at the last fd of an inode, closes the backing file in the kernel. */
  release(fd: Fd): void {
    const backing = this.backingByFd.get(fd);
    if (backing === undefined) return;
    this.backingByFd.delete(fd);
    backing.openFdCount -= 1;
    if (backing.openFdCount > 0) return;
    this.backingByInode.delete(fd.inode);
    this.ioctlView.setInt32(0, backing.id, true);
    ioctl(this.deviceFd, BACKING_CLOSE, this.ioctlBuffer);
  }

  /** Forgets all backing files, as the connection has ended. */
  clear(): void {
    this.isSupported = false;
    this.backingByInode.clear();
    this.backingByFd.clear();
  }

  /** Registers a backing file with the kernel. Returns null if the storage has no descriptor, or the kernel refuses. */
  private register(storage: Xlator | null, fd: Fd): BackingFile | null {
    if (!this.isSupported || storage === null) return null;
    const descriptor = storage.translator.dataPath!.backing!(storage, fd);
    if (descriptor < 0) return null;
    this.ioctlBuffer.fill(0);
    this.ioctlView.setInt32(0, descriptor, true);
    const id = ioctl(this.deviceFd, BACKING_OPEN, this.ioctlBuffer);
    if (id <= 0) {
      // Without the privilege, or on a stacked file system, the kernel would refuse further files, too.
      this.isSupported = false;
      this.log.info(`no passthrough: ${errnoName(-id)}; data is read and written here`);
      return null;
    }
    const backing = { id, openFdCount: 0 };
    this.backingByInode.set(fd.inode, backing);
    return backing;
  }
}

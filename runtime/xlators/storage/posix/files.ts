/**
 * Opens, reads and writes files for the fops of storage/posix (`OpenFile`, the context of an fd).
 *
 * A read from the page cache happens at once; a read from the disk runs on libuv's pool, so that a slow disk does
 * not block other requests. A write goes to the page cache at once; on an fd with O_SYNC or O_DSYNC it runs on the
 * pool. A descriptor is closed once its fd is released and no call on the pool uses it.
 */
import { constants, read, write } from 'node:fs';
import {
  EAGAIN,
  EINTR,
  EISDIR,
  ELOOP,
  EMFILE,
  ENOSYS,
  ENXIO,
  EOPNOTSUPP,
} from '../../../core/errno.ts';
import type { Gfid } from '../../../core/gfid.ts';
import { IA_IFDIR, IA_IFLNK, IA_IFREG } from '../../../core/iatt.ts';
import { O_ACCMODE } from '../../../core/open-flags.ts';
import type { Fd } from '../../../core/operands.ts';
import { O_CLOEXEC, O_NONBLOCK, RWF_NOWAIT } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { addressOf } from '../../../sys/libc.ts';
import type { Iovec } from '../../../sys/struct.ts';
import { findFdHandle, type PosixXlator } from './handle-search.ts';
import { type InodeHandle, isDescriptorTableFull, type ListedFile, statAt } from './handles.ts';
import { errnoOf } from './node-errno.ts';
import { EMPTY_PATH, makeProcPath } from './paths.ts';
import type { Store } from './store.ts';

const { O_APPEND, O_CREAT, O_DSYNC, O_EXCL, O_NOATIME, O_SYNC, O_TRUNC } = constants;

/** `nowaitFlags` of a file in memory (tmpfs): no flag is needed, since its reads never wait. */
const NEVER_WAITS = 0;
/** `nowaitFlags` of a file system without RWF_NOWAIT: all reads run on the pool. */
const NOWAIT_UNSUPPORTED = -1;

/** An open file, which is the context of its fd; `dir.ts` extends it for directories. */
export class OpenFile implements ListedFile {
  readonly store: Store;
  readonly fd: number;
  readonly handle: InodeHandle;
  next: ListedFile | null = null;
  previous: ListedFile | null = null;
  /** Whether writes must reach the disk. */
  readonly isSync: boolean;
  /** Flags for a preadv2 that does not wait, or `NOWAIT_UNSUPPORTED`. */
  nowaitFlags: number = RWF_NOWAIT;
  /** Number of calls on libuv's pool that use the descriptor. */
  private pendingCount = 0;
  private isReleased = false;

  constructor(store: Store, fd: number, handle: InodeHandle, flags: number) {
    this.store = store;
    this.fd = fd;
    this.handle = handle;
    this.isSync = (flags & (O_SYNC | O_DSYNC)) !== 0;
    store.openFdCount += 1;
    store.handles.addFile(handle, this);
  }

  get gfid(): Gfid {
    return this.handle.gfid;
  }

  /** Wraps the callback of a call on libuv's pool: the descriptor stays open until the callback has returned. */
  holdOpen<A extends unknown[]>(callback: (...args: A) => void): (...args: A) => void {
    this.pendingCount += 1;
    return (...args) => {
      try {
        callback(...args);
      } finally {
        this.pendingCount -= 1;
        this.closeIfUnused();
      }
    };
  }

  /** Closes the descriptor, as soon as no call on the pool uses it. */
  release(): void {
    this.isReleased = true;
    this.closeIfUnused();
  }

  private closeIfUnused(): void {
    if (!this.isReleased || this.pendingCount > 0) return;
    this.store.handles.removeFile(this.handle, this);
    libc.close(this.fd);
    this.store.openFdCount -= 1;
  }
}

/**
 * Returns the caller's open flags that apply to the file on disk; they have the same numbers on all machines.
 * O_DIRECT is dropped: it concerns the caller's cache, and would need aligned memory. O_NONBLOCK is added, so that the open of a pipe cannot block.
 */
export const makeSafeFlags = (flags: number): number =>
  (flags & (O_ACCMODE | O_APPEND | O_TRUNC | O_SYNC | O_DSYNC | O_NOATIME)) | O_NONBLOCK;

/** Opens a handle's inode; returns a descriptor, or minus the errno. */
export function openHandle(handle: InodeHandle, flags: number): number {
  const isForWriting = (flags & O_ACCMODE) !== 0 || (flags & O_TRUNC) !== 0;
  if (handle.type === IA_IFLNK) return -ELOOP;
  if (handle.type === IA_IFDIR && isForWriting) return -EISDIR;
  // The client's kernel opens pipes, sockets and devices itself.
  if (handle.type !== IA_IFREG && handle.type !== IA_IFDIR) return -ENXIO;
  if (isDescriptorTableFull()) return -EMFILE;
  return libc.open(makeProcPath(handle.fd), makeSafeFlags(flags) | O_CLOEXEC, 0);
}

/** Makes `descriptor` the open file of an fd. */
export function addOpenFile(
  xl: PosixXlator,
  fd: Fd,
  descriptor: number,
  handle: InodeHandle,
): OpenFile {
  const file = new OpenFile(xl.priv, descriptor, handle, fd.flags);
  fd.ctxSet(xl, file);
  return file;
}

/** Returns the file of an fd, or the errno; opens it if it was never opened here. */
export function findOrOpenFile(xl: PosixXlator, fd: Fd): OpenFile | number {
  const context = fd.ctxGet(xl) as OpenFile | undefined;
  if (context !== undefined) return context;
  const handle = findFdHandle(xl, fd.inode);
  if (typeof handle === 'number') return handle;
  const descriptor = openHandle(handle, fd.flags & ~(O_CREAT | O_EXCL | O_TRUNC));
  return descriptor < 0 ? -descriptor : addOpenFile(xl, fd, descriptor, handle);
}

/**
 * Bytes of a slab. Small reads take memory from a slab in order, and it is never reused, so that callers may keep a
 * reply. The garbage collector frees a slab when no reply uses it.
 */
const SLAB_BYTES = 262_144;
/** Largest read, in bytes, that takes its memory from a slab. */
const MAX_SLAB_READ_BYTES = 32_768;
/** The current slab, its address, and the bytes from its start that are taken. */
let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
let slabAddress = addressOf(slab);
let slabUsedBytes = 0;

/** Returns the offset of `size` free bytes in the current slab. */
function reserveInSlab(size: number): number {
  if (slabUsedBytes + size > SLAB_BYTES) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    slabAddress = addressOf(slab);
    slabUsedBytes = 0;
  }
  return slabUsedBytes;
}

/** Addresses of read buffers; an initiator passes the same buffer with every read. */
const addresses = new WeakMap<Uint8Array, bigint>();

/** Returns the address of a read buffer. */
function findAddress(memory: Uint8Array): bigint {
  const cached = addresses.get(memory);
  if (cached !== undefined) return cached;
  const created = addressOf(memory);
  addresses.set(memory, created);
  return created;
}

/**
 * Reads at most `size` bytes into `memory` from the page cache; returns the bytes read, or minus the errno: EAGAIN
 * if some of them must be read from the disk.
 */
export function readWithoutWaiting(
  file: OpenFile,
  memory: Uint8Array,
  size: number,
  offset: number,
): number {
  if (size > memory.length) return -EAGAIN;
  const { iovec } = file.store;
  iovec.setAddress(0, findAddress(memory), size);
  const byteCount = readCached(file, iovec, offset);
  return byteCount < 0 || isReadComplete(file, byteCount, size, offset) ? byteCount : -EAGAIN;
}

/** Whether a read of `size` bytes that returned `byteCount` needs no second read: it is full, or ends with the file. */
const isReadComplete = (file: OpenFile, byteCount: number, size: number, offset: number): boolean =>
  byteCount === size || (byteCount >= 0 && offset + byteCount >= readFileSize(file));

/** Called with the bytes read, or with null and the errno. */
export type ReadCallback = (vector: Uint8Array | null, errno: number) => void;

/** Reads at most `size` bytes; calls `callback` before it returns if the page cache has them, otherwise later. */
export function readFile(
  file: OpenFile,
  size: number,
  offset: number,
  callback: ReadCallback,
): void {
  const isSmall = size <= MAX_SLAB_READ_BYTES;
  const memoryOffset = isSmall ? reserveInSlab(size) : 0;
  const memory = isSmall ? slab : Buffer.allocUnsafeSlow(size);
  const { iovec } = file.store;
  if (isSmall) iovec.setAddress(0, slabAddress + BigInt(memoryOffset), size);
  else iovec.set(0, memory, size);
  const byteCount = readCached(file, iovec, offset);
  const isComplete = isReadComplete(file, byteCount, size, offset);
  if (byteCount < 0 && byteCount !== -EAGAIN) {
    callback(null, -byteCount);
    return;
  }
  // The next read starts at a multiple of 8 bytes.
  if (isSmall) slabUsedBytes += ((isComplete ? byteCount : size) + 7) & ~7;
  if (isComplete) callback(viewBytes(memory, memoryOffset, byteCount), 0);
  else readDisk({ file, memory, memoryOffset, size, offset }, Math.max(0, byteCount), callback);
}

/** Returns part of a Buffer as a plain Uint8Array, as a reply's vector must be. */
const viewBytes = (memory: Buffer, start: number, length: number): Uint8Array =>
  new Uint8Array(memory.buffer, memory.byteOffset + start, length);

/** Returns the bytes read from the page cache, or minus the errno: EAGAIN if the disk is needed. */
function readCached(file: OpenFile, iovec: Iovec, offset: number): number {
  if (file.nowaitFlags === NOWAIT_UNSUPPORTED) return -EAGAIN;
  const byteCount = libc.preadv2(file.fd, iovec.bytes, 1, offset, file.nowaitFlags);
  if (byteCount === -EOPNOTSUPP || byteCount === -ENOSYS) {
    file.nowaitFlags = file.store.isInMemory(file.fd) ? NEVER_WAITS : NOWAIT_UNSUPPORTED;
    return readCached(file, iovec, offset);
  }
  return byteCount === -EINTR ? -EAGAIN : byteCount;
}

/** Reads the file's size; 0 on failure. */
function readFileSize(file: OpenFile): number {
  return statAt(file.store, file.fd, EMPTY_PATH) === 0 ? file.store.st.size : 0;
}

/** A read under way: `size` bytes of the file from `offset`, into `memory` from `start`. */
interface PendingRead {
  readonly file: OpenFile;
  readonly memory: Buffer;
  readonly memoryOffset: number;
  readonly size: number;
  readonly offset: number;
}

/** Reads the bytes after the first `readBytes` on libuv's pool, until the read is full or the file ends. */
function readDisk(pendingRead: PendingRead, readBytes: number, callback: ReadCallback): void {
  const { file, memory, memoryOffset, size, offset } = pendingRead;
  const onDone = file.holdOpen((error: NodeJS.ErrnoException | null, byteCount: number) => {
    const errno = errnoOf(error);
    if (errno !== 0 && errno !== EINTR && errno !== EAGAIN) return callback(null, errno);
    const totalBytes = readBytes + (errno === 0 ? byteCount : 0);
    if (totalBytes >= size || (errno === 0 && byteCount === 0))
      return callback(viewBytes(memory, memoryOffset, totalBytes), 0);
    readDisk(pendingRead, totalBytes, callback);
  });
  read(file.fd, memory, memoryOffset + readBytes, size - readBytes, offset + readBytes, onDone);
}

/** Writes `data` to the page cache; returns the bytes written, or minus the errno if none was. */
export function writeAll(fd: number, data: Uint8Array, offset: number): number {
  let writtenBytes = 0;
  while (writtenBytes < data.length) {
    const remaining = writtenBytes === 0 ? data : data.subarray(writtenBytes);
    const result = libc.pwrite(fd, remaining, remaining.length, offset + writtenBytes);
    if (result === -EINTR) continue;
    if (result <= 0) return writtenBytes > 0 ? writtenBytes : result;
    writtenBytes += result;
  }
  return writtenBytes;
}

/**
 * Writes `data` on libuv's pool, as the write waits for the disk; `callback` gets the bytes written, or minus the errno
 * if none was.
 * @param writtenBytes bytes of `data` that an earlier call has written
 */
export function writeOnPool(
  file: OpenFile,
  data: Uint8Array,
  offset: number,
  callback: (writtenBytes: number) => void,
  writtenBytes = 0,
): void {
  const onDone = file.holdOpen((error: NodeJS.ErrnoException | null, byteCount: number) => {
    const errno = errnoOf(error);
    const totalBytes = writtenBytes + (errno === 0 ? byteCount : 0);
    if (errno !== 0 && errno !== EINTR) return callback(writtenBytes > 0 ? writtenBytes : -errno);
    if (totalBytes >= data.length || (errno === 0 && byteCount === 0)) return callback(totalBytes);
    writeOnPool(file, data, offset, callback, totalBytes);
  });
  write(file.fd, data, writtenBytes, data.length - writtenBytes, offset + writtenBytes, onDone);
}

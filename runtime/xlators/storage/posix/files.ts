/**
 * Open files: the descriptor behind an Fd, and reading and writing through it.
 *
 * A read takes what is in the page cache at once; only what has to come from the disk is read on
 * libuv's pool, so that a slow disk holds up no other request. A write goes into the page cache, at
 * once; on an fd that wants it on disk (O_SYNC, O_DSYNC) it goes through the pool too.
 * A descriptor is closed when its Fd was released and no such work is left.
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
import type { Fd } from '../../../core/fd.ts';
import type { Gfid } from '../../../core/gfid.ts';
import { IA_IFDIR, IA_IFLNK, IA_IFREG } from '../../../core/iatt.ts';
import { O_ACCMODE } from '../../../core/open-flags.ts';
import { address } from '../../../sys/call.ts';
import { O_CLOEXEC, O_NONBLOCK, RWF_NOWAIT } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import type { Iovec } from '../../../sys/struct.ts';
import type { Brick } from './brick.ts';
import { isFull } from './descriptors.ts';
import { type Handle, look, type Opened } from './handles.ts';
import { errnoOf } from './node-errno.ts';
import { EMPTY, procPath } from './paths.ts';
import { inodeHandle, type PosixXlator } from './resolve.ts';

const { O_APPEND, O_CREAT, O_DSYNC, O_EXCL, O_NOATIME, O_SYNC, O_TRUNC } = constants;

/** A file system in memory knows no RWF_NOWAIT: it never waits. Others just cannot tell. */
const NEVER_WAITS = 0;
const UNABLE = -1;

export class OpenFile implements Opened {
  readonly brick: Brick;
  readonly fd: number;
  readonly handle: Handle;
  next: Opened | null = null;
  previous: Opened | null = null;
  /** Writes have to reach the disk. */
  readonly isSync: boolean;
  /** How to read without waiting: flags for preadv2, or `UNABLE`. */
  nowait: number = RWF_NOWAIT;
  private pending = 0;
  private released = false;

  constructor(brick: Brick, fd: number, handle: Handle, flags: number) {
    this.brick = brick;
    this.fd = fd;
    this.handle = handle;
    this.isSync = (flags & (O_SYNC | O_DSYNC)) !== 0;
    brick.openFds += 1;
    brick.handles.fileOpened(handle, this);
  }

  get gfid(): Gfid {
    return this.handle.gfid;
  }

  /**
   * For a callback of work on libuv's pool: the descriptor stays until that callback has returned.
   */
  during<A extends unknown[]>(callback: (...args: A) => void): (...args: A) => void {
    this.pending += 1;
    return (...args) => {
      try {
        callback(...args);
      } finally {
        this.pending -= 1;
        this.closeUnused();
      }
    };
  }

  release(): void {
    this.released = true;
    this.closeUnused();
  }

  private closeUnused(): void {
    if (!this.released || this.pending > 0) return;
    this.brick.handles.fileCloses(this.handle, this);
    libc.close(this.fd);
    this.brick.openFds -= 1;
  }
}

/**
 * The flags of a caller that mean something here. O_DIRECT does not: it spares the caller's cache,
 * not ours, and would demand aligned memory. A pipe that got in the way must not block us.
 */
export const safeFlags = (flags: number): number =>
  (flags & (O_ACCMODE | O_APPEND | O_TRUNC | O_SYNC | O_DSYNC | O_NOATIME)) | O_NONBLOCK;

/** Opens what a handle stands for: a descriptor, or minus the errno. */
export function openHandle(handle: Handle, flags: number): number {
  const writes = (flags & O_ACCMODE) !== 0 || (flags & O_TRUNC) !== 0;
  if (handle.type === IA_IFLNK) return -ELOOP;
  if (handle.type === IA_IFDIR && writes) return -EISDIR;
  // Pipes, sockets and devices are opened by the kernel of whoever uses them, never here.
  if (handle.type !== IA_IFREG && handle.type !== IA_IFDIR) return -ENXIO;
  if (isFull()) return -EMFILE;
  return libc.open(procPath(handle.fd), safeFlags(flags) | O_CLOEXEC, 0);
}

export function keepFile(xl: PosixXlator, fd: Fd, descriptor: number, handle: Handle): OpenFile {
  const file = new OpenFile(xl.priv, descriptor, handle, fd.flags);
  fd.ctxSet(xl, file);
  return file;
}

/** The file open as `fd`, or the errno. One that was never opened here is opened now. */
export function fileOf(xl: PosixXlator, fd: Fd): OpenFile | number {
  const kept = fd.ctxGet(xl) as OpenFile | undefined;
  if (kept !== undefined) return kept;
  const handle = inodeHandle(xl, fd.inode);
  if (typeof handle === 'number') return handle;
  const descriptor = openHandle(handle, fd.flags & ~(O_CREAT | O_EXCL | O_TRUNC));
  return descriptor < 0 ? -descriptor : keepFile(xl, fd, descriptor, handle);
}

/**
 * Memory for small reads comes from slabs: it is taken from one, in order, and never used again, so
 * that whoever gets it may keep it. A reply that is kept keeps its slab.
 */
const SLAB_SIZE = 262_144;
const SLAB_READ_MAX = 32_768;
let slab = Buffer.allocUnsafeSlow(SLAB_SIZE);
let slabAddress = address(slab);
let slabUsed = 0;

function startInSlab(size: number): number {
  if (slabUsed + size > SLAB_SIZE) {
    slab = Buffer.allocUnsafeSlow(SLAB_SIZE);
    slabAddress = address(slab);
    slabUsed = 0;
  }
  return slabUsed;
}

/** Addresses of read buffers: an initiator gives the same one for every read. */
const addresses = new WeakMap<Uint8Array, bigint>();

function addressOf(memory: Uint8Array): bigint {
  const known = addresses.get(memory);
  if (known !== undefined) return known;
  const found = address(memory);
  addresses.set(memory, found);
  return found;
}

/**
 * Reads at most `size` bytes into `memory` without waiting: bytes read, or minus the errno; EAGAIN
 * when not all can be had so.
 */
export function readNow(file: OpenFile, memory: Uint8Array, size: number, offset: number): number {
  if (size > memory.length) return -EAGAIN;
  const { iovec } = file.brick;
  iovec.setAddress(0, addressOf(memory), size);
  const got = readCached(file, iovec, offset);
  return got < 0 || isWhole(file, got, size, offset) ? got : -EAGAIN;
}

/** Whether `got` is all that there is of `size` bytes. */
const isWhole = (file: OpenFile, got: number, size: number, offset: number): boolean =>
  got === size || (got >= 0 && offset + got >= sizeOf(file));

/** Takes a read's outcome: the bytes read, or null and the errno. */
export type ReadDone = (vector: Uint8Array | null, errno: number) => void;

/** Reads at most `size` bytes; `done` is called now or later, and has to expect both. */
export function readFile(file: OpenFile, size: number, offset: number, done: ReadDone): void {
  const isSmall = size <= SLAB_READ_MAX;
  const start = isSmall ? startInSlab(size) : 0;
  const memory = isSmall ? slab : Buffer.allocUnsafeSlow(size);
  const { iovec } = file.brick;
  if (isSmall) iovec.setAddress(0, slabAddress + BigInt(start), size);
  else iovec.set(0, memory, size);
  const got = readCached(file, iovec, offset);
  const whole = isWhole(file, got, size, offset);
  if (got < 0 && got !== -EAGAIN) {
    done(null, -got);
    return;
  }
  if (isSmall) slabUsed += ((whole ? got : size) + 7) & ~7;
  if (whole) done(bytesOf(memory, start, got), 0);
  else readDisk({ file, memory, start, size, offset }, Math.max(0, got), done);
}

/** Plain bytes over the same memory: a reply's vector is no Buffer. */
const bytesOf = (memory: Buffer, start: number, length: number): Uint8Array =>
  new Uint8Array(memory.buffer, memory.byteOffset + start, length);

/** Bytes read from the page cache, or minus the errno: EAGAIN when the disk has to be asked. */
function readCached(file: OpenFile, iovec: Iovec, offset: number): number {
  if (file.nowait === UNABLE) return -EAGAIN;
  const got = libc.preadv2(file.fd, iovec.bytes, 1, offset, file.nowait);
  if (got === -EOPNOTSUPP || got === -ENOSYS) {
    file.nowait = file.brick.isMemory(file.fd) ? NEVER_WAITS : UNABLE;
    return readCached(file, iovec, offset);
  }
  return got === -EINTR ? -EAGAIN : got;
}

function sizeOf(file: OpenFile): number {
  return look(file.brick, file.fd, EMPTY) === 0 ? file.brick.st.size : 0;
}

/** A read under way: `size` bytes of the file from `offset`, into `memory` from `start`. */
interface Reading {
  readonly file: OpenFile;
  readonly memory: Buffer;
  readonly start: number;
  readonly size: number;
  readonly offset: number;
}

/** Reads what is missing after `have` bytes on libuv's pool, until there is no more. */
function readDisk(reading: Reading, have: number, done: ReadDone): void {
  const { file, memory, start, size, offset } = reading;
  const then = file.during((error: NodeJS.ErrnoException | null, got: number) => {
    const errno = errnoOf(error);
    if (errno !== 0 && errno !== EINTR && errno !== EAGAIN) return done(null, errno);
    const total = have + (errno === 0 ? got : 0);
    if (total >= size || (errno === 0 && got === 0)) return done(bytesOf(memory, start, total), 0);
    readDisk(reading, total, done);
  });
  read(file.fd, memory, start + have, size - have, offset + have, then);
}

/** Writes all of `data` into the page cache: bytes written, or minus the errno when none were. */
export function writeAll(fd: number, data: Uint8Array, offset: number): number {
  let written = 0;
  while (written < data.length) {
    const rest = written === 0 ? data : data.subarray(written);
    const result = libc.pwrite(fd, rest, rest.length, offset + written);
    if (result === -EINTR) continue;
    if (result <= 0) return written > 0 ? written : result;
    written += result;
  }
  return written;
}

/** The same on libuv's pool, for writes that wait for the disk. */
export function writeLater(
  file: OpenFile,
  data: Uint8Array,
  offset: number,
  done: (written: number) => void,
  written = 0,
): void {
  const then = file.during((error: NodeJS.ErrnoException | null, count: number) => {
    const errno = errnoOf(error);
    const total = written + (errno === 0 ? count : 0);
    if (errno !== 0 && errno !== EINTR) return done(written > 0 ? written : -errno);
    if (total >= data.length || (errno === 0 && count === 0)) return done(total);
    writeLater(file, data, offset, done, total);
  });
  write(file.fd, data, written, data.length - written, offset + written, then);
}

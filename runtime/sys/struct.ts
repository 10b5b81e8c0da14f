/**
 * Decodes C structs of system calls in reusable buffers: pass `bytes` to the call, then read the fields. A field is
 * decoded when it is read, so a call allocates nothing; the next call overwrites the fields.
 *
 * Layouts are those of 64-bit little-endian Linux, which are all Linux platforms of node but s390x.
 */
import { addressOf } from './libc.ts';

const TWO_32 = 0x1_0000_0000;

/** Reads an unsigned 64-bit field as a Number, exact below 2^53. */
const readU64 = (view: DataView, position: number): number =>
  view.getUint32(position, true) + view.getUint32(position + 4, true) * TWO_32;

/** Reads a signed 64-bit field as a Number, exact between -2^53 and 2^53. */
const readI64 = (view: DataView, position: number): number =>
  view.getUint32(position, true) + view.getInt32(position + 4, true) * TWO_32;

/** Encodes text with an ending NUL. */
export const toCString = (text: string): Uint8Array => Buffer.from(`${text}\0`);

/** The memory of a structure. */
class Struct {
  readonly bytes: Uint8Array;
  protected readonly view: DataView;
  constructor(size: number) {
    this.bytes = new Uint8Array(new ArrayBuffer(size));
    this.view = new DataView(this.bytes.buffer);
  }
}

/** struct statfs (120 bytes), with only the field that statvfs lacks. */
export class Statfs extends Struct {
  constructor() {
    super(120);
  }
  /** The file system's magic number. */
  get type(): number {
    return this.view.getUint32(0, true);
  }
}

/** struct statx (256 bytes). Times are whole seconds (may be negative) and nanoseconds. */
export class Statx extends Struct {
  constructor() {
    super(256);
  }
  get mask(): number {
    return this.view.getUint32(0, true);
  }
  get blksize(): number {
    return this.view.getUint32(4, true);
  }
  /** Whether it is the root of a mount (STATX_ATTR_MOUNT_ROOT, Linux 5.8). */
  get isMountRoot(): boolean {
    return (this.view.getUint32(8, true) & 0x2000) !== 0;
  }
  get nlink(): number {
    return this.view.getUint32(16, true);
  }
  get uid(): number {
    return this.view.getUint32(20, true);
  }
  get gid(): number {
    return this.view.getUint32(24, true);
  }
  /** Type and permissions. */
  get mode(): number {
    return this.view.getUint16(28, true);
  }
  get inoLo(): number {
    return this.view.getUint32(32, true);
  }
  get inoHi(): number {
    return this.view.getUint32(36, true);
  }
  get size(): number {
    return readI64(this.view, 40);
  }
  /** The exact size, beyond 2^53 too. */
  get exactSize(): bigint {
    return this.view.getBigUint64(40, true);
  }
  /** Units of 512 bytes. */
  get blocks(): number {
    return readI64(this.view, 48);
  }
  get atime(): number {
    return readI64(this.view, 64);
  }
  get atimeNsec(): number {
    return this.view.getUint32(72, true);
  }
  get btime(): number {
    return readI64(this.view, 80);
  }
  get btimeNsec(): number {
    return this.view.getUint32(88, true);
  }
  get ctime(): number {
    return readI64(this.view, 96);
  }
  get ctimeNsec(): number {
    return this.view.getUint32(104, true);
  }
  get mtime(): number {
    return readI64(this.view, 112);
  }
  get mtimeNsec(): number {
    return this.view.getUint32(120, true);
  }
  get rdevMajor(): number {
    return this.view.getUint32(128, true);
  }
  get rdevMinor(): number {
    return this.view.getUint32(132, true);
  }
  get devMajor(): number {
    return this.view.getUint32(136, true);
  }
  get devMinor(): number {
    return this.view.getUint32(140, true);
  }
}

/** struct statvfs. */
export class Statvfs extends Struct {
  constructor() {
    super(128);
  }
  get bsize(): number {
    return readU64(this.view, 0);
  }
  get frsize(): number {
    return readU64(this.view, 8);
  }
  get blocks(): number {
    return readU64(this.view, 16);
  }
  get bfree(): number {
    return readU64(this.view, 24);
  }
  get bavail(): number {
    return readU64(this.view, 32);
  }
  get files(): number {
    return readU64(this.view, 40);
  }
  get ffree(): number {
    return readU64(this.view, 48);
  }
  get favail(): number {
    return readU64(this.view, 56);
  }
  get flag(): number {
    return readU64(this.view, 72);
  }
  get namemax(): number {
    return readU64(this.view, 80);
  }
}

/**
 * Iterates over the result of getdents64: `dirents.start(getdents64(fd, dirents.bytes, dirents.bytes.length))`,
 * then `while (dirents.next())`. The name is `bytes` from `nameStart` to `nameEnd`. The offset of the next entry is
 * two halves: ext4 uses all 63 bits.
 */
export class Dirents extends Struct {
  nameStart = 0;
  nameEnd = 0;
  #entryStart = 0;
  #nextStart = 0;
  #dataEnd = 0;

  constructor(size = 32768) {
    super(size);
  }
  /** Starts an iteration. @param filledBytes the result of getdents64; after an error there are no entries */
  start(filledBytes: number): void {
    this.#nextStart = 0;
    this.#dataEnd = Math.max(filledBytes, 0);
  }
  /** Moves to the next entry of struct linux_dirent64; returns false at the end. */
  next(): boolean {
    if (this.#nextStart >= this.#dataEnd) return false;
    this.#entryStart = this.#nextStart;
    this.#nextStart += this.view.getUint16(this.#entryStart + 16, true);
    this.nameStart = this.#entryStart + 19;
    this.nameEnd = this.bytes.indexOf(0, this.nameStart);
    return true;
  }
  get inoLo(): number {
    return this.view.getUint32(this.#entryStart, true);
  }
  get inoHi(): number {
    return this.view.getUint32(this.#entryStart + 4, true);
  }
  get offLo(): number {
    return this.view.getUint32(this.#entryStart + 8, true);
  }
  get offHi(): number {
    return this.view.getUint32(this.#entryStart + 12, true);
  }
  /** A `DT_*` number. */
  get type(): number {
    return this.view.getUint8(this.#entryStart + 18);
  }
}

/** Two struct timespec, access time first, for utimensat. */
export class Timespecs extends Struct {
  constructor() {
    super(32);
  }
  /** Sets the access time (index 0) or the modification time (1); `nsec` may be UTIME_NOW, UTIME_OMIT. */
  set(index: 0 | 1, sec: number, nsec: number): void {
    const position = index * 16;
    this.view.setUint32(position, sec, true);
    this.view.setInt32(position + 4, Math.floor(sec / TWO_32), true);
    this.view.setUint32(position + 8, nsec, true);
    this.view.setUint32(position + 12, 0, true);
  }
}

/** A struct itimerspec for one expiry. */
export class Itimerspec extends Struct {
  constructor() {
    super(32);
  }
  /** Sets the time of the expiry. @param ns nanoseconds from now, at least 1 */
  setExpiry(ns: number): void {
    const sec = Math.floor(ns / 1e9);
    this.view.setUint32(16, sec, true);
    this.view.setUint32(20, Math.floor(sec / TWO_32), true);
    this.view.setUint32(24, ns - sec * 1e9, true);
  }
}

/** An array of struct iovec. It holds addresses only: the caller keeps the memory alive until after the call. */
export class Iovec extends Struct {
  constructor(count: number) {
    super(count * 16);
  }
  /** Sets an element to the first `length` bytes of `bytes`. */
  set(index: number, bytes: Uint8Array, length: number): void {
    this.setAddress(index, addressOf(bytes), length);
  }
  /** Does the same as `set` for an address that the caller has cached, so that no BigInt is made per call. */
  setAddress(index: number, address: bigint, length: number): void {
    this.view.setBigUint64(index * 16, address, true);
    this.setLength(index, length);
  }
  setLength(index: number, length: number): void {
    this.view.setUint32(index * 16 + 8, length, true);
    this.view.setUint32(index * 16 + 12, 0, true);
  }
}

const POLLIN = 1;
const POLLOUT = 4;
const POLLERR = 8;
const POLLHUP = 16;

/** An array of struct pollfd, initially for POLLIN. */
export class PollSet extends Struct {
  constructor(fds: readonly number[]) {
    super(fds.length * 8);
    for (const [index, fd] of fds.entries()) {
      this.view.setInt32(index * 8, fd, true);
      this.view.setInt16(index * 8 + 4, POLLIN, true);
    }
  }
  /** Sets the events to wait for: readable, writable. */
  setEvents(index: number, awaitsReadable: boolean, awaitsWritable: boolean): void {
    const events = (awaitsReadable ? POLLIN : 0) | (awaitsWritable ? POLLOUT : 0);
    this.view.setInt16(index * 8 + 4, events, true);
  }
  /** Whether the last poll found that the peer has closed the connection. */
  hasPeerClosed(index: number): boolean {
    return (this.getReadyEvents(index) & (POLLERR | POLLHUP)) !== 0;
  }
  /** Returns the events of the last poll (POLLIN, POLLOUT, POLLERR, POLLHUP); 0 without an event. */
  getReadyEvents(index: number): number {
    return this.view.getInt16(index * 8 + 6, true);
  }
}

/** Converts attributes and directory entries to the classes of Node's `fs`. */
import { computeInoHi, computeInoLo, type Gfid } from '../core/gfid.ts';
import {
  encodeDevice,
  IA_IFBLK,
  IA_IFCHR,
  IA_IFDIR,
  IA_IFIFO,
  IA_IFLNK,
  IA_IFREG,
  IA_IFSOCK,
  type Iatt,
  type Statvfs,
} from '../core/iatt.ts';

/** 2^32, the factor of an inode number's upper half. */
const HIGH_WORD_FACTOR = 0x1_0000_0000;

/** The predicates of a file's type; `Stats`, `BigIntStats` and `Dirent` share it. */
abstract class TypedEntry {
  /** The type, one of IA_*. */
  protected abstract readonly type: number;

  isFile(): boolean {
    return this.type === IA_IFREG;
  }
  isDirectory(): boolean {
    return this.type === IA_IFDIR;
  }
  isSymbolicLink(): boolean {
    return this.type === IA_IFLNK;
  }
  isBlockDevice(): boolean {
    return this.type === IA_IFBLK;
  }
  isCharacterDevice(): boolean {
    return this.type === IA_IFCHR;
  }
  isFIFO(): boolean {
    return this.type === IA_IFIFO;
  }
  isSocket(): boolean {
    return this.type === IA_IFSOCK;
  }
}

const toMs = (seconds: number, nanoseconds: number): number => seconds * 1000 + nanoseconds / 1e6;

/** The attributes of a file: Node's `Stats`, and the gfid. */
export class Stats extends TypedEntry {
  protected readonly type: number;
  /** The number of the volume in this process. */
  readonly dev: number;
  /** The low 64 bits of the gfid, rounded to a Number. */
  readonly ino: number;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly rdev: number;
  /** The size in bytes. */
  readonly size: number;
  readonly blksize: number;
  /** The occupied space, in units of 512 bytes. */
  readonly blocks: number;
  readonly atimeMs: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly birthtimeMs: number;
  readonly gfid: Gfid;

  constructor(buf: Iatt, dev: number) {
    super();
    this.type = buf.iaType;
    this.dev = dev;
    this.ino = computeInoHi(buf.iaGfid) * HIGH_WORD_FACTOR + computeInoLo(buf.iaGfid);
    this.mode = buf.mode;
    this.nlink = buf.iaNlink;
    this.uid = buf.iaUid;
    this.gid = buf.iaGid;
    this.rdev = encodeDevice(buf.iaRdev);
    this.size = buf.iaSize;
    this.blksize = buf.iaBlksize;
    this.blocks = buf.iaBlocks;
    this.atimeMs = toMs(buf.iaAtime, buf.iaAtimeNsec);
    this.mtimeMs = toMs(buf.iaMtime, buf.iaMtimeNsec);
    this.ctimeMs = toMs(buf.iaCtime, buf.iaCtimeNsec);
    this.birthtimeMs = hasBirthTime(buf) ? toMs(buf.iaBtime, buf.iaBtimeNsec) : this.ctimeMs;
    this.gfid = buf.iaGfid;
  }

  get atime(): Date {
    return new Date(this.atimeMs);
  }
  get mtime(): Date {
    return new Date(this.mtimeMs);
  }
  get ctime(): Date {
    return new Date(this.ctimeMs);
  }
  get birthtime(): Date {
    return new Date(this.birthtimeMs);
  }
}

/** Whether the storage reports when the file was made; if not, it sends zeros. */
const hasBirthTime = ({ iaBtime, iaBtimeNsec }: Iatt): boolean =>
  iaBtime !== 0 || iaBtimeNsec !== 0;

const toNs = (seconds: number, nanoseconds: number): bigint =>
  BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);

/** The attributes of a file with exact numbers: Node's `BigIntStats`, and the gfid. */
export class BigIntStats extends TypedEntry {
  protected readonly type: number;
  readonly dev: bigint;
  /** The low 64 bits of the gfid. */
  readonly ino: bigint;
  readonly mode: bigint;
  readonly nlink: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly rdev: bigint;
  readonly size: bigint;
  readonly blksize: bigint;
  readonly blocks: bigint;
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly birthtimeNs: bigint;
  readonly gfid: Gfid;

  constructor(buf: Iatt, dev: number) {
    super();
    const stats = new Stats(buf, dev);
    this.type = buf.iaType;
    this.dev = BigInt(dev);
    this.ino = buf.iaIno;
    this.mode = BigInt(stats.mode);
    this.nlink = BigInt(stats.nlink);
    this.uid = BigInt(stats.uid);
    this.gid = BigInt(stats.gid);
    this.rdev = BigInt(stats.rdev);
    this.size = BigInt(stats.size);
    this.blksize = BigInt(stats.blksize);
    this.blocks = BigInt(stats.blocks);
    this.atimeNs = toNs(buf.iaAtime, buf.iaAtimeNsec);
    this.mtimeNs = toNs(buf.iaMtime, buf.iaMtimeNsec);
    this.ctimeNs = toNs(buf.iaCtime, buf.iaCtimeNsec);
    this.birthtimeNs = hasBirthTime(buf) ? toNs(buf.iaBtime, buf.iaBtimeNsec) : this.ctimeNs;
    this.gfid = buf.iaGfid;
  }

  get atimeMs(): bigint {
    return this.atimeNs / 1_000_000n;
  }
  get mtimeMs(): bigint {
    return this.mtimeNs / 1_000_000n;
  }
  get ctimeMs(): bigint {
    return this.ctimeNs / 1_000_000n;
  }
  get birthtimeMs(): bigint {
    return this.birthtimeNs / 1_000_000n;
  }
  get atime(): Date {
    return new Date(Number(this.atimeMs));
  }
  get mtime(): Date {
    return new Date(Number(this.mtimeMs));
  }
  get ctime(): Date {
    return new Date(Number(this.ctimeMs));
  }
  get birthtime(): Date {
    return new Date(Number(this.birthtimeMs));
  }
}

/** A directory entry: Node's `Dirent`. */
export class Dirent extends TypedEntry {
  protected readonly type: number;
  readonly name: string | Uint8Array;
  /** The path of the directory. */
  readonly parentPath: string;

  constructor(name: string | Uint8Array, parentPath: string, type: number) {
    super();
    this.name = name;
    this.parentPath = parentPath;
    this.type = type;
  }

  /** The older name of `parentPath`. */
  get path(): string {
    return this.parentPath;
  }
}

/** The space of a volume: Node's `StatFs`, and statvfs(3)'s longest name. */
export class StatFs {
  /** The magic number of FUSE, as statfs(2) returns it. */
  readonly type: number | bigint;
  readonly bsize: number | bigint;
  readonly frsize: number | bigint;
  readonly blocks: number | bigint;
  readonly bfree: number | bigint;
  readonly bavail: number | bigint;
  readonly files: number | bigint;
  readonly ffree: number | bigint;
  /** The most bytes of a name. */
  readonly namemax: number | bigint;

  constructor(statvfs: Statvfs, isBig = false) {
    const convert = (value: number): number | bigint => (isBig ? BigInt(value) : value);
    this.type = convert(FUSE_SUPER_MAGIC);
    // Node's sizes are blocks of `bsize`.
    this.bsize = convert(statvfs.frsize);
    this.frsize = convert(statvfs.frsize);
    this.blocks = convert(statvfs.blocks);
    this.bfree = convert(statvfs.bfree);
    this.bavail = convert(statvfs.bavail);
    this.files = convert(statvfs.files);
    this.ffree = convert(statvfs.ffree);
    this.namemax = convert(statvfs.namemax);
  }
}

const FUSE_SUPER_MAGIC = 0x65735546;

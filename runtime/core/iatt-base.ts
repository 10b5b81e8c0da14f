/**
 * Derives values from the fields of an iatt: its st_mode, inode number, exact size, and whether it is known. Converts
 * device numbers between an iatt's (major * 2^32 + minor) and the kernel's (12 + 20 bits).
 *
 * Source: GlusterFS `libglusterfs/src/glusterfs/iatt.h`, inode(7); Linux `include/linux/kdev_t.h`, new_encode_dev.
 */
import { computeInoHi, computeInoLo, type Gfid } from './gfid.ts';
import { MODE_BITS } from './ia-types.ts';
import { OFFSET_MAX } from './limits.ts';

/** The bits of st_mode that hold the type. */
const S_IFMT = 0o170000;
/** ia_type by the upper four bits of st_mode. */
const typeByModeBits = new Uint8Array(16);
MODE_BITS.forEach((bits, type) => {
  if (type > 0) typeByModeBits[bits >> 12] = type;
});

/** Returns the ia_type of an st_mode; IA_INVAL for unknown type bits. */
export function typeOfMode(mode: number): number {
  return typeByModeBits[(mode & S_IFMT) >> 12]!;
}

/**
 * Computes the bytes of an entry in FUSE's reply to readdir: a struct (24 bytes) and the name, padded to 8 bytes. The
 * size of a listing limits their sum. Source: `include/uapi/linux/fuse.h`.
 */
export const computeDirentSize = (nameBytes: number): number => (24 + nameBytes + 7) & ~7;
/** Computes the bytes of an entry in a reply to readdirplus, whose struct also has the attributes (152 bytes). */
export const computeDirentplusSize = (nameBytes: number): number => (152 + nameBytes + 7) & ~7;

/** Returns the `DT_*` of an ia_type: its st_mode bits, shifted, as in `<dirent.h>`. */
export function direntType(iaType: number): number {
  return MODE_BITS[iaType]! >> 12;
}

const TWO_32 = 0x1_0000_0000;

/** Makes the kernel's number of a device. */
export const makedev = (major: number, minor: number): number =>
  ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0;
/** Return the two parts of the kernel's number; the names are those of glibc. */
export const major = (dev: number): number => (dev >>> 8) & 0xfff;
export const minor = (dev: number): number => (dev & 0xff) | ((dev >>> 12) & 0xfff00);

/** Converts an iatt's `iaRdev` to the kernel's number, and back. */
export const encodeDevice = (rdev: number): number =>
  makedev(Math.floor(rdev / TWO_32), rdev >>> 0);
export const decodeDevice = (dev: number): number => major(dev) * TWO_32 + minor(dev);

/** The base class of `Iatt`: the subclass has the fields, this one the values that are derived from them. */
export abstract class IattBase {
  abstract iaGfid: Gfid;
  abstract iaType: number;
  abstract iaProt: number;
  abstract iaNlink: number;
  abstract iaCtime: number;
  abstract iaSize: number;
  /** Beyond OFFSET_MAX, the difference between the exact size and the rounded `iaSize`. */
  declare sizeRest?: number;

  /** The exact size in bytes, for storages and front ends with files beyond OFFSET_MAX. */
  get exactSize(): bigint {
    return BigInt(this.iaSize) + BigInt(this.sizeRest ?? 0);
  }

  set exactSize(bytes: bigint) {
    this.iaSize = Number(bytes);
    if (this.iaSize > OFFSET_MAX) this.sizeRest = Number(bytes - BigInt(this.iaSize));
  }

  /** The inode number that applications see, from the gfid (`gfid.ts`). */
  get iaIno(): bigint {
    return (BigInt(computeInoHi(this.iaGfid)) << 32n) | BigInt(computeInoLo(this.iaGfid));
  }

  /** st_mode: type and permission in one number. */
  get mode(): number {
    return MODE_BITS[this.iaType]! | this.iaProt;
  }

  set mode(value: number) {
    this.iaType = typeByModeBits[(value & S_IFMT) >> 12]!;
    this.iaProt = value & 0o7777;
  }

  /** Whether the storage has filled the attributes. */
  get known(): boolean {
    return this.iaCtime !== 0 || this.iaNlink !== 0;
  }
}

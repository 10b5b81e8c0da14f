/**
 * Properties that follow from the fields of an iatt: its st_mode, its inode number, whether it is known.
 *
 * Source: GlusterFS `libglusterfs/src/glusterfs/iatt.h`, inode(7).
 */
import { type Gfid, inoHi, inoLo } from './gfid.ts';
import { MODE_BITS } from './ia-types.ts';
import { OFFSET_MAX } from './limits.ts';

const S_IFMT = 0o170000;
/** ia_type by the upper four bits of st_mode. */
const TYPES = new Uint8Array(16);
MODE_BITS.forEach((bits, type) => {
  if (type > 0) TYPES[bits >> 12] = type;
});

/** ia_type of an st_mode; IA_INVAL when it names no type. */
export function typeOfMode(mode: number): number {
  return TYPES[(mode & S_IFMT) >> 12]!;
}

/**
 * What an entry takes of a listing's budget: its size in the FUSE reply, so that a reply filled to
 * the budget fits the kernel's buffer. Source: `include/uapi/linux/fuse.h` (fuse_dirent,
 * fuse_direntplus).
 */
export const direntSize = (nameBytes: number): number => (24 + nameBytes + 7) & ~7;
export const direntplusSize = (nameBytes: number): number => (152 + nameBytes + 7) & ~7;

/** `DT_*` of a directory entry is the type's bits shifted, as in `<dirent.h>`. */
export function direntType(iaType: number): number {
  return MODE_BITS[iaType]! >> 12;
}

/** What follows from the fields of an iatt. */
export abstract class IattBase {
  abstract iaGfid: Gfid;
  abstract iaType: number;
  abstract iaProt: number;
  abstract iaNlink: number;
  abstract iaCtime: number;
  abstract iaSize: number;
  /** The rest of a size beyond OFFSET_MAX, which a Number rounds; `exactSize` adds it to `iaSize`. */
  declare sizeRest?: number;

  /** The size to the byte, for storages that hold such files and front ends that show them. */
  get exactSize(): bigint {
    return BigInt(this.iaSize) + BigInt(this.sizeRest ?? 0);
  }

  set exactSize(bytes: bigint) {
    this.iaSize = Number(bytes);
    if (this.iaSize > OFFSET_MAX) this.sizeRest = Number(bytes - BigInt(this.iaSize));
  }

  /** The inode number that applications see: by the gfid (`gfid.ts`). */
  get iaIno(): bigint {
    return (BigInt(inoHi(this.iaGfid)) << 32n) | BigInt(inoLo(this.iaGfid));
  }

  /** st_mode: type and permission in one number. */
  get mode(): number {
    return MODE_BITS[this.iaType]! | this.iaProt;
  }

  set mode(value: number) {
    this.iaType = typeOfMode(value);
    this.iaProt = value & 0o7777;
  }

  /** Whether the attributes are worth showing to anybody. */
  get known(): boolean {
    return this.iaCtime !== 0 || this.iaNlink !== 0;
  }
}

/**
 * iatt: the attributes of an inode, and what else replies describe (directory entries, statvfs).
 *
 * An iatt whose `iaCtime` and `iaNlink` are both 0 means "attributes unknown" and must not be
 * cached. Source: GlusterFS `libglusterfs/src/glusterfs/iatt.h`, `statvfs(3)`.
 */
import type { Dict } from './dict.ts';
import { type Gfid, inoHi, inoLo, NULL_GFID } from './gfid.ts';
import type { Inode } from './inode.ts';

export const IA_INVAL = 0;
export const IA_IFREG = 1;
export const IA_IFDIR = 2;
export const IA_IFLNK = 3;
export const IA_IFBLK = 4;
export const IA_IFCHR = 5;
export const IA_IFIFO = 6;
export const IA_IFSOCK = 7;

const S_IFMT = 0o170000;
/** The `S_IF…` bits of st_mode by ia_type. */
const MODE_BITS = [0, 0o100000, 0o040000, 0o120000, 0o060000, 0o020000, 0o010000, 0o140000];
/** ia_type by the upper four bits of st_mode. */
const TYPES = new Uint8Array(16);
MODE_BITS.forEach((bits, type) => {
  if (type > 0) TYPES[bits >> 12] = type;
});

export class Iatt {
  /** Null gfid when the storage did not say. */
  iaGfid: Gfid = NULL_GFID;
  iaType = IA_INVAL;
  /** Permission bits with setuid, setgid and sticky: 0o7777. */
  iaProt = 0;
  iaNlink = 0;
  iaUid = 0;
  iaGid = 0;
  iaSize = 0;
  /** Units of 512 bytes. */
  iaBlocks = 0;
  iaBlksize = 0;
  iaDev = 0;
  /** major × 2³² + minor. */
  iaRdev = 0;
  /** Times: whole seconds since 1970 (may be negative) and nanoseconds 0…999 999 999. */
  iaAtime = 0;
  iaAtimeNsec = 0;
  iaMtime = 0;
  iaMtimeNsec = 0;
  iaCtime = 0;
  iaCtimeNsec = 0;
  iaBtime = 0;
  iaBtimeNsec = 0;
  /** Which fields the storage filled (bits of `IATT_*`); 0 when it does not keep count. */
  iaFlags = 0;
  /** Inode attributes and their mask (`STATX_ATTR_*`). */
  iaAttributes = 0;
  iaAttributesMask = 0;

  /** The inode number that applications see: the last 8 bytes of the gfid, big-endian. */
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

  copy(): Iatt {
    return Object.assign(new Iatt(), this);
  }
}

/** ia_type of an st_mode; IA_INVAL when it names no type. */
export function typeOfMode(mode: number): number {
  return TYPES[(mode & S_IFMT) >> 12]!;
}

/** `DT_*` of a directory entry is the type's bits shifted, as in `<dirent.h>`. */
export function direntType(iaType: number): number {
  return MODE_BITS[iaType]! >> 12;
}

/** One entry of a readdir or readdirp reply. */
export interface Dirent {
  readonly name: string;
  /** Where a later readdir goes on after this entry. */
  readonly off: number;
  /** `DT_*`. */
  readonly type: number;
  /** Null gfid when the storage does not know it without looking further. */
  readonly gfid: Gfid;
  /** readdirp only. */
  readonly stat: Iatt | null;
  readonly dict: Dict | null;
  /** readdirp only: the inode, not yet linked. */
  inode: Inode | null;
}

export class Statvfs {
  bsize = 4096;
  frsize = 4096;
  blocks = 0;
  bfree = 0;
  bavail = 0;
  files = 0;
  ffree = 0;
  favail = 0;
  fsid = 0;
  flag = 0;
  namemax = 255;
}

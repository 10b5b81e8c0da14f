/**
 * Generated from runtime/core/fields.ts by tools/gen/fields.ts (npm run gen). Do not edit.
 *
 * Defines Iatt (the attributes of an inode) and Statvfs (the size of a file system) as classes, for fops and
 * translators.
 */
import { IattBase } from '../iatt-base.ts';

/** The attributes of an inode. */
export class Iatt extends IattBase {
  /** All zeros if the storage did not fill it. */
  iaGfid = '00000000-0000-0000-0000-000000000000';
  /** One of IA_*. */
  iaType = 0;
  /** The low 12 bits of st_mode: permissions, setuid, setgid, sticky. */
  iaProt = 0;
  /** Number of names. */
  iaNlink = 0;
  iaUid = 0;
  iaGid = 0;
  /** Bytes. */
  iaSize = 0;
  /** Units of 512 bytes. */
  iaBlocks = 0;
  /** Preferred size of a read or write, in bytes. */
  iaBlksize = 0;
  iaDev = 0;
  /** Of a device file: major * 2^32 + minor. */
  iaRdev = 0;
  /** Last read: whole seconds since 1970, may be negative. */
  iaAtime = 0;
  /** Last read: nanoseconds beyond that, 0 to 999999999. */
  iaAtimeNsec = 0;
  /** Data last changed: seconds. */
  iaMtime = 0;
  /** Data last changed: nanoseconds. */
  iaMtimeNsec = 0;
  /** Attributes last changed: seconds. */
  iaCtime = 0;
  /** Attributes last changed: nanoseconds. */
  iaCtimeNsec = 0;
  /** Created: seconds. */
  iaBtime = 0;
  /** Created: nanoseconds. */
  iaBtimeNsec = 0;
  /** The fields that the storage filled (IATT_*); 0 when the storage does not report them. */
  iaFlags = 0;
  /** STATX_ATTR_*. */
  iaAttributes = 0;
  /** The STATX_ATTR_* that the storage supports. */
  iaAttributesMask = 0;

  copy(): Iatt {
    const made = new Iatt();
    made.iaGfid = this.iaGfid;
    made.iaType = this.iaType;
    made.iaProt = this.iaProt;
    made.iaNlink = this.iaNlink;
    made.iaUid = this.iaUid;
    made.iaGid = this.iaGid;
    made.iaSize = this.iaSize;
    made.iaBlocks = this.iaBlocks;
    made.iaBlksize = this.iaBlksize;
    made.iaDev = this.iaDev;
    made.iaRdev = this.iaRdev;
    made.iaAtime = this.iaAtime;
    made.iaAtimeNsec = this.iaAtimeNsec;
    made.iaMtime = this.iaMtime;
    made.iaMtimeNsec = this.iaMtimeNsec;
    made.iaCtime = this.iaCtime;
    made.iaCtimeNsec = this.iaCtimeNsec;
    made.iaBtime = this.iaBtime;
    made.iaBtimeNsec = this.iaBtimeNsec;
    made.iaFlags = this.iaFlags;
    made.iaAttributes = this.iaAttributes;
    made.iaAttributesMask = this.iaAttributesMask;
    if (this.sizeRest !== undefined) made.sizeRest = this.sizeRest;
    return made;
  }
}

/** The size and free space of a file system, as by statvfs(3). */
export class Statvfs {
  /** Preferred size of a read or write, in bytes. */
  bsize = 4096;
  /** Size of a block in bytes. */
  frsize = 4096;
  /** Size of the file system in blocks of frsize bytes. */
  blocks = 0;
  /** Free blocks. */
  bfree = 0;
  /** Free blocks for users other than root. */
  bavail = 0;
  /** Total number of inodes. */
  files = 0;
  /** Free inodes. */
  ffree = 0;
  /** Free inodes for users other than root. */
  favail = 0;
  fsid = 0;
  /** ST_*. */
  flag = 0;
  /** Bytes of the longest possible name. */
  namemax = 255;

  copy(): Statvfs {
    const made = new Statvfs();
    made.bsize = this.bsize;
    made.frsize = this.frsize;
    made.blocks = this.blocks;
    made.bfree = this.bfree;
    made.bavail = this.bavail;
    made.files = this.files;
    made.ffree = this.ffree;
    made.favail = this.favail;
    made.fsid = this.fsid;
    made.flag = this.flag;
    made.namemax = this.namemax;
    return made;
  }
}

/**
 * Generated from runtime/core/fields.ts by runtime/gen/fields.ts (npm run gen). Do not edit.
 *
 * Structures of which there are many, as classes.
 */
import { IattBase } from './iatt-base.ts';

/** The attributes of an inode. */
export class Iatt extends IattBase {
  /** Null when the storage did not say. */
  iaGfid = '00000000-0000-0000-0000-000000000000';
  /** One of IA_*. */
  iaType = 0;
  /** The low 12 bits of st_mode: permissions, setuid, setgid, sticky. */
  iaProt = 0;
  /** How many names it has. */
  iaNlink = 0;
  iaUid = 0;
  iaGid = 0;
  /** Bytes. */
  iaSize = 0;
  /** Units of 512 bytes. */
  iaBlocks = 0;
  /** Bytes that are best read or written at a time. */
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
  /** Made: seconds. */
  iaBtime = 0;
  /** Made: nanoseconds. */
  iaBtimeNsec = 0;
  /** Which fields the storage filled (IATT_*); 0 when it keeps no count. */
  iaFlags = 0;
  /** STATX_ATTR_*. */
  iaAttributes = 0;
  /** Which of STATX_ATTR_* the storage knows. */
  iaAttributesMask = 0;
}

/** What statvfs(3) tells of a file system. */
export class Statvfs {
  /** Bytes that are best read or written at a time. */
  bsize = 4096;
  /** Bytes of a block. */
  frsize = 4096;
  /** Its size in blocks of frsize bytes. */
  blocks = 0;
  /** Free blocks. */
  bfree = 0;
  /** Free blocks for others than root. */
  bavail = 0;
  /** How many inodes there can be. */
  files = 0;
  /** How many more there can be. */
  ffree = 0;
  /** How many more there can be for others than root. */
  favail = 0;
  fsid = 0;
  /** ST_*. */
  flag = 0;
  /** Bytes of the longest name. */
  namemax = 255;
}

/**
 * Generated from runtime/core/fields.ts by tools/gen/fields.ts (npm run gen). Do not edit.
 *
 * Structures that cross boundaries field by field: initial values, and the names of the fields in order.
 */

const names = <T extends object>(fields: T): readonly (keyof T)[] =>
  Object.keys(fields) as (keyof T)[];

/** The attributes of an inode. */
export const NEW_IATT = {
  /** All zeros if the storage did not fill it. */
  iaGfid: '00000000-0000-0000-0000-000000000000',
  /** One of IA_*. */
  iaType: 0,
  /** The low 12 bits of st_mode: permissions, setuid, setgid, sticky. */
  iaProt: 0,
  /** Number of names. */
  iaNlink: 0,
  iaUid: 0,
  iaGid: 0,
  /** Bytes. */
  iaSize: 0,
  /** Units of 512 bytes. */
  iaBlocks: 0,
  /** Preferred size of a read or write, in bytes. */
  iaBlksize: 0,
  iaDev: 0,
  /** Of a device file: major * 2^32 + minor. */
  iaRdev: 0,
  /** Last read: whole seconds since 1970, may be negative. */
  iaAtime: 0,
  /** Last read: nanoseconds beyond that, 0 to 999999999. */
  iaAtimeNsec: 0,
  /** Data last changed: seconds. */
  iaMtime: 0,
  /** Data last changed: nanoseconds. */
  iaMtimeNsec: 0,
  /** Attributes last changed: seconds. */
  iaCtime: 0,
  /** Attributes last changed: nanoseconds. */
  iaCtimeNsec: 0,
  /** Created: seconds. */
  iaBtime: 0,
  /** Created: nanoseconds. */
  iaBtimeNsec: 0,
  /** The fields that the storage filled (IATT_*); 0 when the storage does not report them. */
  iaFlags: 0,
  /** STATX_ATTR_*. */
  iaAttributes: 0,
  /** The STATX_ATTR_* that the storage supports. */
  iaAttributesMask: 0,
};
export const IATT_FIELDS = names(NEW_IATT);

/** The size and free space of a file system, as by statvfs(3). */
export const NEW_STATVFS = {
  /** Preferred size of a read or write, in bytes. */
  bsize: 4096,
  /** Size of a block in bytes. */
  frsize: 4096,
  /** Size of the file system in blocks of frsize bytes. */
  blocks: 0,
  /** Free blocks. */
  bfree: 0,
  /** Free blocks for users other than root. */
  bavail: 0,
  /** Total number of inodes. */
  files: 0,
  /** Free inodes. */
  ffree: 0,
  /** Free inodes for users other than root. */
  favail: 0,
  fsid: 0,
  /** ST_*. */
  flag: 0,
  /** Bytes of the longest possible name. */
  namemax: 255,
};
export const STATVFS_FIELDS = names(NEW_STATVFS);

/** A lock on a range of bytes. */
export const NEW_FLOCK = {
  /** 0 read, 1 write, 2 unlock. */
  type: 0,
  /** Base of start: SEEK_*. */
  whence: 0,
  start: 0,
  /** 0: to the end of the file, also after growth. */
  len: 0,
  pid: 0,
  /** The owner's bytes as hexadecimal text. */
  owner: '',
};
export const FLOCK_FIELDS = names(NEW_FLOCK);

/** A lease. */
export const NEW_LEASE = {
  /** 1 get, 2 set, 3 unlock. */
  cmd: 0,
  /** 0 none, 1 read, 2 read and write. */
  type: 0,
  /** The client's id of the lease: 16 bytes, as a gfid. */
  id: '00000000-0000-0000-0000-000000000000',
  flags: 0,
};
export const LEASE_FIELDS = names(NEW_LEASE);

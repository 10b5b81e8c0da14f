/**
 * Defines the limits of names, paths, data and the inode table, each with its unit and reason. Most are the kernel's,
 * which it never exceeds and on which applications rely.
 */

/** The most bytes in a file name. Linux `include/uapi/linux/limits.h`; every local file system has it. */
export const NAME_MAX = 255;

/** The most bytes in a path, its terminating NUL counted. Linux limits.h. */
export const PATH_MAX = 4096;

/** The most bytes in the target of a symbolic link: a path without its NUL. */
export const SYMLINK_MAX = PATH_MAX - 1;

/** The most bytes in the name of an extended attribute, its namespace counted. Linux limits.h. */
export const XATTR_NAME_MAX = 255;

/** The most bytes in the value of an extended attribute. Linux limits.h. */
export const XATTR_SIZE_MAX = 65_536;

/** The most bytes in a list of extended attribute names, a NUL after each. Linux limits.h. */
export const XATTR_LIST_MAX = 65_536;

/** The bytes of a gfid: it is a UUID. */
export const GFID_SIZE = 16;

/** The most bytes of data in one read or write: 256 pages, the kernel's default limit for FUSE. */
export const MAX_DATA = 1_048_576;

/**
 * The largest size or offset in bytes: the largest exact integer of a Number (8 PiB − 1). Requests beyond it fail
 * with EFBIG, EINVAL or EOVERFLOW. A sparse file of xfs, btrfs or tmpfs may be longer (`Iatt.sizeRest`).
 */
export const OFFSET_MAX = Number.MAX_SAFE_INTEGER;

/**
 * Idle inodes that an inode table keeps, because the kernel may ask for them again. The limit, gfapi's default, bounds
 * the memory of an idle table.
 */
export const INODE_LRU_LIMIT = 131_072;

/**
 * Every limit in one place, each with its unit and its reason.
 *
 * A limit of the kernel is what applications already live with: less would break them, and more
 * could never be used. A limit of ours bounds memory.
 */

/** Bytes in a file name. Linux `include/uapi/linux/limits.h`; every local file system has it. */
export const NAME_MAX = 255;

/** Bytes in a path, its terminating NUL counted. Linux limits.h. */
export const PATH_MAX = 4096;

/** Bytes in the target of a symbolic link: a path without its NUL. */
export const SYMLINK_MAX = PATH_MAX - 1;

/** Bytes in the name of an extended attribute, its namespace counted. Linux limits.h. */
export const XATTR_NAME_MAX = 255;

/** Bytes in the value of an extended attribute. Linux limits.h. */
export const XATTR_SIZE_MAX = 65_536;

/** Bytes in a list of extended attribute names, a NUL after each. Linux limits.h. */
export const XATTR_LIST_MAX = 65_536;

/** Bytes of a gfid: it is a UUID. */
export const GFID_SIZE = 16;

/** Bytes of data in one read or write: 256 pages, what the kernel grants FUSE by default. */
export const MAX_DATA = 1_048_576;

/**
 * Largest size or offset in bytes: the largest integer a Number holds exactly (8 PiB − 1). Beyond
 * it a request fails with EFBIG, EINVAL or EOVERFLOW. No disk holds as much data; but a sparse file of
 * xfs, btrfs or tmpfs may be longer, up to 8 EiB: `Iatt.sizeRest`.
 */
export const OFFSET_MAX = Number.MAX_SAFE_INTEGER;

/**
 * Inodes an inode table keeps that nobody uses but the kernel may ask for again: GlusterFS's gfapi
 * default. It bounds the memory of an idle table.
 */
export const INODE_LRU_LIMIT = 131_072;

/**
 * Inode flags (`chattr`: append-only, immutable, …) and what else ioctl(2) tells of an inode, on
 * their way through a graph: extended attributes of an open file that fgetxattr and fsetxattr know
 * and no listing shows. A storage without them answers ENODATA or EOPNOTSUPP, and ioctl(2) fails with
 * ENOTTY.
 *
 * Values are the kernel's own structs in the machine's byte order: an int of FS_…_FL bits, and a
 * struct fsxattr. Source: include/uapi/linux/fs.h, ioctl_iflags(2).
 */

/** FS_IOC_GETFLAGS, FS_IOC_SETFLAGS. */
export const FS_FLAGS = 'glossa.fs-flags';
export const FS_FLAGS_SIZE = 4;
/** FS_IOC_FSGETXATTR, FS_IOC_FSSETXATTR. */
export const FS_XATTR = 'glossa.fs-xattr';
export const FS_XATTR_SIZE = 28;
/**
 * FS_IOC_GETVERSION (`lsattr -v`), an int. It cannot be set: a file system checks itself who may, and
 * would check the server's user, not the caller.
 */
export const FS_VERSION = 'glossa.fs-version';
export const FS_VERSION_SIZE = 4;

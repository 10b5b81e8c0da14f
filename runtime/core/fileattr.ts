/**
 * Defines extended attributes that carry inode flags (`chattr`) and other ioctl(2) data through a graph, by fgetxattr and
 * fsetxattr of an open file; listings omit them. A storage without them answers ENODATA or EOPNOTSUPP, and
 * ioctl(2) fails with ENOTTY. Values are the kernel's structs in the machine's byte order.
 *
 * Source: include/uapi/linux/fs.h, ioctl_iflags(2).
 */

/** FS_IOC_GETFLAGS, FS_IOC_SETFLAGS. */
export const FS_FLAGS = 'glossa.fs-flags';
export const FS_FLAGS_SIZE = 4;
/** FS_IOC_FSGETXATTR, FS_IOC_FSSETXATTR. */
export const FS_XATTR = 'glossa.fs-xattr';
export const FS_XATTR_SIZE = 28;
/**
 * FS_IOC_GETVERSION (`lsattr -v`), an int. Read-only: to set it, the file system would check the server's
 * user, not the caller.
 */
export const FS_VERSION = 'glossa.fs-version';
export const FS_VERSION_SIZE = 4;

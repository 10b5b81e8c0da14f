/**
 * Defines extended attributes that carry the data of ioctl(2), such as inode flags (`chattr`), through a graph. The
 * mount converts the ioctls of an open file to fgetxattr and fsetxattr of these names; listings omit them. If a storage
 * lacks them (ENODATA, EOPNOTSUPP), ioctl(2) fails with ENOTTY. Values are the kernel's structs in the machine's byte
 * order.
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
 * FS_IOC_GETVERSION (`lsattr -v`), an int. Read-only, because the disk's file system would check the rights of the
 * server's user, not of the caller.
 */
export const FS_VERSION = 'glossa.fs-version';
export const FS_VERSION_SIZE = 4;

/**
 * Defines extended attributes that carry the data of ioctl(2), such as inode flags (`chattr`), through a graph. The
 * mount converts the ioctls of an open file to fgetxattr and fsetxattr of these names; listings omit them. If a storage
 * lacks them (ENODATA, EOPNOTSUPP), ioctl(2) fails with ENOTTY. Values are the kernel's structs in the machine's byte
 * order.
 *
 * Source: include/uapi/linux/fs.h, ioctl_iflags(2).
 */

/** The name for FS_IOC_GETFLAGS and FS_IOC_SETFLAGS, and the bytes of its value. */
export const FS_FLAGS = 'glossa.fs-flags';
export const FS_FLAGS_BYTES = 4;
/** The name for FS_IOC_FSGETXATTR and FS_IOC_FSSETXATTR, and the bytes of its value. */
export const FS_XATTR = 'glossa.fs-xattr';
export const FS_XATTR_BYTES = 28;
/**
 * The name for FS_IOC_GETVERSION (`lsattr -v`), and the bytes of its value. Read-only, because the disk's file system
 * would check the rights of the server's user, not of the caller.
 */
export const FS_VERSION = 'glossa.fs-version';
export const FS_VERSION_BYTES = 4;

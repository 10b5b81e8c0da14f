/**
 * Lists the constants of the kernel's FUSE protocol, 7.31 to 7.45, by the kernel's names without `FUSE_`.
 *
 * A request is a 40-byte header (`codec/cursor.ts`), the operation's struct, and its names or data; a reply is a 16-byte
 * header and the operation's struct (`codec/structs.ts`). Numbers are little-endian.
 *
 * Source: include/uapi/linux/fuse.h.
 */

/** The major version. */
export const KERNEL_VERSION = 7;
/** The oldest supported minor, of Linux 5.4. Older kernels differ in message sizes, and are refused. */
export const MINOR_MIN = 31;
/** The newest supported minor. */
export const MINOR_MAX = 45;

/** The root's node id. */
export const ROOT_ID = 1;

/** Bytes of the headers of requests and replies: struct fuse_in_header, struct fuse_out_header. */
export const IN_HEADER_SIZE = 40;
export const OUT_HEADER_SIZE = 16;

/** INIT flags (`flags`). */
export const ASYNC_READ = 1 << 0;
export const POSIX_LOCKS = 1 << 1;
export const ATOMIC_O_TRUNC = 1 << 3;
export const EXPORT_SUPPORT = 1 << 4;
export const BIG_WRITES = 1 << 5;
export const DONT_MASK = 1 << 6;
export const FLOCK_LOCKS = 1 << 10;
export const AUTO_INVAL_DATA = 1 << 12;
export const DO_READDIRPLUS = 1 << 13;
export const READDIRPLUS_AUTO = 1 << 14;
export const ASYNC_DIO = 1 << 15;
export const WRITEBACK_CACHE = 1 << 16;
export const PARALLEL_DIROPS = 1 << 18;
export const POSIX_ACL = 1 << 20;
export const MAX_PAGES = 1 << 22;
export const CACHE_SYMLINKS = 1 << 23;
export const HANDLE_KILLPRIV_V2 = 1 << 28;
export const INIT_EXT = 1 << 30;

/** INIT flags (`flags2`), counted from bit 32. */
export const PASSTHROUGH = 1 << 5;

/** Flags in `valid` of SETATTR that only the kernel has; the others are those of `SET_ATTR`, with the same numbers. */
export const FATTR_FH = 1 << 6;
export const FATTR_KILL_SUIDGID = 1 << 11;

/** Flags in `open_flags` of OPEN, OPENDIR and CREATE replies. */
export const FOPEN_DIRECT_IO = 1 << 0;
export const FOPEN_KEEP_CACHE = 1 << 1;
export const FOPEN_NOFLUSH = 1 << 5;
export const FOPEN_PASSTHROUGH = 1 << 7;

/** Flags of requests: GETATTR, FSYNC, locks, WRITE, READ and RELEASE. */
export const GETATTR_FH = 1 << 0;
export const FSYNC_FDATASYNC = 1 << 0;
export const LK_FLOCK = 1 << 0;
export const WRITE_LOCKOWNER = 1 << 1;
export const WRITE_KILL_SUIDGID = 1 << 2;
export const READ_LOCKOWNER = 1 << 1;
export const RELEASE_FLOCK_UNLOCK = 1 << 1;
/** Flags in `open_flags` of OPEN and CREATE requests. */
export const OPEN_KILL_SUIDGID = 1 << 0;

/** Codes of unsolicited messages to the kernel. */
export const NOTIFY_INVAL_INODE = 2;
export const NOTIFY_INVAL_ENTRY = 3;
export const NOTIFY_DELETE = 6;
export const NOTIFY_INC_EPOCH = 8;
/** The ioctl(2) that attaches another descriptor of the device to a connection. */
export const DEV_IOC_CLONE = 0x8004e500;
/** The flag in `flags` of NOTIFY_INVAL_ENTRY: the name expires, but is not dropped. */
export const EXPIRE_ONLY = 1 << 0;

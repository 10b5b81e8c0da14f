/**
 * Lists constants of Linux system calls that node's `fs.constants` lacks. Other open flags differ between machines:
 * take them from `fs.constants`.
 * Sources: asm-generic/fcntl.h, linux/fcntl.h, linux/fs.h, linux/stat.h, linux/mount.h, linux/uio.h.
 */
import { constants } from 'node:fs';

// Relative paths.
export const AT_FDCWD = -100;
export const AT_SYMLINK_NOFOLLOW = 0x100;
export const AT_REMOVEDIR = 0x200;
export const AT_SYMLINK_FOLLOW = 0x400;
export const AT_EMPTY_PATH = 0x1000;
export const AT_STATX_DONT_SYNC = 0x4000;

// open(2), the same on all machines.
export const O_NONBLOCK = 0o4000;
export const O_CLOEXEC = 0o2000000;
export const O_PATH = 0o10000000;

/** Opens a file without a name. Includes O_DIRECTORY, which differs between machines. */
export const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

// ioctl_iflags(2): inode flags, struct fsxattr, and the generation of an inode.
export const FS_IOC_GETFLAGS = 0x80086601;
export const FS_IOC_SETFLAGS = 0x40086602;
export const FS_IOC_FSGETXATTR = 0x801c581f;
export const FS_IOC_FSSETXATTR = 0x401c5820;
export const FS_IOC_GETVERSION = 0x80087601;

// openat2(2): how a path may be resolved.
export const RESOLVE_NO_XDEV = 1;
export const RESOLVE_NO_MAGICLINKS = 2;
export const RESOLVE_NO_SYMLINKS = 4;
export const RESOLVE_BENEATH = 8;

// statx(2).
export const STATX_BASIC_STATS = 0x7ff;
export const STATX_BTIME = 0x800;

// fallocate(2).
export const FALLOC_FL_KEEP_SIZE = 1;
export const FALLOC_FL_PUNCH_HOLE = 2;
export const FALLOC_FL_ZERO_RANGE = 16;

// lseek(2).
export const SEEK_SET = 0;
export const SEEK_DATA = 3;
export const SEEK_HOLE = 4;

// preadv2(2): return EAGAIN instead of waiting for the disk.
export const RWF_NOWAIT = 8;

// utimensat(2), as nanoseconds.
export const UTIME_NOW = 0x3fffffff;
export const UTIME_OMIT = 0x3ffffffe;

// fcntl(2).
export const F_SETFL = 4;
export const F_SETSIG = 10;
export const F_SETLEASE = 1024;
export const F_RDLCK = 0;

// signal(7): a signal that is ignored by default.
export const SIGURG = 23;
export const F_DUPFD_CLOEXEC = 1030;

// flock(2).
export const LOCK_EX = 2;
export const LOCK_NB = 4;

// poll(2).
export const POLLIN = 1;
export const POLLERR = 8;
export const POLLHUP = 16;

// mount(2), umount2(2).
export const MS_RDONLY = 1;
export const MS_NOSUID = 2;
export const MS_NODEV = 4;
export const MS_NOEXEC = 8;
export const MNT_FORCE = 1;
export const MNT_DETACH = 2;

// socket(2), socketpair(2), recvmsg(2), tcp(7).
export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_ERROR = 4;
export const SO_KEEPALIVE = 9;
export const SO_PEERCRED = 17;
export const IPPROTO_TCP = 6;
export const TCP_NODELAY = 1;
export const MSG_NOSIGNAL = 0x4000;
export const SCM_RIGHTS = 1;
export const MSG_DONTWAIT = 0x40;
export const MSG_CMSG_CLOEXEC = 0x40000000;

// posix_fadvise(2).
export const POSIX_FADV_RANDOM = 1;
export const POSIX_FADV_DONTNEED = 4;

/**
 * Defines the flags of open(2) in a graph: Linux's numbers on x86, as GlusterFS sends them. Storage on a disk uses the
 * machine's own from node:fs, which differ on ARM (O_DIRECT). Source: asm-generic/fcntl.h.
 */
export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
/** Mask of the three access modes. */
export const O_ACCMODE = 3;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;
export const O_DIRECT = 0o40000;
export const O_DIRECTORY = 0o200000;
export const O_NOFOLLOW = 0o400000;
/** A write returns when data and metadata are on the disk; the number includes O_DSYNC. */
export const O_SYNC = 0o4010000;

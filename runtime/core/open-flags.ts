/**
 * Defines the flags of open(2) in a graph: Linux's numbers on x86, as GlusterFS sends them. System calls need the
 * machine's own, from node:fs; `machine-flags.ts` converts. Source: asm-generic/fcntl.h.
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
/** Set by 64-bit kernels in each open of a file; without effect in a graph. */
export const O_LARGEFILE = 0o100000;
export const O_DIRECTORY = 0o200000;
export const O_NOFOLLOW = 0o400000;
/** Makes a file without a name; the number includes O_DIRECTORY. */
export const O_TMPFILE = 0o20200000;
/** A write returns when data and metadata are on the disk; the number includes O_DSYNC. */
export const O_SYNC = 0o4010000;

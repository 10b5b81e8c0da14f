/**
 * Flags of open(2) in the graph: Linux's numbers. Storage on a disk opens its files by those of node:fs,
 * which are the machine's own.
 * Source: asm-generic/fcntl.h. O_DIRECT is that of x86, which is also what GlusterFS sends; on ARM it
 * is another bit.
 */
export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
/** The bits that say which of these three it is. */
export const O_ACCMODE = 3;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;
export const O_DIRECT = 0o40000;
/** O_DSYNC is one of its bits. */
export const O_SYNC = 0o4010000;

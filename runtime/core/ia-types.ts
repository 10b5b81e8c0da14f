/**
 * Defines the types of inodes (`ia_type`) and their bits in st_mode; also for the library of JavaScript modules.
 *
 * Source: GlusterFS `libglusterfs/src/glusterfs/iatt.h`, inode(7).
 */
export const IA_INVAL = 0;
export const IA_IFREG = 1;
export const IA_IFDIR = 2;
export const IA_IFLNK = 3;
export const IA_IFBLK = 4;
export const IA_IFCHR = 5;
export const IA_IFIFO = 6;
export const IA_IFSOCK = 7;

/** The `S_IF…` bits of st_mode by ia_type. */
export const MODE_BITS: readonly number[] = [
  0, 0o100000, 0o040000, 0o120000, 0o060000, 0o020000, 0o010000, 0o140000,
];

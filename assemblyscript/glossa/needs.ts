/** Values that have a cost, and declarations: the sum of some is the second argument of `translator`. */

/** `loc.path` and `inode.path`. */
export const NEEDS_PATH: u32 = 1;
/** `frame.root.groups`. */
export const NEEDS_GROUPS: u32 = 2;
/** `volume.now`. */
export const NEEDS_CLOCK: u32 = 4;
/**
 * readv and writev only observe data, or all ways to data are defined. Otherwise, where one of the two is
 * defined, copies come as reads and writes, files have no holes, lookups carry no content, and fallocate,
 * zerofill, discard, rchecksum and put that are not defined fail with EOPNOTSUPP.
 */
export const OBSERVES: u32 = 8;
/** Fops that are not defined go to the first of several subvolumes. */
export const PASSES_THROUGH: u32 = 16;
/** Fops that are not defined fail with EOPNOTSUPP, if there are several subvolumes. */
export const REFUSES_OTHERS: u32 = 32;
/** `frame.root.client`. */
export const NEEDS_CLIENT: u32 = 64;

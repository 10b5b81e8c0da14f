/** The xdata keys that parts of glossa agree on, with the type of each value. */

/** gfuuid: the gfid that a fop which makes an inode shall give it (GlusterFS's key). */
export const GFID_REQ = 'gfid-req';
/** int: renameat2's flags (`RENAME_NOREPLACE` 1, `RENAME_EXCHANGE` 2) with a rename. */
export const RENAME_FLAGS = 'glossa.rename-flags';

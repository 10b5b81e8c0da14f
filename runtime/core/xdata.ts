/** The xdata keys that parts of glossa agree on, with the type of each value. */

/** gfuuid: the gfid that a fop which makes an inode shall give it (GlusterFS's key). */
export const GFID_REQ = 'gfid-req';
/** int, with a rename: renameat2's flags. */
export const RENAME_FLAGS = 'glossa.rename-flags';
export const RENAME_NOREPLACE = 1;
export const RENAME_EXCHANGE = 2;
export const RENAME_WHITEOUT = 4;
/**
 * int: the mode that the caller of a fop which makes something asked for, when the umask takes bits
 * of it away (GlusterFS's key). In a directory with a default ACL this one counts, and no umask.
 */
export const MODE_REQ = 'mode';
/** int: the caller's umask, for a fop without an argument for it: icreate (GlusterFS's key). */
export const UMASK_REQ = 'umask';
/**
 * int 1: the change (a write, a new size, another owner) is made by somebody whose programs must not
 * keep set-user-id, set-group-id and capabilities by it. With a setattr of nothing, it is all.
 */
export const KILL_PRIV = 'glossa.kill-priv';
/**
 * int 1, with fsyncdir: everything that was written to the volume shall be on the disk, as
 * syncfs(2), not the directory alone.
 */
export const SYNC_VOLUME = 'glossa.sync-volume';
/**
 * int 1, in the reply to open or create: the kernel shall keep none of this file's data, and read and
 * write whatever size it is said to have (GlusterFS's key).
 */
export const DIRECT_IO_MODE = 'direct-io-mode';

/*
 * How long the kernel may cache a reply, in the reply's own xdata: numbers (int or double) of
 * seconds, fractions too. 0 and less is not at all; more than `TIMEOUT_MAX` is that. Without the
 * key the mount's option of the same name counts.
 *
 *   entry       that the name leads to this inode: lookup, mknod, mkdir, symlink, link, create, and
 *               every entry of a readdirp
 *   attribute   the attributes: those, and stat, fstat, setattr, fsetattr, truncate, ftruncate
 *   negative    that there is no such name: a lookup that fails with ENOENT
 *
 * A readdirp has them for all its entries in the reply's xdata, or for one in the entry's own dict.
 * What was cached is taken back by `invalidateEntry` and the like (upcall.ts).
 */
export const ENTRY_TIMEOUT = 'glossa.entry-timeout';
export const ATTRIBUTE_TIMEOUT = 'glossa.attribute-timeout';
export const NEGATIVE_TIMEOUT = 'glossa.negative-timeout';

/** Seconds in a year: longer than any mount stays, and no clock of the kernel's overflows. */
export const TIMEOUT_MAX = 31_536_000;
/**
 * int: 1 with an lk that comes from flock(2): a lock of the open file as a whole, which has nothing
 * to do with the record locks of fcntl(2).
 */
export const FLOCK = 'glossa.flock';
/**
 * With a writev to the copy of a file that is moved: nobody who copies is to write over it from now on. It
 * is also the name of the extended attribute that says so (GlusterFS's key).
 */
export const PROTECT_WRITES = 'trusted.glusterfs.protect.writes';
/**
 * int, with a change of extended attributes: the file's attributes are wanted in the reply's xdata, where
 * they are an iatt under the same key (GlusterFS's key).
 */
export const IATT_REQ = 'dht-get-iatt-in-xattr';
/**
 * int, with a lookup, a stat or a readdirp: all data of a file that is no longer than that is wanted in
 * the reply's xdata, where it is the bytes under the same key (GlusterFS's key).
 */
export const CONTENT = 'glusterfs.content';

/**
 * Lists the keys of xdata that several parts of glossa use, with the type of each value; and an extended attribute that
 * the mount treats in its own way.
 */

/** gfuuid: the gfid for the inode that a fop creates (GlusterFS's key). */
export const GFID_REQ = 'gfid-req';
/** int, with a rename: renameat2's flags. */
export const RENAME_FLAGS = 'glossa.rename-flags';
export const RENAME_NOREPLACE = 1;
export const RENAME_EXCHANGE = 2;
export const RENAME_WHITEOUT = 4;
/**
 * int: the mode before the umask, of a fop that makes an inode (GlusterFS's key). In a directory with a default
 * ACL it counts instead of the fop's mode.
 */
export const MODE_REQ = 'mode';
/** int: the caller's umask, for icreate, which has no such argument (GlusterFS's key). */
export const UMASK_REQ = 'umask';
/**
 * int 1: the caller of this change (write, truncate, chown) may not keep set-user-id, set-group-id and
 * capabilities of the file. A setattr with `valid` 0 and this key only drops them.
 */
export const KILL_PRIV = 'glossa.kill-priv';
/**
 * int 1, with fsyncdir: flush the whole volume to disk, as syncfs(2), not just the directory.
 */
export const SYNC_VOLUME = 'glossa.sync-volume';
/**
 * int 1, in the reply to open or create: the kernel caches no data of this file, and ignores its reported size
 * in reads (GlusterFS's key).
 */
export const DIRECT_IO_MODE = 'direct-io-mode';

/*
 * Seconds for which the kernel may cache a reply, in the reply's xdata: int or double, fractions allowed, 0 for
 * no caching, at most `TIMEOUT_MAX`. Without the key, the mount's option of the same name applies.
 *
 *   entry       for the fact that the name leads to this inode: in replies to lookup, mknod, mkdir, symlink, link
 *               and create, and for each entry of a readdirp
 *   attribute   for the attributes: in the same replies, and to stat, fstat, setattr, fsetattr, truncate, ftruncate
 *   negative    for the fact that there is no such name: in a reply to lookup with ENOENT
 *
 * In a reply to readdirp, xdata has the timeouts of all entries; the dict of an entry, those of this entry. upcall.ts
 * invalidates cached replies before their time.
 */
export const ENTRY_TIMEOUT = 'glossa.entry-timeout';
export const ATTRIBUTE_TIMEOUT = 'glossa.attribute-timeout';
export const NEGATIVE_TIMEOUT = 'glossa.negative-timeout';

/** The longest timeout: a year in seconds, with which the kernel's clocks do not overflow. */
export const TIMEOUT_MAX = 31_536_000;
/**
 * int 1, with an lk of flock(2): a lock of the open file, independent of fcntl(2)'s record locks.
 */
export const FLOCK = 'glossa.flock';
/**
 * With a writev to the copy of a file under migration: the mover must not overwrite these bytes. Also the name of
 * the extended attribute that marks the file (GlusterFS's key).
 */
export const PROTECT_WRITES = 'trusted.glusterfs.protect.writes';
/**
 * int, with a change of extended attributes: requests the file's attributes in the reply's xdata, as an iatt
 * under the same key (GlusterFS's key).
 */
export const IATT_REQ = 'dht-get-iatt-in-xattr';
/**
 * int, with a lookup, stat or readdirp: requests all data of a file up to this size in the reply's xdata, as
 * bytes under the same key (GlusterFS's key).
 */
export const CONTENT = 'glusterfs.content';
/**
 * An extended attribute of features/watch. Reading it begins a watch; with `.CURSOR` at its end, the read waits for the
 * next event.
 */
export const WATCH_XATTR = 'user.glossa.watch';

/** The extended attribute with the capabilities of a program's file, which a write removes. */
export const CAPABILITY = 'security.capability';

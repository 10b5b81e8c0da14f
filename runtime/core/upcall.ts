/**
 * UPCALL: a translator tells the caches above it what is out of date. The event travels up by `notify` to the mount,
 * which tells the kernel. It says what to forget, never what is there now: one too many costs a question more. It takes
 * effect after the replies of all requests that were under way, so none of them brings the old data back. A caller
 * does not wait for it, and first forgets what it keeps itself.
 *
 * Source: GlusterFS `struct gf_upcall`, `GF_UPCALL_CACHE_INVALIDATION` (`libglusterfs/src/glusterfs/upcall-utils.h`);
 * FUSE_NOTIFY_INVAL_INODE, FUSE_NOTIFY_INVAL_ENTRY, FUSE_NOTIFY_DELETE, FUSE_NOTIFY_INC_EPOCH (Linux fuse.h).
 */
import type { Client } from './client.ts';
import type { Gfid } from './gfid.ts';
import type { Iatt } from './iatt.ts';
import type { Inode } from './inode.ts';
import { defaultNotify, type Xlator } from './xlator.ts';

/** The data of an UPCALL. */
export type Upcall =
  /**
   * The attributes of an inode, and with `data` also what of its data is cached. It may be one that
   * nobody here has found so far (`InodeTable.stranger`): then a reply under way, or something that was
   * listed ahead, may tell of what it was before.
   */
  | { readonly what: 'inode'; readonly inode: Inode; readonly data: boolean }
  /**
   * What a name leads to, or that it leads nowhere. The kernel drops what it knows below the name;
   * with `expire` it only asks again, and processes in there, and mounts, stay where they are.
   */
  | {
      readonly what: 'entry';
      readonly parent: Inode;
      readonly name: string;
      readonly expire: boolean;
    }
  /** The same for a name that is gone: who watches the inode (inotify(7)) hears of its end. */
  | {
      readonly what: 'removed';
      readonly parent: Inode;
      readonly name: string;
      readonly inode: Inode;
    }
  /** What any name leads to, absent ones too. */
  | { readonly what: 'every-entry' };

/** The changed parts, as bits of GlusterFS's cache invalidation. Source: GlusterFS `upcall-utils.h`. */
export const UP = {
  NLINK: 0x1,
  MODE: 0x2,
  OWN: 0x4,
  SIZE: 0x8,
  TIMES: 0x10,
  PERM: 0x40,
  RENAME: 0x80,
  FORGET: 0x100,
  PARENT_TIMES: 0x200,
  XATTR: 0x400,
  /** Attributes are not to be relied on any more. */
  INVALID: 0x2000,
} as const;

/**
 * The data of an UPCALL of a brick: one of its clients has to hear of an inode, in GlusterFS's words.
 * Nobody else does; it is for whoever serves that client.
 */
export interface ClientUpcall {
  readonly tells: Client;
  readonly gfid: Gfid;
  /** UP_* bits. */
  readonly flags: number;
  /** Seconds for which it would have been told of more. */
  readonly expire: number;
  readonly stat: Iatt | null;
  readonly parent: Iatt | null;
  readonly oldParent: Iatt | null;
}

export const isClientUpcall = (data: unknown): data is ClientUpcall =>
  typeof data === 'object' && data !== null && 'tells' in data;

export const isUpcall = (data: unknown): data is Upcall =>
  typeof data === 'object' && data !== null && 'what' in data;

/** Sends it up from a translator. */
export const upcall = (xl: Xlator<unknown>, what: Upcall): void =>
  defaultNotify(xl, 'UPCALL', what);

/** The attributes of an inode are others, and so is its data unless `data` says it is not. */
export function invalidateInode(xl: Xlator, inode: Inode, { data = true } = {}): void {
  upcall(xl, { what: 'inode', inode, data });
}

/** A name leads elsewhere, or is there now, or is gone. */
export function invalidateEntry(
  xl: Xlator,
  parent: Inode,
  name: string,
  { expire = false } = {},
): void {
  upcall(xl, { what: 'entry', parent, name, expire });
}

/** A name of this inode was removed by somebody else. */
export function invalidateRemoved(xl: Xlator, parent: Inode, name: string, inode: Inode): void {
  upcall(xl, { what: 'removed', parent, name, inode });
}

/** Every name may lead elsewhere. */
export function invalidateEntries(xl: Xlator): void {
  upcall(xl, { what: 'every-entry' });
}

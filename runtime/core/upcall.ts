/**
 * Sends UPCALLs, by which a translator invalidates the caches above it. An UPCALL travels up by `notify` to the
 * mount, which notifies the kernel. A superfluous one costs only a lookup. The mount
 * notifies the kernel after it has replied to all requests under way, so that no reply restores old data. The sender
 * drops its own cached data first, and does not wait.
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
   * Invalidates the attributes of an inode, and with `data` its cached data. If the inode is not in the table
   * (`InodeTable.unlistedInode`), the translators above must still drop its attributes from replies and listings that
   * are on their way up. `xattrs` has new values of extended attributes, as far as the storage reports them.
   */
  | {
      readonly kind: 'inode';
      readonly inode: Inode;
      readonly data: boolean;
      readonly xattrs?: ReadonlyMap<string, Uint8Array>;
    }
  /**
   * Invalidates a name, existing or absent. The kernel drops all that it knows below the name. With `expire` it only
   * marks the name as expired and looks it up again, so working directories and mounts below it stay.
   */
  | {
      readonly kind: 'entry';
      readonly parent: Inode;
      readonly name: string;
      readonly expire: boolean;
    }
  /** Reports a removed name, so that inotify(7) reports the end of its inode. */
  | {
      readonly kind: 'removed';
      readonly parent: Inode;
      readonly name: string;
      readonly inode: Inode;
    }
  /** Invalidates all names, absent ones included. */
  | { readonly kind: 'every-entry' };

/** The parts of an inode that have changed: UP_* bits of GlusterFS's cache invalidation (`upcall-utils.h`). */
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
  /** All attributes are invalid. */
  INVALID: 0x2000,
} as const;

/**
 * The data of an UPCALL for one client of a brick, in GlusterFS's terms. features/upcall sends it, and
 * protocol/server passes it to that client.
 */
export interface ClientUpcall {
  readonly client: Client;
  readonly gfid: Gfid;
  /** The changed parts of the inode: bits of `UP`. */
  readonly flags: number;
  /** Seconds after its last access for which the client gets upcalls of the inode. */
  readonly expireSeconds: number;
  /** The attributes after the change of the inode, of its directory, and of the directory that it left. */
  readonly stat: Iatt | null;
  readonly parent: Iatt | null;
  readonly oldParent: Iatt | null;
  /** The new values of extended attributes that clients have asked for (IPC_UPCALL); null for none. */
  readonly xattrs: ReadonlyMap<string, Uint8Array> | null;
}

/** Whether the data of an UPCALL is for one client; other data goes to all caches. */
export const isClientUpcall = (data: unknown): data is ClientUpcall =>
  typeof data === 'object' && data !== null && 'client' in data;

/** Whether the data of an UPCALL is for all caches. */
export const isUpcall = (data: unknown): data is Upcall =>
  typeof data === 'object' && data !== null && 'kind' in data;

/** Sends an UPCALL up from a translator. */
export const sendUpcall = (xl: Xlator<unknown>, data: Upcall): void =>
  defaultNotify(xl, 'UPCALL', data);

/** Invalidates the attributes of an inode, and its data unless `data` is false. */
export function invalidateInode(xl: Xlator, inode: Inode, { data = true } = {}): void {
  sendUpcall(xl, { kind: 'inode', inode, data });
}

/** Invalidates a name that was created, removed or replaced. */
export function invalidateEntry(
  xl: Xlator,
  parent: Inode,
  name: string,
  { expire = false } = {},
): void {
  sendUpcall(xl, { kind: 'entry', parent, name, expire });
}

/** Reports a name of this inode that another client has removed. */
export function invalidateRemoved(xl: Xlator, parent: Inode, name: string, inode: Inode): void {
  sendUpcall(xl, { kind: 'removed', parent, name, inode });
}

/** Invalidates all names, absent ones included. */
export function invalidateEntries(xl: Xlator): void {
  sendUpcall(xl, { kind: 'every-entry' });
}

/** Encodes POSIX access control lists as extended attributes (linux/posix_acl_xattr.h). */

/** Tags of entries: the owner, a user, the group, a group, the mask, others. */
export const USER_OBJ = 1;
export const USER = 2;
export const GROUP_OBJ = 4;
export const GROUP = 8;
export const MASK = 16;
export const OTHER = 32;

/** Tag, permissions, and the id of a named user or group. */
export type AclEntry = readonly [tag: number, perm: number, id?: number];

/** The version 2 as a little-endian u32. */
const VERSION = '02000000';
/** The id of an entry without a user or group. */
const NO_ID = 0xffffffff;

/** Encodes a list; returns its bytes in hexadecimal. */
export const encodeAcl = (...entries: AclEntry[]): string =>
  VERSION +
  entries
    .map(([tag, perm, id = NO_ID]) => {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt16LE(tag, 0);
      bytes.writeUInt16LE(perm, 2);
      bytes.writeUInt32LE(id, 4);
      return bytes.toString('hex');
    })
    .join('');

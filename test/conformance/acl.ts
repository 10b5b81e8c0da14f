/** POSIX access control lists as the extended attributes have them (linux/posix_acl_xattr.h). */

/** Tags of entries: the owner, a user, the group, a group, the mask, others. */
export const USER_OBJ = 1;
export const USER = 2;
export const GROUP_OBJ = 4;
export const GROUP = 8;
export const MASK = 16;
export const OTHER = 32;

/** Tag, permissions, and the id of a named user or group. */
export type AclEntry = readonly [tag: number, perm: number, id?: number];

const VERSION = '02000000';
const NO_ID = 0xffffffff;

/** The bytes of a list, in hexadecimal. */
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

/**
 * Decides access to an inode by its mode bits and its ACL (null for an inode without ACL), as the kernel does.
 *
 * Sources: Linux `fs/namei.c` (generic_permission, acl_permission_check), `fs/posix_acl.c`
 * (posix_acl_permission); acl(5).
 */
import { type Acl, isPermittedByAcl } from './acl.ts';
import type { Stack } from './frame.ts';
import { IA_IFDIR, type Iatt } from './iatt.ts';

/** Bits of access(2)'s mask. */
export const R_OK = 4;
export const W_OK = 2;
export const X_OK = 1;

/** The attributes that decide access. */
export type Protection = Pick<Iatt, 'iaType' | 'iaProt' | 'iaUid' | 'iaGid'>;

/** Whether the caller has all rights in `mask`. Root cannot execute a file without any x bit. */
export function isPermitted(
  protection: Protection,
  acl: Acl | null,
  caller: Stack,
  mask: number,
): boolean {
  if (caller.uid === 0) {
    return (
      (mask & X_OK) === 0 || protection.iaType === IA_IFDIR || (protection.iaProt & 0o111) !== 0
    );
  }
  if (caller.uid === protection.iaUid) return ((protection.iaProt >> 6) & mask) === mask;
  // These bits are the ACL's mask. The kernel skips an ACL whose mask permits nothing.
  if (acl !== null && (protection.iaProt & 0o070) !== 0)
    return isPermittedByAcl(acl, protection.iaGid, caller, mask);
  const isInGroup = caller.gid === protection.iaGid || caller.groups.includes(protection.iaGid);
  return ((protection.iaProt >> (isInGroup ? 3 : 0)) & mask) === mask;
}

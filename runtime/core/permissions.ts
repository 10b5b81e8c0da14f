/**
 * Decides access to an inode by its mode bits and its ACL (null without one), as the kernel does.
 *
 * Sources: Linux `fs/namei.c` (generic_permission, acl_permission_check), `fs/posix_acl.c`
 * (posix_acl_permission); acl(5).
 */
import { type Acl, aclPermits } from './acl.ts';
import type { Stack } from './frame.ts';
import { IA_IFDIR, type Iatt } from './iatt.ts';

/** Bits of access(2)'s mask. */
export const R_OK = 4;
export const W_OK = 2;
export const X_OK = 1;

/** The attributes that decide access. */
export type Protection = Pick<Iatt, 'iaType' | 'iaProt' | 'iaUid' | 'iaGid'>;

/** Whether the caller has all rights in `mask`. Root cannot execute a file without any x bit. */
export function permits(of: Protection, acl: Acl | null, caller: Stack, mask: number): boolean {
  if (caller.uid === 0) {
    return (mask & X_OK) === 0 || of.iaType === IA_IFDIR || (of.iaProt & 0o111) !== 0;
  }
  if (caller.uid === of.iaUid) return ((of.iaProt >> 6) & mask) === mask;
  // The kernel skips an ACL whose mask permits nothing.
  if (acl !== null && (of.iaProt & 0o070) !== 0) return aclPermits(acl, of.iaGid, caller, mask);
  const isGroup = caller.gid === of.iaGid || caller.groups.includes(of.iaGid);
  return ((of.iaProt >> (isGroup ? 3 : 0)) & mask) === mask;
}

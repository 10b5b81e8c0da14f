/**
 * Clears set-user-id and set-group-id when a file is written, truncated or gets an ACL, and decides who may chown, as
 * the kernel does for ordinary users. The fops of storage/posix call it: their process is privileged, so the kernel does
 * not do this for the caller. The kernel removes capabilities (`security.capability`) itself at each write.
 *
 * Source: Linux `fs/attr.c` (setattr_should_drop_suidgid), `fs/posix_acl.c` (posix_acl_update_mode).
 */
import type { Dict } from '../../../core/dict.ts';
import { computeProtAfterChange, isRootOrMember, type Stack } from '../../../core/frame.ts';
import { IA_IFDIR, IA_IFREG, type Iatt } from '../../../core/iatt.ts';
import { KILL_PRIV } from '../../../core/xdata.ts';
import { AT_FDCWD } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { makeProcPath } from './paths.ts';

const S_ISUID = 0o4000;
const S_ISGID = 0o2000;
const S_IXGRP = 0o010;

/**
 * Clears set-group-id of `fd`'s inode if `caller`, who has just set its ACL, is outside the inode's group.
 * @param after the attributes after the change; null if they are unknown
 */
export function clearSetGroupId(fd: number, after: Iatt | null, caller: Stack): void {
  if (after === null || (after.iaProt & S_ISGID) === 0 || isRootOrMember(caller, after.iaGid))
    return;
  libc.fchmodat(AT_FDCWD, makeProcPath(fd), after.iaProt & ~S_ISGID, 0);
}

/**
 * Clears set-user-id and set-group-id of the inode of `fd`, which `before` describes, if `xdata` has KILL_PRIV. A
 * mount sends it if the kernel requests this: at writes and truncates by ordinary users.
 */
export function clearPrivilegeBits(
  fd: number,
  before: Iatt | null,
  xdata: Dict | null,
  caller: Stack,
): void {
  if (xdata === null || before === null || before.iaType !== IA_IFREG) return;
  if (xdata.number(KILL_PRIV) === undefined) return;
  const prot = computeProtAfterChange(before, caller);
  // This fails only if this process does not own the file; then the kernel clears the bits at the write.
  if (prot !== before.iaProt) libc.fchmodat(AT_FDCWD, makeProcPath(fd), prot, 0);
}

/**
 * Whether a caller may chown a file without changing uid or gid: everyone may, unless the chown clears set-user-id
 * or set-group-id, which only root and the owner may. A request with KILL_PRIV is part of a write, and allowed.
 */
export function mayChown(before: Iatt | null, xdata: Dict | null, caller: Stack): boolean {
  if (before === null || caller.uid === 0 || caller.uid === before.iaUid) return true;
  if (before.iaType === IA_IFDIR || xdata?.number(KILL_PRIV) !== undefined) return true;
  const { iaProt, iaGid } = before;
  const losesSetGroupId = (iaProt & S_IXGRP) !== 0 || !isRootOrMember(caller, iaGid);
  return (iaProt & S_ISUID) === 0 && ((iaProt & S_ISGID) === 0 || !losesSetGroupId);
}

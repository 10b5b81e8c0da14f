/**
 * Clears set-user-id and set-group-id before a change of a file, as the kernel does for ordinary users. This
 * process is privileged, so the kernel would not do it for the caller. The kernel removes capabilities
 * (`security.capability`) itself at each write.
 *
 * Source: Linux `fs/attr.c` (setattr_should_drop_suidgid), `fs/posix_acl.c` (posix_acl_update_mode).
 */
import type { Dict } from '../../../core/dict.ts';
import type { Stack } from '../../../core/frame.ts';
import { IA_IFDIR, IA_IFREG, type Iatt } from '../../../core/iatt.ts';
import { isMember, protAfterChange } from '../../../core/privileges.ts';
import { KILL_PRIV } from '../../../core/xdata.ts';
import { AT_FDCWD } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { procPath } from './paths.ts';

const S_ISUID = 0o4000;
const S_ISGID = 0o2000;
const S_IXGRP = 0o010;

/** Clears set-group-id after a caller outside of the group has set an ACL. */
export function clearGroupId(fd: number, after: Iatt | null, caller: Stack): void {
  if (after === null || (after.iaProt & S_ISGID) === 0 || isMember(caller, after.iaGid)) return;
  libc.fchmodat(AT_FDCWD, procPath(fd), after.iaProt & ~S_ISGID, 0);
}

/** Clears the privileges of the inode of `fd`, which `before` describes, if `xdata` asks for it. */
export function clearPrivilegeBits(
  fd: number,
  before: Iatt | null,
  xdata: Dict | null,
  caller: Stack,
): void {
  if (xdata === null || before === null || before.iaType !== IA_IFREG) return;
  if (xdata.number(KILL_PRIV) === undefined) return;
  const prot = protAfterChange(before, caller);
  // Fails only for a process that does not own the file; then the kernel clears them at the write.
  if (prot !== before.iaProt) libc.fchmodat(AT_FDCWD, procPath(fd), prot, 0);
}

/**
 * Whether a caller may chown without changing uid or gid: any caller may, unless it clears set-user-id or
 * set-group-id, which only the owner may do. With `KILL_PRIV` the request is part of a write.
 */
export function mayChown(before: Iatt | null, xdata: Dict | null, caller: Stack): boolean {
  if (before === null || caller.uid === 0 || caller.uid === before.iaUid) return true;
  if (before.iaType === IA_IFDIR || xdata?.number(KILL_PRIV) !== undefined) return true;
  const { iaProt, iaGid } = before;
  const losesGroup = (iaProt & S_IXGRP) !== 0 || !isMember(caller, iaGid);
  return (iaProt & S_ISUID) === 0 && ((iaProt & S_ISGID) === 0 || !losesGroup);
}

/**
 * The privileges that a program loses when its file is changed: set-user-id and set-group-id, as the kernel
 * takes them from whoever may not keep them. The calls here are made by a process that may, so it
 * has to be done by hand, before the change. Capabilities (`security.capability`) the disk's kernel
 * takes away itself, whoever writes.
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

/** Takes set-group-id from what got an ACL of somebody outside of the group. */
export function killGroupId(fd: number, after: Iatt | null, caller: Stack): void {
  if (after === null || (after.iaProt & S_ISGID) === 0 || isMember(caller, after.iaGid)) return;
  libc.fchmodat(AT_FDCWD, procPath(fd), after.iaProt & ~S_ISGID, 0);
}

/** Does so for the inode that `fd` is open on and `before` describes, when `xdata` asks for it. */
export function killPriv(fd: number, before: Iatt | null, xdata: Dict | null, caller: Stack): void {
  if (xdata === null || before === null || before.iaType !== IA_IFREG) return;
  if (xdata.number(KILL_PRIV) === undefined) return;
  const kept = protAfterChange(before, caller);
  // Refused only to a process that does not own the file: then the kernel does it as that writes.
  if (kept !== before.iaProt) libc.fchmodat(AT_FDCWD, procPath(fd), kept, 0);
}

/**
 * Whether a caller may make a change of owner that changes neither uid nor gid: anybody, unless it
 * takes set-user-id or set-group-id, which is the owner's business. With `KILL_PRIV` it is a write
 * that takes them.
 */
export function mayChown(before: Iatt | null, xdata: Dict | null, caller: Stack): boolean {
  if (before === null || caller.uid === 0 || caller.uid === before.iaUid) return true;
  if (before.iaType === IA_IFDIR || xdata?.number(KILL_PRIV) !== undefined) return true;
  const { iaProt, iaGid } = before;
  const losesGroup = (iaProt & S_IXGRP) !== 0 || !isMember(caller, iaGid);
  return (iaProt & S_ISUID) === 0 && ((iaProt & S_ISGID) === 0 || !losesGroup);
}

/** Drops set-user-id and set-group-id after changes. Source: Linux `fs/attr.c` (setattr_should_drop_suidgid). */
import type { Stack } from './frame.ts';
import type { Iatt } from './iatt.ts';

const S_ISUID = 0o4000;
const S_ISGID = 0o2000;
const S_IXGRP = 0o010;

/**
 * Returns the permission bits of a file after an unprivileged caller has changed it. A member of the group
 * keeps set-group-id on a file without group execution.
 */
export function computeProtAfterChange(buf: Iatt, caller: Stack): number {
  const { iaProt, iaGid } = buf;
  let cleared = S_ISUID;
  if ((iaProt & S_IXGRP) !== 0) cleared |= S_ISGID;
  else if ((iaProt & S_ISGID) !== 0 && !isRootOrMember(caller, iaGid)) cleared |= S_ISGID;
  return iaProt & ~cleared;
}

/** Whether the caller is root or a member of the group. */
export const isRootOrMember = (caller: Stack, gid: number): boolean =>
  caller.uid === 0 || caller.gid === gid || caller.groups.includes(gid);

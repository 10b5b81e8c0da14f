/** The part of a file's mode that a caller may keep. Source: Linux `fs/attr.c` (setattr_should_drop_suidgid). */
import type { Stack } from './frame.ts';
import type { Iatt } from './iatt.ts';

const S_ISUID = 0o4000;
const S_ISGID = 0o2000;
const S_IXGRP = 0o010;

/**
 * What is left of a file's mode when this caller changes the file without the right to keep what is
 * special about it. Set-group-id without execution is not special to members of the group.
 */
export function protAfterChange(buf: Iatt, caller: Stack): number {
  const { iaProt, iaGid } = buf;
  let lost = S_ISUID;
  if ((iaProt & S_IXGRP) !== 0) lost |= S_ISGID;
  else if ((iaProt & S_ISGID) !== 0 && !isMember(caller, iaGid)) lost |= S_ISGID;
  return iaProt & ~lost;
}

/** Whether the caller is of that group, or may act as if. */
export const isMember = (caller: Stack, gid: number): boolean =>
  caller.uid === 0 || caller.gid === gid || caller.groups.includes(gid);

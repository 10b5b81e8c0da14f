/** Makes the arguments `valid` and `stbuf` of the fops setattr and fsetattr. */
import { SET_ATTR } from '../core/fops.ts';
import type { Iatt } from '../core/iatt.ts';

/** Makes the arguments that set the mode. */
export const makeModeArgs = (mode: number): [number, Partial<Iatt>] => [
  SET_ATTR.MODE,
  { iaProt: mode & 0o7777 },
];

/** Whether an owner is to be set: -1 means no change, as does its unsigned form. */
const isChanged = (id: number): boolean => id >>> 0 !== 0xffffffff;

/** Makes the arguments that set the owners. An id of -1 is not changed. */
export const makeOwnerArgs = (uid: number, gid: number): [number, Partial<Iatt>] => [
  (isChanged(uid) ? SET_ATTR.UID : 0) | (isChanged(gid) ? SET_ATTR.GID : 0),
  { iaUid: uid >>> 0, iaGid: gid >>> 0 },
];

/** Makes the arguments that set times; an omitted one becomes `nowMs`. */
export function makeTimeArgs(
  nowMs: number,
  atimeMs?: number,
  mtimeMs?: number,
): [number, Partial<Iatt>] {
  const [newAtimeMs, newMtimeMs] = [atimeMs ?? nowMs, mtimeMs ?? nowMs];
  // As in the kernel's requests, ATIME_NOW and MTIME_NOW accompany ATIME and MTIME.
  const valid =
    (atimeMs === undefined ? SET_ATTR.ATIME_NOW : 0) |
    (mtimeMs === undefined ? SET_ATTR.MTIME_NOW : 0);
  return [
    valid | SET_ATTR.ATIME | SET_ATTR.MTIME,
    {
      iaAtime: Math.floor(newAtimeMs / 1000),
      iaAtimeNsec: toNanoseconds(newAtimeMs),
      iaMtime: Math.floor(newMtimeMs / 1000),
      iaMtimeNsec: toNanoseconds(newMtimeMs),
    },
  ];
}

/** Returns the nanoseconds since the last full second. */
const toNanoseconds = (ms: number): number => Math.round((ms - Math.floor(ms / 1000) * 1000) * 1e6);

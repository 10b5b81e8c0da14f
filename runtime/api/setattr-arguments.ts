/** Makes the arguments `valid` and `stbuf` of the fops setattr and fsetattr. */
import { SET_ATTR } from '../core/fops.ts';
import type { Iatt } from '../core/iatt.ts';

/** Makes the arguments that set the mode. */
export const makeModeArgs = (mode: number): [number, Partial<Iatt>] => [
  SET_ATTR.MODE,
  { iaProt: mode & 0o7777 },
];

const isChanged = (id: number): boolean => id >>> 0 !== 0xffffffff;

/** Makes the arguments that set the owners. An id of -1 is not changed. */
export const makeOwnerArgs = (uid: number, gid: number): [number, Partial<Iatt>] => [
  (isChanged(uid) ? SET_ATTR.UID : 0) | (isChanged(gid) ? SET_ATTR.GID : 0),
  { iaUid: uid >>> 0, iaGid: gid >>> 0 },
];

/** Makes the arguments that set times, in milliseconds; an omitted one becomes `now`. */
export function makeTimeArgs(
  nowMs: number,
  atimeMs?: number,
  mtimeMs?: number,
): [number, Partial<Iatt>] {
  const [atime, mtime] = [atimeMs ?? nowMs, mtimeMs ?? nowMs];
  // As in the kernel's requests, ATIME_NOW and MTIME_NOW accompany ATIME and MTIME.
  const valid =
    (atimeMs === undefined ? SET_ATTR.ATIME_NOW : 0) |
    (mtimeMs === undefined ? SET_ATTR.MTIME_NOW : 0);
  return [
    valid | SET_ATTR.ATIME | SET_ATTR.MTIME,
    {
      iaAtime: Math.floor(atime / 1000),
      iaAtimeNsec: toNanoseconds(atime),
      iaMtime: Math.floor(mtime / 1000),
      iaMtimeNsec: toNanoseconds(mtime),
    },
  ];
}

const toNanoseconds = (ms: number): number => Math.round((ms - Math.floor(ms / 1000) * 1000) * 1e6);

/** Makes the arguments `valid` and `stbuf` of the fops setattr and fsetattr. */
import { EINVAL } from '../core/errno.ts';
import { SET_ATTR } from '../core/fops.ts';
import type { Iatt } from '../core/iatt.ts';
import type { DriverSteps } from './driver-steps.ts';
import { FopError } from './fop-error.ts';

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

/** The nanoseconds that stand for the current time, and for no change. Source: Linux include/linux/stat.h. */
export const UTIME_NOW = 0x3fff_ffff;
export const UTIME_OMIT = 0x3fff_fffe;

/** Makes the arguments that set the times of utimensat(2). @throws {FopError} EINVAL for wrong nanoseconds */
export function makeUtimensArgs(
  { driver }: { readonly driver: DriverSteps },
  atime: number,
  mtime: number,
  atimeNsec: number,
  mtimeNsec: number,
): [number, Partial<Iatt>] {
  const nowMs = driver.graph.context.sink.now();
  const [newAtime, newMtime] = [
    resolveTime(atime, atimeNsec, nowMs),
    resolveTime(mtime, mtimeNsec, nowMs),
  ];
  const valid =
    (atimeNsec === UTIME_OMIT ? 0 : SET_ATTR.ATIME) |
    (atimeNsec === UTIME_NOW ? SET_ATTR.ATIME_NOW : 0) |
    (mtimeNsec === UTIME_OMIT ? 0 : SET_ATTR.MTIME) |
    (mtimeNsec === UTIME_NOW ? SET_ATTR.MTIME_NOW : 0);
  return [
    valid,
    {
      iaAtime: newAtime.seconds,
      iaAtimeNsec: newAtime.nanoseconds,
      iaMtime: newMtime.seconds,
      iaMtimeNsec: newMtime.nanoseconds,
    },
  ];
}

/** A time since 1970. */
interface TimeSpec {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** Returns the time to set; for UTIME_NOW, and for UTIME_OMIT where it has no effect, the current one. */
function resolveTime(seconds: number, nanoseconds: number, nowMs: number): TimeSpec {
  if (nanoseconds < 1e9) return { seconds, nanoseconds };
  if (nanoseconds !== UTIME_NOW && nanoseconds !== UTIME_OMIT) {
    throw new FopError(EINVAL, `${nanoseconds} nanoseconds`);
  }
  const nowSeconds = Math.floor(nowMs / 1000);
  return { seconds: nowSeconds, nanoseconds: Math.round((nowMs - nowSeconds * 1000) * 1e6) };
}

/** Converts times of utimensat(2) to arguments of setattr. */

import { EINVAL } from '../../core/errno.ts';
import { SET_ATTR } from '../../core/fops.ts';
import type { Iatt } from '../../core/iatt.ts';
import { FopError } from '../fop-error.ts';
import type { VolumeContext } from '../volume-context.ts';

/** The nanoseconds that stand for the current time, and for no change. Source: Linux include/linux/stat.h. */
export const UTIME_NOW = 0x3fff_ffff;
export const UTIME_OMIT = 0x3fff_fffe;

/** Makes `valid` and `stbuf` of a setattr that sets times. @throws {FopError} EINVAL for wrong nanoseconds */
export function makeUtimensArgs(
  { driver }: VolumeContext,
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

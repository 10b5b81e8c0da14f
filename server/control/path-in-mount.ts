/** Finds the mount that a path leads into, and the path from its root, without entering the mount. */
import { realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FS_TYPE, readMounts } from '../../runtime/mount/mountinfo.ts';
import { Failure } from '../../terminal/exit.ts';
import { refuseStuck } from '../stuck-mounts.ts';

export interface PlaceInMount {
  /** Absolute. */
  readonly mountpoint: string;
  /** From its root. */
  readonly path: string;
}

/** The mount of glossa that a path leads into. @throws {Failure} without one, or if one hangs */
export async function mountAt(given: string): Promise<PlaceInMount> {
  await refuseStuck(dirname(resolve(given)));
  const points = readMounts()
    .filter(({ type }) => type === FS_TYPE)
    .map(({ mountpoint }) => mountpoint);
  const whole = realWay(resolve(given), new Set(points));
  const mountpoint = points
    .filter((point) => whole === point || whole.startsWith(`${point}/`))
    .reduce((longest, point) => (point.length > longest.length ? point : longest), '');
  if (mountpoint === '') throw new Failure(`${given} is in no mount of glossa`);
  return { mountpoint, path: whole.slice(mountpoint.length) || '/' };
}

/** The path without symbolic links up to a mount; the part inside the mount need not exist. */
function realWay(path: string, points: ReadonlySet<string>): string {
  const names = path.split('/').slice(1);
  let at = '/';
  while (names.length > 0 && !points.has(at)) {
    const next = join(at, names.shift()!);
    try {
      at = points.has(next) ? next : realpathSync(next);
    } catch {
      // A path that does not exist leads into no mount.
      return path;
    }
  }
  return join(at, ...names);
}

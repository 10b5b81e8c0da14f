/**
 * Resolves PATH of `MNT PATH` on a command line: as a shell does if that leads into the mount, as completion
 * writes it, otherwise from the root of the mount. It looks up one name in the mount at most.
 */
import { lstatSync, realpathSync } from 'node:fs';
import { isAbsolute, join, posix, resolve } from 'node:path';
import { FS_TYPE, readMounts } from '../../runtime/mount/mountinfo.ts';
import { Failure } from '../../terminal/exit.ts';

/** The path from the root of the mount, with a slash in front and none behind. @throws {Failure} */
export function pathInMount(
  { given, mountpoint }: { given: string; mountpoint: string },
  path: string,
): string {
  const outside = new Failure(`${path} is outside of the mount ${given}`);
  const at = mountAt(path);
  if (at === null || at.mountpoint !== mountpoint) {
    // Another mount's; from the root of this one it would have no such beginning.
    if (at !== null) throw new Failure(`${path} is in the mount ${at.mountpoint}, not in ${given}`);
    if (!isAbsolute(path) && posix.normalize(path).split('/')[0] === '..') throw outside;
    return fromRoot(path);
  }
  const other = fromRoot(path);
  const isPlain = !isAbsolute(path) && !/^\.\.?(\/|$)/.test(path);
  if (!isPlain || other === at.path || !mayBeMeant(mountpoint, other, at.path)) return at.path;
  throw new Failure(
    `${path} may be ${at.path} of the mount, from this directory, or ${other}, from its root: ` +
      `write ./${path} or ${other}`,
  );
}

const fromRoot = (path: string): string => posix.join('/', path).replace(/(.)\/$/, '$1');

/** Whether both readings can be: from within the mount always, else where it has such a directory. */
function mayBeMeant(mountpoint: string, path: string, shorter: string): boolean {
  if (shorter.endsWith(path)) return true;
  const [, first = ''] = path.split('/');
  try {
    return lstatSync(join(mountpoint, first)).isDirectory();
  } catch {
    // The user cannot mean a directory that is absent or cannot be examined.
    return false;
  }
}

export interface PlaceInMount {
  /** Absolute. */
  readonly mountpoint: string;
  /** From its root. */
  readonly path: string;
}

/** The mount of ours that a path leads into, as a shell has it; null where it leads into none. */
export function mountAt(path: string): PlaceInMount | null {
  const points = readMounts()
    .filter(({ type }) => type === FS_TYPE)
    .map(({ mountpoint }) => mountpoint);
  const whole = realWay(resolve(path), new Set(points));
  const mountpoint = points
    .filter((point) => whole === point || whole.startsWith(`${point}/`))
    .reduce((longest, point) => (point.length > longest.length ? point : longest), '');
  return mountpoint === '' ? null : { mountpoint, path: whole.slice(mountpoint.length) || '/' };
}

/** The path without symbolic links before a mount; that itself is not asked, and may not have it. */
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

/**
 * Finds the mount that a path leads into, and the path from the mount's root, for `glossa why` and
 * `glossa invalidate`. It does not enter the mount, which may hang.
 */
import { realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FS_TYPE, readMounts } from '../../runtime/mount/mountinfo.ts';
import { Failure } from '../../terminal/exit.ts';
import { refuseStuck } from '../stuck-mounts.ts';

/** A path inside a mount. */
export interface PathInMount {
  /** The absolute path of the mount point. */
  readonly mountpoint: string;
  /** The path from the mount's root, with a leading slash. */
  readonly path: string;
}

/**
 * Finds the innermost mount of glossa around a path.
 * @throws {Failure} without one, or if one hangs
 */
export async function findPathInMount(operand: string): Promise<PathInMount> {
  await refuseStuck(dirname(resolve(operand)));
  const mountpoints = readMounts()
    .filter(({ type }) => type === FS_TYPE)
    .map(({ mountpoint }) => mountpoint);
  const fullPath = resolveUpToMount(resolve(operand), new Set(mountpoints));
  const mountpoint = mountpoints
    .filter((point) => fullPath === point || fullPath.startsWith(`${point}/`))
    .reduce((longest, point) => (point.length > longest.length ? point : longest), '');
  if (mountpoint === '') throw new Failure(`${operand} is in no mount of glossa`);
  return { mountpoint, path: fullPath.slice(mountpoint.length) || '/' };
}

/**
 * Resolves the symbolic links of a path up to the mount; the part inside the mount need not exist.
 */
function resolveUpToMount(path: string, mountpoints: ReadonlySet<string>): string {
  const names = path.split('/').slice(1);
  let resolved = '/';
  while (names.length > 0 && !mountpoints.has(resolved)) {
    const nextPath = join(resolved, names.shift()!);
    try {
      resolved = mountpoints.has(nextPath) ? nextPath : realpathSync(nextPath);
    } catch {
      // A path that does not exist leads into no mount.
      return path;
    }
  }
  return join(resolved, ...names);
}

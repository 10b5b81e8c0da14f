/** A temporary folder with a mount in it: it goes when the mount has gone, and not before. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMounts } from '../runtime/mount/mountinfo.ts';
import { Failure } from '../terminal/exit.ts';
import { reason } from '../terminal/reason.ts';

/**
 * A new folder, `glossa-NAME-…`, in the one for temporary files or another; its path is without
 * symbolic links. @throws {Failure}
 */
export function makeScratch(name: string, parent?: string): string {
  const place = parent ?? tmpdir();
  try {
    return realpathSync(mkdtempSync(join(place, `glossa-${name}-`)));
  } catch (error) {
    const advice = parent === undefined ? '; TMPDIR names another place' : '';
    throw new Failure(`cannot make a temporary folder in ${place}: ${reason(error)}${advice}`);
  }
}

/** The mounts in a folder. */
export function mountsIn(folder: string): string[] {
  const points = readMounts().map(({ mountpoint }) => mountpoint);
  return points.filter((point) => point.startsWith(`${folder}/`));
}

/**
 * Removes a folder with all that is in it, never through a mount: false when there is still one.
 * A folder that is gone already is no error.
 */
export function removeScratch(folder: string): boolean {
  if (mountsIn(folder).length > 0) return false;
  rmSync(folder, { recursive: true, force: true });
  return true;
}

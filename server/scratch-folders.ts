/**
 * Makes and removes temporary folders for mounts; never removes a folder that still contains a
 * mount.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMounts } from '../runtime/mount/mountinfo.ts';
import { Failure, formatReason } from '../terminal/exit.ts';

/**
 * Makes a folder `glossa-NAME-…` in `parent`, by default the system's folder for temporary files.
 * The returned path has no symbolic links in it. @throws {Failure}
 */
export function makeScratch(name: string, parent?: string): string {
  const folder = parent ?? tmpdir();
  try {
    return realpathSync(mkdtempSync(join(folder, `glossa-${name}-`)));
  } catch (error) {
    const advice = parent === undefined ? '; TMPDIR names another place' : '';
    throw new Failure(
      `cannot make a temporary folder in ${folder}: ${formatReason(error)}${advice}`,
    );
  }
}

/** Lists the mount points below a folder. */
export function listMountsIn(folder: string): string[] {
  const mountpoints = readMounts().map(({ mountpoint }) => mountpoint);
  return mountpoints.filter((mountpoint) => mountpoint.startsWith(`${folder}/`));
}

/**
 * Removes a folder and its content. Returns false, and removes nothing, while a mount is in it. A
 * folder that does not exist is no error.
 */
export function removeScratch(folder: string): boolean {
  if (listMountsIn(folder).length > 0) return false;
  rmSync(folder, { recursive: true, force: true });
  return true;
}

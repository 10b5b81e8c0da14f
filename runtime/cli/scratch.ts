/** A temporary folder with a mount in it: it goes when the mount has gone, and not before. */
import { readFileSync, rmSync } from 'node:fs';

/** Whether anything is mounted in a folder. It has no blanks in its path, which are escaped there. */
function hasMount(folder: string): boolean {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return mounts.some((line) => line.split(' ')[4]?.startsWith(`${folder}/`));
}

/**
 * Removes a folder with all that is in it, never through a mount: false when there is still one.
 * A folder that is gone already is no error.
 */
export function removeScratch(folder: string): boolean {
  if (hasMount(folder)) return false;
  rmSync(folder, { recursive: true, force: true });
  return true;
}

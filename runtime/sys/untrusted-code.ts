/**
 * Files that are run, or that say what is run, and that somebody else could change: that somebody
 * runs code as this user. Root is told, and with `--strict` nobody runs them.
 */
import { resolve, sep } from 'node:path';
import { effectiveUser, exposure } from './exposure.ts';
import { packageRoot } from './paths.ts';

/**
 * Why a file, or a folder of files, should not be run as this user; null when nothing is to be said.
 * What belongs to the program itself is as safe as the program.
 */
export function whyUntrusted(path: string, strict: boolean): string | null {
  const uid = effectiveUser();
  if (uid !== 0 && !strict) return null;
  const absolute = resolve(path);
  if (`${absolute}${sep}`.startsWith(`${packageRoot}${sep}`)) return null;
  const why = exposure(absolute);
  return why === null ? null : `${why}: what is run here as user ${uid} can be changed there`;
}

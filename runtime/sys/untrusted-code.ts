/**
 * Detects code files that another user could change, and so run code as this user. The caller warns root, and
 * refuses them with `--strict`.
 */
import { resolve, sep } from 'node:path';
import { effectiveUser, findExposure } from './exposure.ts';
import { packageRoot } from './paths.ts';

/**
 * Returns the reason why a file or directory should not be run as this user; null if it may be, and for files of
 * glossa itself. @param isStrict also checks for users other than root
 */
export function describeUntrusted(path: string, isStrict: boolean): string | null {
  const uid = effectiveUser();
  if (uid !== 0 && !isStrict) return null;
  const absolute = resolve(path);
  if (`${absolute}${sep}`.startsWith(`${packageRoot}${sep}`)) return null;
  const cause = findExposure(absolute);
  return cause === null ? null : `${cause}: what is run here as user ${uid} can be changed there`;
}

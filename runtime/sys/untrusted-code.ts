/**
 * Detects code files that another user could change, who could so run code as this user. Callers warn root of such a
 * file; with `--strict` they refuse it, also for other users.
 */
import { resolve, sep } from 'node:path';
import { findExposure, readEffectiveUid } from './exposure.ts';
import { packageRoot } from './paths.ts';

/**
 * Returns the reason why code in a file or directory should not run as this user; null if it may, and for glossa's own
 * files.
 * @param isStrict whether to check for users other than root, too
 */
export function describeUntrusted(path: string, isStrict: boolean): string | null {
  const uid = readEffectiveUid();
  if (uid !== 0 && !isStrict) return null;
  const absolute = resolve(path);
  if (`${absolute}${sep}`.startsWith(`${packageRoot}${sep}`)) return null;
  const cause = findExposure(absolute);
  return cause === null ? null : `${cause}: what is run here as user ${uid} can be changed there`;
}

/**
 * Prepares the user's cache folder for glossa: `$XDG_CACHE_HOME/glossa`, or `~/.cache/glossa`. A
 * user who can write there decides which code runs. So `prepareFolder` refuses a link, a folder of
 * another user, and one that other users can change or replace.
 */
import { lstatSync, mkdirSync, type Stats } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { findExposure, readEffectiveUid } from '../../../runtime/sys/exposure.ts';

export type Log = (message: string) => void;

/** Returns the default cache folder, by the XDG base directory specification. */
export function findDefaultCacheFolder(): string {
  const fromEnvironment = process.env.XDG_CACHE_HOME;
  const base =
    fromEnvironment !== undefined && isAbsolute(fromEnvironment)
      ? fromEnvironment
      : join(homedir(), '.cache');
  return join(base, 'glossa');
}

/** Returns the folder of the program's compiled code, which a confined server reads only: commands run it, too. */
export const findProgramCacheFolder = (): string => `${findDefaultCacheFolder()}-program`;

/** Returns the `code` of a system error, or its message. */
export function formatErrorReason(error: unknown): string {
  if (error instanceof Error) return (error as NodeJS.ErrnoException).code ?? error.message;
  return String(error);
}

/**
 * Creates `folder` if missing, and returns it; undefined, with a warning, if other users control
 * it. (`sudo -E` keeps another user's HOME, and users may share an XDG_CACHE_HOME.)
 */
export function prepareFolder(folder: string, warn: Log, log: Log): string | undefined {
  try {
    // Checked before `mkdirSync`, so that nothing is created in another user's folder.
    let problem = findExposure(folder);
    if (problem === null) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      problem = findExposure(folder) ?? findForeignReason(folder, lstatSync(folder), 'folder');
    }
    if (problem === null) return folder;
    warn(`no cache in ${folder}: ${problem} (XDG_CACHE_HOME names a folder for another)`);
  } catch (error) {
    log(`cannot write ${folder}: ${formatErrorReason(error)}`);
  }
  return undefined;
}

/** Returns the reason not to trust a cached file or folder, such as its owner; null for none. */
export function findForeignReason(
  path: string,
  stat: Stats,
  kind: 'folder' | 'file',
): string | null {
  const uid = readEffectiveUid();
  if (stat.isSymbolicLink()) return `${path} is a symbolic link`;
  if (kind === 'folder' ? !stat.isDirectory() : !stat.isFile()) return `${path} is no ${kind}`;
  // A negative uid: the system has no users.
  if (uid < 0) return null;
  if (stat.uid !== uid) return `${path} belongs to user ${stat.uid}, not to user ${uid}`;
  if ((stat.mode & 0o022) !== 0) {
    return `${path} can be written by others (mode ${(stat.mode & 0o7777).toString(8)})`;
  }
  if (kind === 'file' && stat.nlink !== 1) return `${path} has another name somewhere (hard link)`;
  return null;
}

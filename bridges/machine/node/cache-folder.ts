/**
 * The user's cache folder for glossa: `$XDG_CACHE_HOME/glossa`, or `~/.cache/glossa`. A user who
 * can write there decides which code runs. So it is used only if it belongs to this user, no other
 * user can change it or the path to it, and it is no link ({@link usableFolder}).
 */
import { lstatSync, mkdirSync, type Stats } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { effectiveUser, exposure } from '../../../runtime/sys/exposure.ts';

export type Log = (message: string) => void;

/** The default cache folder, by the XDG base directory specification. */
export function defaultCacheFolder(): string {
  const named = process.env.XDG_CACHE_HOME;
  const base = named !== undefined && isAbsolute(named) ? named : join(homedir(), '.cache');
  return join(base, 'glossa');
}

/** The `code` of a system error, or its message. */
export function reason(error: unknown): string {
  if (error instanceof Error) return (error as NodeJS.ErrnoException).code ?? error.message;
  return String(error);
}

/**
 * Creates `folder` if missing; undefined, with a warning, if it is not this user's alone: `sudo -E`
 * keeps another user's HOME, and users may share an XDG_CACHE_HOME.
 */
export function usableFolder(folder: string, warn: Log, log: Log): string | undefined {
  try {
    // Checked before anything is created there for another user.
    let why = exposure(folder);
    if (why === null) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      why = exposure(folder) ?? whyForeign(folder, lstatSync(folder), 'folder');
    }
    if (why === null) return folder;
    warn(`no cache in ${folder}: ${why} (XDG_CACHE_HOME names a folder for another)`);
  } catch (error) {
    log(`cannot write ${folder}: ${reason(error)}`);
  }
  return undefined;
}

/** The reason why a cached file or folder is not this user's alone; null if it is. */
export function whyForeign(path: string, stat: Stats, kind: 'folder' | 'file'): string | null {
  const uid = effectiveUser();
  if (stat.isSymbolicLink()) return `${path} is a symbolic link`;
  if (kind === 'folder' ? !stat.isDirectory() : !stat.isFile()) return `${path} is no ${kind}`;
  if (uid < 0) return null;
  if (stat.uid !== uid) return `${path} belongs to user ${stat.uid}, not to user ${uid}`;
  if ((stat.mode & 0o022) !== 0) {
    return `${path} can be written by others (mode ${(stat.mode & 0o7777).toString(8)})`;
  }
  if (kind === 'file' && stat.nlink !== 1) return `${path} has another name somewhere (hard link)`;
  return null;
}

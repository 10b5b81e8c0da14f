/**
 * Checks whether another user could change the file that a path leads to. Used before glossa runs, trusts or writes a
 * file.
 *
 * It walks the path from the root, as sshd does with StrictModes. Every directory, link and file must belong to root
 * or to this user, and no other user may write to it. Two exceptions: a sticky directory (`/tmp`) may be writable,
 * because users cannot replace each other's files there; and a group with the owner's number is the owner's own.
 */
import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { resolve, sep } from 'node:path';

/** Bits of a file's mode. */
const STICKY = 0o1000;
const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
/** The most symbolic links in a path, as in Linux (MAXSYMLINKS). */
const LINKS_MAX = 40;

/** The form of the path to which `/dev/stdout` leads. */
const DESCRIPTOR_PATH = /^\/proc\/\d+\/fd\/\d+$/;

/** The settings of `findExposure`. */
export interface ExposureSettings {
  /** The trusted user besides root. */
  readonly uid?: number | undefined;
  /** Whether the caller will make a file in this directory. Then a sticky one counts as exposed. */
  readonly isForNewFile?: boolean;
}

/** Returns the effective uid; -1 on systems without users. */
export const readEffectiveUid = (): number => process.geteuid?.() ?? -1;

/**
 * Returns the first element on the way to `path` that another user could change, with the reason, as an unfinished
 * sentence. Null for a safe path, and for a missing one.
 */
export function findExposure(path: string, settings: ExposureSettings = {}): string | null {
  const { uid = readEffectiveUid(), isForNewFile = false } = settings;
  if (uid < 0) return null;
  const names = makeAbsolute(path).split(sep);
  let folder = '';
  let linkCount = 0;
  while (names.length > 0) {
    const name = names.shift()!;
    if (name === '..') folder = folder.slice(0, Math.max(0, folder.lastIndexOf(sep)));
    if (name === '..' || name === '.' || (name === '' && folder !== '')) continue;
    const elementPath = folder === '' && name === '' ? sep : `${folder}${sep}${name}`;
    const stat = readStatus(elementPath);
    if (stat === undefined) return null;
    const isLast = names.every((rest) => rest === '' || rest === '.');
    const cause = describeWriter(stat, uid, !(isLast && isForNewFile));
    if (cause !== null) return `${elementPath} ${cause}`;
    if (stat.isSymbolicLink()) {
      // A descriptor that this process has open; its target is no path.
      if (DESCRIPTOR_PATH.test(elementPath)) return null;
      linkCount += 1;
      if (linkCount > LINKS_MAX) return `${elementPath} is one of too many symbolic links`;
      const target = readlinkSync(elementPath);
      if (target.startsWith(sep)) folder = '';
      names.unshift(...target.split(sep).filter((part) => part !== ''));
    } else if (elementPath !== sep) folder = elementPath;
  }
  return null;
}

/** Makes a path absolute without normalizing it: `..` depends on the links before it. */
const makeAbsolute = (path: string): string =>
  path.startsWith(sep) ? path : `${resolve('.')}${sep}${path}`;

/** Reads the status of a path, not of a link's target. */
function readStatus(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    // A missing or hidden path cannot be opened either.
    return undefined;
  }
}

/** Describes the other user who can change a file of this status; null if no other user can. */
function describeWriter(stat: Stats, uid: number, mayBeSticky: boolean): string | null {
  // `/dev/null` and terminals store no content.
  if (stat.isCharacterDevice()) return null;
  if (stat.uid !== 0 && stat.uid !== uid) return `belongs to user ${stat.uid}`;
  // The kernel ignores the mode of a link.
  if (stat.isSymbolicLink()) return null;
  if (mayBeSticky && stat.isDirectory() && (stat.mode & STICKY) !== 0) return null;
  const mode = (stat.mode & 0o7777).toString(8);
  if ((stat.mode & OTHERS_WRITE) !== 0) return `can be written by everybody (mode ${mode})`;
  const isGroupWritable = (stat.mode & GROUP_WRITES) !== 0 && stat.gid !== stat.uid;
  return isGroupWritable ? `can be written by group ${stat.gid} (mode ${mode})` : null;
}

/**
 * Finds out whether others could change what a path leads to: then a program that runs it, or trusts
 * it, does what that somebody wants.
 *
 * The way is walked from the root, as sshd's StrictModes walks it. Every folder, link and file on it
 * has to belong to root or to this user, and to be writable by nobody else. That makes the walk as
 * good as one on open descriptors: what lies in a folder that only root and this user can change is
 * still the same when it is opened. Two exceptions, both usual:
 * - a sticky folder (`/tmp`) may be writable, since there nobody can exchange what is another's;
 * - a group with the number of the owner is taken for the owner's own, as distributions make them.
 */
import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { resolve, sep } from 'node:path';

const STICKY = 0o1000;
const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
const LINKS_MAX = 40;

/** What `/dev/stdout` leads to. */
const DESCRIPTOR = /^\/proc\/\d+\/fd\/\d+$/;

export interface ExposureSettings {
  /** Whose program it is. */
  readonly uid?: number | undefined;
  /** The path is a folder that something is to be made in: a sticky one is no place for that. */
  readonly adding?: boolean;
}

/** The user that this process acts as; -1 where there are no users. */
export const effectiveUser = (): number => process.geteuid?.() ?? -1;

/**
 * The first thing on the way to `path` that another user could change, and why: a sentence without
 * its end. Null where there is none; what is not there can be changed by whoever made it possible.
 */
export function exposure(path: string, settings: ExposureSettings = {}): string | null {
  const { uid = effectiveUser(), adding = false } = settings;
  if (uid < 0) return null;
  const names = absolute(path).split(sep);
  let folder = '';
  let links = 0;
  while (names.length > 0) {
    const name = names.shift()!;
    if (name === '..') folder = folder.slice(0, Math.max(0, folder.lastIndexOf(sep)));
    if (name === '..' || name === '.' || (name === '' && folder !== '')) continue;
    const at = folder === '' && name === '' ? sep : `${folder}${sep}${name}`;
    const stat = statusOf(at);
    if (stat === undefined) return null;
    const isLast = names.every((rest) => rest === '' || rest === '.');
    const why = writableBy(stat, uid, !(isLast && adding));
    if (why !== null) return `${at} ${why}`;
    if (stat.isSymbolicLink()) {
      // Whatever this process has open: its text is no path to walk.
      if (DESCRIPTOR.test(at)) return null;
      links += 1;
      if (links > LINKS_MAX) return `${at} is one of too many symbolic links`;
      const target = readlinkSync(at);
      if (target.startsWith(sep)) folder = '';
      names.unshift(...target.split(sep).filter((part) => part !== ''));
    } else if (at !== sep) folder = at;
  }
  return null;
}

/** Not normalized: what `..` leads to depends on the links before it. */
const absolute = (path: string): string =>
  path.startsWith(sep) ? path : `${resolve('.')}${sep}${path}`;

function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    // What is not there, or not for this user to see, cannot be opened by the user either.
    return undefined;
  }
}

/** Who besides root and `uid` can change what has this status. */
function writableBy(stat: Stats, uid: number, mayBeSticky: boolean): string | null {
  // `/dev/null` and terminals keep nothing that another could put there.
  if (stat.isCharacterDevice()) return null;
  if (stat.uid !== 0 && stat.uid !== uid) return `belongs to user ${stat.uid}`;
  // A link's mode says nothing.
  if (stat.isSymbolicLink()) return null;
  if (mayBeSticky && stat.isDirectory() && (stat.mode & STICKY) !== 0) return null;
  const mode = (stat.mode & 0o7777).toString(8);
  if ((stat.mode & OTHERS_WRITE) !== 0) return `can be written by everybody (mode ${mode})`;
  const isForeign = (stat.mode & GROUP_WRITES) !== 0 && stat.gid !== stat.uid;
  return isForeign ? `can be written by group ${stat.gid} (mode ${mode})` : null;
}

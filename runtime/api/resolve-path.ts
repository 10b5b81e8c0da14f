/**
 * Resolves paths from the root as path_resolution(7) describes. A directory on the way that the inode
 * table knows is not looked up again; the last name always is. If another client has replaced such a
 * directory, the storage replies ESTALE, and the caller resolves the path again without the table.
 */
import { ELOOP, ENOENT, ENOTDIR } from '../core/errno.ts';
import { IA_IFDIR, IA_IFLNK, type Iatt } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import { throwFopError } from './fop-error.ts';
import type { Steps } from './steps.ts';

/** The most symbolic links on a path: Linux's limit. */
const MAX_LINKS = 40;

/** A directory and a name in it, whose file may or may not exist. */
export interface EntryName {
  readonly parent: Inode;
  readonly name: string;
}

/** A file that was looked up. It has no name if the path ends in none: the root, `.` and `..`. */
export interface FoundFile extends Partial<EntryName> {
  readonly inode: Inode;
  readonly buf: Iatt;
}

/** A directory on the way of a path; the root has no name. */
interface PathDirectory extends Partial<EntryName> {
  readonly inode: Inode;
}

/** The result of following all names of a path. */
export interface ResolvedPath {
  /** The last name; null if the path ends in none: the root, `.`, `..`. */
  readonly entryName: EntryName | null;
  /** The file of the path; undefined if it is absent, or if the last name was not looked up. */
  readonly file: FoundFile | undefined;
  /** Whether the path ends in `/`, or its last link does: only a directory may then be there. */
  readonly mustBeDirectory: boolean;
  /**
   * The directories on the way, from the root; without `entryName`, the last is the file itself. Empty with
   * `nolookup`, if the inode table has them all.
   */
  readonly directories: readonly PathDirectory[];
}

/** Whether a symbolic link at the end of a path is followed. */
export type LinkMode = 'follow' | 'nofollow';

/** Whether a link as the last name is followed; `nolookup` omits the lookup of that name, as before a create. */
export type LastNameMode = LinkMode | 'nolookup';

const splitNames = (path: string): string[] => path.split('/').filter((name) => name !== '');

const SLASH = '/'.charCodeAt(0);

/**
 * Finds the directory and the last name of a path by the inode table alone.
 * @returns null if the table lacks a directory on the way, or if the path has a link on the way, `.`, `..` or a
 * slash at its end: then `resolvePath` follows it
 */
export function findKnownEntryName(root: Inode, path: string): EntryName | null {
  let parent = root;
  let start = 0;
  for (;;) {
    while (path.charCodeAt(start) === SLASH) start += 1;
    const end = path.indexOf('/', start);
    const name = end < 0 ? path.slice(start) : path.slice(start, end);
    if (name === '' || name === '.' || name === '..') return null;
    if (end < 0) return { parent, name };
    const inode = parent.children?.get(name);
    if (inode?.iaType !== IA_IFDIR) return null;
    parent = inode;
    start = end + 1;
  }
}

/** The part of `DriverSteps` that `resolvePath` uses. */
export interface PathLookups {
  readonly root: Inode;
  /** Looks up a name; undefined if it is absent. */
  lookUp(entryName: EntryName): Steps<FoundFile | undefined>;
  lookUpRoot(): Steps<FoundFile>;
  /** Returns the target of a symbolic link. */
  readlink(inode: Inode): Steps<string>;
}

/**
 * Resolves a path, name by name.
 * @param ignoresTable whether known directories are looked up, too
 * @throws {FopError} when a directory on the way is missing
 */
export function* resolvePath(
  lookups: PathLookups,
  path: string,
  lastNameMode: LastNameMode,
  ignoresTable = false,
): Steps<ResolvedPath> {
  const names = splitNames(path);
  const directories: PathDirectory[] = [{ inode: lookups.root }];
  let mustBeDirectory = path.endsWith('/');
  let linkCount = 0;
  const fail = (errno: number): never => throwFopError(errno, path);
  if (path === '') fail(ENOENT);
  function* followLink(inode: Inode): Steps<void> {
    linkCount += 1;
    if (linkCount > MAX_LINKS) fail(ELOOP);
    const target = yield* lookups.readlink(inode);
    if (names.length === 0) mustBeDirectory ||= target.endsWith('/');
    // An absolute target is resolved from the root, the first of the directories.
    if (target.startsWith('/')) directories.length = 1;
    names.unshift(...splitNames(target));
  }
  for (;;) {
    const name = names.shift();
    const directory = directories.at(-1)!;
    if (name === undefined) {
      const { inode, buf } = yield* lookUpDirectory(lookups, directory, path);
      return { entryName: null, file: { inode, buf }, mustBeDirectory, directories };
    }
    if (name === '..' && directories.length > 1) directories.pop();
    if (name === '.' || name === '..') continue;
    const entryName = { parent: directory.inode, name };
    if (names.length > 0) {
      const knownInode = ignoresTable ? undefined : directory.inode.children?.get(name);
      // A file that was no directory is looked up, because it may have been replaced by one.
      const inode =
        knownInode?.iaType === IA_IFDIR
          ? knownInode
          : ((yield* lookups.lookUp(entryName))?.inode ?? fail(ENOENT));
      if (inode.iaType === IA_IFLNK) yield* followLink(inode);
      else if (inode.iaType !== IA_IFDIR) fail(ENOTDIR);
      else directories.push({ ...entryName, inode });
      continue;
    }
    const file = lastNameMode === 'nolookup' ? undefined : yield* lookups.lookUp(entryName);
    if (file?.buf.iaType === IA_IFLNK && (lastNameMode === 'follow' || mustBeDirectory)) {
      yield* followLink(file.inode);
      continue;
    }
    if (mustBeDirectory && file !== undefined && file.buf.iaType !== IA_IFDIR) fail(ENOTDIR);
    return { entryName, file, mustBeDirectory, directories };
  }
}

/** Looks up a directory that the walk has reached. @throws {FopError} if it is gone meanwhile */
function* lookUpDirectory(
  lookups: PathLookups,
  { parent, name }: PathDirectory,
  path: string,
): Steps<FoundFile> {
  if (parent === undefined || name === undefined) return yield* lookups.lookUpRoot();
  return (yield* lookups.lookUp({ parent, name })) ?? throwFopError(ENOENT, path);
}

/** Returns the absolute path without `.` and `..`; symbolic links in it are not looked at. */
export const normalizePath = (path: string): string => normalizeAsNode(`/${path}`);

/** Returns a path without `.` and `..`, as `path.posix.normalize`, but without a slash at its end; '' for `.`. */
export function normalizeAsNode(path: string): string {
  const isAbsolute = path.startsWith('/');
  const names: string[] = [];
  for (const name of path.split('/')) {
    const hasParent = names.length > 0 && names.at(-1) !== '..';
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (hasParent) names.pop();
    else if (!isAbsolute) names.push(name);
  }
  return (isAbsolute ? '/' : '') + names.join('/');
}

/** Joins the names of a resolved path, which has no symbolic links. Its first directory, the root, has no name. */
export function joinRealPath({ directories, entryName }: ResolvedPath): string {
  const names = directories.slice(1).map(({ name }) => name!);
  if (entryName !== null) names.push(entryName.name);
  return `/${names.join('/')}`;
}

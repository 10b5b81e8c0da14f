/**
 * Resolves paths from the root as path_resolution(7) describes. Directories on the way that the
 * inode table knows are not looked up again; the last name always is.
 */
import { ELOOP, ENOENT, ENOTDIR } from '../core/errno.ts';
import { IA_IFDIR, IA_IFLNK, type Iatt } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import type { Steps } from './steps.ts';

/** The most symbolic links on a path: Linux's limit. */
const LINKS_MAX = 40;

/** A name in a directory. */
export interface Place {
  readonly parent: Inode;
  readonly name: string;
}

/** A file and its name; without a name for the root, `.` and `..`. */
export interface FoundFile extends Partial<Place> {
  readonly inode: Inode;
  readonly buf: Iatt;
}

/** The end of a walk. */
export interface PathEnd {
  /** Null if the path ends in no name: the root, `.`, `..`. */
  readonly place: Place | null;
  /** Undefined for an absent name, and when the last name was not looked up. */
  readonly found: FoundFile | undefined;
  /** Whether the path ends in `/`. */
  readonly isDirectory: boolean;
  /** The directories on the way, from the root; without a place, the found one is the last. */
  readonly above: readonly (Partial<Place> & { readonly inode: Inode })[];
}

/** The treatment of the last name: follow a symbolic link, look it up, or do neither. */
export type LastName = 'follow' | 'look' | 'leave';

const namesIn = (path: string): string[] => path.split('/').filter((name) => name !== '');

/** The requests that a walk makes. */
export interface WalkRequests {
  readonly root: Inode;
  /** Looks up a name; undefined if it is absent. */
  lookUp(place: Place): Steps<FoundFile | undefined>;
  lookUpRoot(): Steps<FoundFile>;
  readlink(inode: Inode): Steps<string>;
  refuse(errno: number, detail: string): never;
}

/** @throws {FopError} when a directory on the way is missing */
export function* walk(requests: WalkRequests, path: string, last: LastName): Steps<PathEnd> {
  const left = namesIn(path);
  const above: (Partial<Place> & { readonly inode: Inode })[] = [{ inode: requests.root }];
  let isDirectory = path.endsWith('/');
  let links = 0;
  const fail = (errno: number): never => requests.refuse(errno, path);
  if (path === '') fail(ENOENT);
  function* follow(inode: Inode): Steps<void> {
    links += 1;
    if (links > LINKS_MAX) fail(ELOOP);
    const target = yield* requests.readlink(inode);
    if (left.length === 0) isDirectory ||= target.endsWith('/');
    if (target.startsWith('/')) above.length = 1;
    left.unshift(...namesIn(target));
  }
  for (;;) {
    const name = left.shift();
    const { inode: parent, parent: upper, name: own } = above.at(-1)!;
    if (name === undefined) {
      const found =
        upper === undefined || own === undefined
          ? yield* requests.lookUpRoot()
          : ((yield* requests.lookUp({ parent: upper, name: own })) ?? fail(ENOENT));
      return { place: null, found: { inode: found.inode, buf: found.buf }, isDirectory, above };
    }
    if (name === '..' && above.length > 1) above.pop();
    if (name === '.' || name === '..') continue;
    const place = { parent, name };
    if (left.length > 0) {
      const known = parent.table.grep(parent, name);
      const inode = known ?? (yield* requests.lookUp(place))?.inode ?? fail(ENOENT);
      if (inode.iaType === IA_IFLNK) yield* follow(inode);
      else if (inode.iaType !== IA_IFDIR) fail(ENOTDIR);
      else above.push({ ...place, inode });
      continue;
    }
    const found = last === 'leave' ? undefined : yield* requests.lookUp(place);
    if (found?.buf.iaType === IA_IFLNK && (last === 'follow' || isDirectory)) {
      yield* follow(found.inode);
      continue;
    }
    if (isDirectory && found !== undefined && found.buf.iaType !== IA_IFDIR) fail(ENOTDIR);
    return { place, found, isDirectory, above };
  }
}

/**
 * Resolves paths from the root as path_resolution(7) describes. The caller passes the functions
 * that look names up. Directories on the way that the inode table knows are not looked up again;
 * the last name always is.
 */
import { ELOOP, ENOENT, ENOTDIR } from '../core/errno.ts';
import { IA_IFDIR, IA_IFLNK, type Iatt } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';

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
}

export interface WalkSettings {
  readonly root: Inode;
  /** Undefined for an absent name. */
  look(place: Place): Promise<FoundFile | undefined>;
  lookRoot(): Promise<FoundFile>;
  readlink(inode: Inode): Promise<string>;
  fail(errno: number): never;
}

/** The treatment of the last name: follow a symbolic link, look it up, or do neither. */
export type LastName = 'follow' | 'look' | 'leave';

const namesIn = (path: string): string[] => path.split('/').filter((name) => name !== '');

export async function walk(path: string, last: LastName, way: WalkSettings): Promise<PathEnd> {
  const left = namesIn(path);
  const above: (Partial<Place> & { readonly inode: Inode })[] = [{ inode: way.root }];
  let isDirectory = path.endsWith('/');
  let links = 0;
  const follow = async (inode: Inode): Promise<void> => {
    links += 1;
    if (links > LINKS_MAX) way.fail(ELOOP);
    const target = await way.readlink(inode);
    if (left.length === 0) isDirectory ||= target.endsWith('/');
    if (target.startsWith('/')) above.length = 1;
    left.unshift(...namesIn(target));
  };
  for (;;) {
    const name = left.shift();
    const { inode: parent, parent: upper, name: own } = above.at(-1)!;
    if (name === undefined) {
      const isNamed = upper !== undefined && own !== undefined;
      const found = isNamed ? await way.look({ parent: upper, name: own }) : await way.lookRoot();
      if (found === undefined) way.fail(ENOENT);
      return { place: null, found: { inode: found.inode, buf: found.buf }, isDirectory };
    }
    if (name === '..' && above.length > 1) above.pop();
    if (name === '.' || name === '..') continue;
    const place = { parent, name };
    if (left.length > 0) {
      const known = parent.table.grep(parent, name);
      const inode = known ?? (await way.look(place))?.inode ?? way.fail(ENOENT);
      if (inode.iaType === IA_IFLNK) await follow(inode);
      else if (inode.iaType !== IA_IFDIR) way.fail(ENOTDIR);
      else above.push({ ...place, inode });
      continue;
    }
    const found = last === 'leave' ? undefined : await way.look(place);
    if (found?.buf.iaType === IA_IFLNK && (last === 'follow' || isDirectory)) {
      await follow(found.inode);
      continue;
    }
    if (isDirectory && found !== undefined && found.buf.iaType !== IA_IFDIR) way.fail(ENOTDIR);
    return { place, found, isDirectory };
  }
}

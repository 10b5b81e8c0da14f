/**
 * Walks paths from the root, as path_resolution(7) has it: `..` leads to the directory above, a symbolic
 * link on the way is followed, a path that ends in `/` is a directory's. Callers say how names are looked
 * up; directories on the way that the table knows are not looked up again, the last name always is.
 */
import { ELOOP, ENOENT, ENOTDIR } from '../core/errno.ts';
import { IA_IFDIR, IA_IFLNK, type Iatt } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';

/** Symbolic links on the way to a file: Linux's own limit. */
const LINKS_MAX = 40;

/** A name in a directory. */
export interface Place {
  readonly parent: Inode;
  readonly name: string;
}

/** A file, and the name that it was found by: none for the root, and a path that ends in `.` or `..`. */
export interface Found extends Partial<Place> {
  readonly inode: Inode;
  readonly buf: Iatt;
}

/** The end of a walk. */
export interface PathEnd {
  /** Null where the path ends in no name of its own: the root, `.`, `..`. */
  readonly place: Place | null;
  /** Undefined for an absent name, and where the last name was not looked up. */
  readonly found: Found | undefined;
  /** The path ends in `/`. */
  readonly isDirectory: boolean;
}

export interface WalkSettings {
  readonly root: Inode;
  /** Undefined for an absent name. */
  look(place: Place): Promise<Found | undefined>;
  lookRoot(): Promise<Found>;
  readlink(inode: Inode): Promise<string>;
  fail(errno: number): never;
}

/** The treatment of the last name. */
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

/**
 * The table of fops: the inodes whose attributes a reply carries, and the changes to them as bits of
 * GlusterFS's cache invalidation. Source: GlusterFS 10 `libglusterfs/src/glusterfs/upcall-utils.h`,
 * `xlators/features/upcall/src/upcall.c`.
 */
import type { Fd } from '../../../core/fd.ts';
import type { FopName } from '../../../core/gen/fops.gen.ts';
import { type Gfid, NULL_GFID } from '../../../core/gfid.ts';
import type { Dirent, Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Loc } from '../../../core/loc.ts';
import { O_TRUNC } from '../../../core/open-flags.ts';
import { UP } from '../../../core/upcall.ts';

const WRITE = UP.SIZE | UP.TIMES;
const ATTR = UP.SIZE | UP.TIMES | UP.OWN | UP.MODE | UP.PERM;
const LINKS = UP.NLINK | UP.TIMES;
/** A name was added to a directory or removed. */
const NAMES = UP.PARENT_TIMES;

/** An inode in a reply, and the changes to it: 0 for none. */
export interface Touch {
  readonly gfid: Gfid;
  readonly flags: number;
  readonly stat?: Iatt | null;
  readonly parent?: Iatt | null;
  readonly oldParent?: Iatt | null;
}

/** Derives the inodes from a fop's arguments and reply. */
export type Touches = (args: never, reply: never) => readonly (Touch | null)[];

const of = (
  inode: Inode | Iatt | null | undefined,
  flags = 0,
  more: Omit<Touch, 'gfid' | 'flags'> = {},
): Touch | null => {
  const gfid = inode == null ? NULL_GFID : 'gfid' in inode ? inode.gfid : inode.iaGfid;
  return gfid === NULL_GFID ? null : { gfid, flags, ...more };
};

const read: Touches = ([subject]: [Loc | Fd]) => [of(subject.inode)];
/** Fops whose reply has the attributes after the change as its second part. */
const changes =
  (flags: number): Touches =>
  ([subject]: [Loc | Fd], [, stat]: [unknown, Iatt | null]) => [of(subject.inode, flags, { stat })];
const setattr: Touches = ([subject]: [Loc | Fd], [before, stat]: [Iatt | null, Iatt | null]) => {
  // A chmod also changes the ACL, an extended attribute.
  const isOther = before?.iaProt !== stat?.iaProt;
  return [of(subject.inode, isOther ? ATTR | UP.XATTR : ATTR, { stat })];
};
const xattrs: Touches = ([subject]: [Loc | Fd]) => [of(subject.inode, UP.XATTR)];
/** @param at index of the new inode's attributes in the reply; those of the directory are 2 further */
const makes =
  (loc: number, at: number): Touches =>
  (args: readonly Loc[], reply: readonly (Iatt | null)[]) => {
    const [stat, folder = null] = [reply[at], reply[at + 2]];
    return [of(stat), of(args[loc]!.parent, NAMES, { stat: folder })];
  };
/** The changes by an open with these flags. */
const emptied = (flags: number): number => ((flags & O_TRUNC) === 0 ? 0 : WRITE);
/** A create may find a file that other clients cache, under another name too. */
const create: Touches = (
  [{ parent }, flags]: [Loc, number],
  [, , stat, , folder]: (Iatt | null)[],
) => [
  of(stat, emptied(flags), { stat: stat ?? null }),
  of(parent, NAMES, { stat: folder ?? null }),
];
const removes: Touches = ([{ inode, parent }]: [Loc], [, folder]: [unknown, Iatt | null]) => [
  of(inode, UP.FORGET, { parent: folder }),
  of(parent, NAMES, { stat: folder }),
];

export const touches = {
  lookup: (_args: unknown, [, buf]: [unknown, Iatt | null]) => [of(buf)],
  stat: read,
  fstat: read,
  access: read,
  readlink: read,
  open: ([subject, flags]: [Loc, number]) => [of(subject.inode, emptied(flags))],
  opendir: read,
  readv: read,
  readdir: read,
  readdirp: ([fd]: [Fd], [entries]: [readonly Dirent[] | null]) => [
    of(fd.inode),
    ...(entries ?? []).map(({ stat, name }) => (name === '..' ? null : of(stat))),
  ],
  getxattr: read,
  fgetxattr: read,
  writev: changes(WRITE),
  truncate: changes(WRITE),
  ftruncate: changes(WRITE),
  fallocate: changes(WRITE),
  discard: changes(WRITE),
  zerofill: changes(WRITE),
  copy_file_range: (
    [, , to]: [unknown, unknown, Fd],
    [, , stat]: [unknown, unknown, Iatt | null],
  ) => [of(to.inode, WRITE, { stat })],
  setattr,
  fsetattr: setattr,
  setxattr: xattrs,
  fsetxattr: xattrs,
  removexattr: xattrs,
  fremovexattr: xattrs,
  mknod: makes(0, 1),
  mkdir: makes(0, 1),
  symlink: makes(1, 1),
  create,
  link: ([old, { parent }]: [Loc, Loc], [, stat, , folder]: [unknown, ...(Iatt | null)[]]) => [
    of(old.inode, LINKS, { stat: stat ?? null, parent: folder ?? null }),
    of(parent, NAMES, { stat: folder ?? null }),
  ],
  unlink: removes,
  rmdir: removes,
  rename: ([old, to]: [Loc, Loc], [stat, , from, , into]: (Iatt | null)[]) => [
    of(old.inode, UP.RENAME | NAMES, {
      ...{ stat: stat ?? null, parent: into ?? null, oldParent: from ?? null },
    }),
    of(old.parent, NAMES, { stat: from ?? null }),
    old.parent === to.parent ? null : of(to.parent, NAMES, { stat: into ?? null }),
    // The replaced inode has lost the name.
    to.inode === old.inode ? null : of(to.inode, UP.FORGET),
  ],
} satisfies Partial<Record<FopName, Touches>>;

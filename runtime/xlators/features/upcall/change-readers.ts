/**
 * Lists, for each fop, the inodes that its reply lets a client cache, and the changes to them as bits of GlusterFS's
 * cache invalidation.
 *
 * Source: GlusterFS 10 `libglusterfs/src/glusterfs/upcall-utils.h`, `xlators/features/upcall/src/upcall.c`.
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

/** An inode of a request, the changes to it (0 for none), and attributes after the change, of it and its parents. */
export interface InodeChange {
  readonly gfid: Gfid;
  readonly flags: number;
  readonly stat?: Iatt | null;
  readonly parent?: Iatt | null;
  readonly oldParent?: Iatt | null;
}

/** Finds the inodes and their changes in a fop's arguments and reply; null for an inode that is not known. */
export type ChangeReader = (args: never, reply: never) => readonly (InodeChange | null)[];

const makeChange = (
  inode: Inode | Iatt | null | undefined,
  flags = 0,
  attributes: Omit<InodeChange, 'gfid' | 'flags'> = {},
): InodeChange | null => {
  const gfid = inode == null ? NULL_GFID : 'gfid' in inode ? inode.gfid : inode.iaGfid;
  return gfid === NULL_GFID ? null : { gfid, flags, ...attributes };
};

const readTarget: ChangeReader = ([target]: [Loc | Fd]) => [makeChange(target.inode)];
/** Makes the reader of a fop whose reply has the attributes after the change as its second field. */
const makeTargetReader =
  (flags: number): ChangeReader =>
  ([target]: [Loc | Fd], [, stat]: [unknown, Iatt | null]) => [
    makeChange(target.inode, flags, { stat }),
  ];
const readSetattr: ChangeReader = (
  [target]: [Loc | Fd],
  [before, stat]: [Iatt | null, Iatt | null],
) => {
  // A chmod also changes the ACL, an extended attribute.
  const isOther = before?.iaProt !== stat?.iaProt;
  return [makeChange(target.inode, isOther ? ATTR | UP.XATTR : ATTR, { stat })];
};
const readXattrChange: ChangeReader = ([target]: [Loc | Fd]) => [
  makeChange(target.inode, UP.XATTR),
];
/**
 * Makes the reader of a fop that creates an inode.
 * @param loc index of the new name's loc in the arguments
 * @param index index of the new inode's attributes in the reply; those of the directory follow 2 fields later
 */
const makeCreationReader =
  (loc: number, index: number): ChangeReader =>
  (args: readonly Loc[], reply: readonly (Iatt | null)[]) => {
    const [stat, folder = null] = [reply[index], reply[index + 2]];
    return [makeChange(stat), makeChange(args[loc]!.parent, NAMES, { stat: folder })];
  };
/** Finds the changes that an open with these flags makes. */
const findOpenChanges = (flags: number): number => ((flags & O_TRUNC) === 0 ? 0 : WRITE);
/** Reads a create. It may truncate an existing file, which other clients cache under any of its names. */
const readCreate: ChangeReader = (
  [{ parent }, flags]: [Loc, number],
  [, , stat, , folder]: (Iatt | null)[],
) => [
  makeChange(stat, findOpenChanges(flags), { stat: stat ?? null }),
  makeChange(parent, NAMES, { stat: folder ?? null }),
];
const readRemoval: ChangeReader = (
  [{ inode, parent }]: [Loc],
  [, folder]: [unknown, Iatt | null],
) => [
  makeChange(inode, UP.FORGET, { parent: folder }),
  makeChange(parent, NAMES, { stat: folder }),
];

export const changeReaders = {
  lookup: (_args: unknown, [, buf]: [unknown, Iatt | null]) => [makeChange(buf)],
  stat: readTarget,
  fstat: readTarget,
  access: readTarget,
  readlink: readTarget,
  open: ([target, flags]: [Loc, number]) => [makeChange(target.inode, findOpenChanges(flags))],
  opendir: readTarget,
  readv: readTarget,
  readdir: readTarget,
  readdirp: ([fd]: [Fd], [entries]: [readonly Dirent[] | null]) => [
    makeChange(fd.inode),
    ...(entries ?? []).map(({ stat, name }) => (name === '..' ? null : makeChange(stat))),
  ],
  getxattr: readTarget,
  fgetxattr: readTarget,
  writev: makeTargetReader(WRITE),
  truncate: makeTargetReader(WRITE),
  ftruncate: makeTargetReader(WRITE),
  fallocate: makeTargetReader(WRITE),
  discard: makeTargetReader(WRITE),
  zerofill: makeTargetReader(WRITE),
  copy_file_range: (
    [, , to]: [unknown, unknown, Fd],
    [, , stat]: [unknown, unknown, Iatt | null],
  ) => [makeChange(to.inode, WRITE, { stat })],
  setattr: readSetattr,
  fsetattr: readSetattr,
  setxattr: readXattrChange,
  fsetxattr: readXattrChange,
  removexattr: readXattrChange,
  fremovexattr: readXattrChange,
  mknod: makeCreationReader(0, 1),
  mkdir: makeCreationReader(0, 1),
  symlink: makeCreationReader(1, 1),
  create: readCreate,
  link: ([old, { parent }]: [Loc, Loc], [, stat, , folder]: [unknown, ...(Iatt | null)[]]) => [
    makeChange(old.inode, LINKS, { stat: stat ?? null, parent: folder ?? null }),
    makeChange(parent, NAMES, { stat: folder ?? null }),
  ],
  unlink: readRemoval,
  rmdir: readRemoval,
  rename: ([old, to]: [Loc, Loc], [stat, , from, , into]: (Iatt | null)[]) => [
    makeChange(old.inode, UP.RENAME | NAMES, {
      ...{ stat: stat ?? null, parent: into ?? null, oldParent: from ?? null },
    }),
    makeChange(old.parent, NAMES, { stat: from ?? null }),
    old.parent === to.parent ? null : makeChange(to.parent, NAMES, { stat: into ?? null }),
    // The replaced inode has lost the name.
    to.inode === old.inode ? null : makeChange(to.inode, UP.FORGET),
  ],
} satisfies Partial<Record<FopName, ChangeReader>>;

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

/** Changes of a file's data, of attributes, and of the number of names. */
const DATA_CHANGES = UP.SIZE | UP.TIMES;
const ATTRIBUTE_CHANGES = UP.SIZE | UP.TIMES | UP.OWN | UP.MODE | UP.PERM;
const LINK_CHANGES = UP.NLINK | UP.TIMES;
/** Changes of a directory in which a name was added or removed. */
const NAME_CHANGES = UP.PARENT_TIMES;

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

/** Makes a change of an inode; null for an inode without a gfid, which no client can have cached. */
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
  const hasModeChanged = before?.iaProt !== stat?.iaProt;
  return [
    makeChange(target.inode, hasModeChanged ? ATTRIBUTE_CHANGES | UP.XATTR : ATTRIBUTE_CHANGES, {
      stat,
    }),
  ];
};
const readXattrChange: ChangeReader = ([target]: [Loc | Fd]) => [
  makeChange(target.inode, UP.XATTR),
];
/**
 * Makes the reader of a fop that creates an inode.
 * @param locIndex index of the new name's loc in the arguments
 * @param statIndex index of the new inode's attributes in the reply; those of the directory follow 2 fields later
 */
const makeCreationReader =
  (locIndex: number, statIndex: number): ChangeReader =>
  (args: readonly Loc[], reply: readonly (Iatt | null)[]) => {
    const [stat, parentStat = null] = [reply[statIndex], reply[statIndex + 2]];
    return [
      makeChange(stat),
      makeChange(args[locIndex]!.parent, NAME_CHANGES, { stat: parentStat }),
    ];
  };
/** Finds the changes that an open with these flags makes. */
const findOpenChanges = (flags: number): number => ((flags & O_TRUNC) === 0 ? 0 : DATA_CHANGES);
/** Reads a create. It may truncate an existing file, which other clients cache under any of its names. */
const readCreate: ChangeReader = (
  [{ parent }, flags]: [Loc, number],
  [, , stat, , parentStat]: (Iatt | null)[],
) => [
  makeChange(stat, findOpenChanges(flags), { stat: stat ?? null }),
  makeChange(parent, NAME_CHANGES, { stat: parentStat ?? null }),
];
const readRemoval: ChangeReader = (
  [{ inode, parent }]: [Loc],
  [, parentStat]: [unknown, Iatt | null],
) => [
  makeChange(inode, UP.FORGET, { parent: parentStat }),
  makeChange(parent, NAME_CHANGES, { stat: parentStat }),
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
  writev: makeTargetReader(DATA_CHANGES),
  truncate: makeTargetReader(DATA_CHANGES),
  ftruncate: makeTargetReader(DATA_CHANGES),
  fallocate: makeTargetReader(DATA_CHANGES),
  discard: makeTargetReader(DATA_CHANGES),
  zerofill: makeTargetReader(DATA_CHANGES),
  copy_file_range: (
    [, , targetFd]: [unknown, unknown, Fd],
    [, , stat]: [unknown, unknown, Iatt | null],
  ) => [makeChange(targetFd.inode, DATA_CHANGES, { stat })],
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
  link: (
    [oldLoc, { parent }]: [Loc, Loc],
    [, stat, , parentStat]: [unknown, ...(Iatt | null)[]],
  ) => [
    makeChange(oldLoc.inode, LINK_CHANGES, { stat: stat ?? null, parent: parentStat ?? null }),
    makeChange(parent, NAME_CHANGES, { stat: parentStat ?? null }),
  ],
  unlink: readRemoval,
  rmdir: readRemoval,
  rename: (
    [oldLoc, newLoc]: [Loc, Loc],
    [stat, , oldParentStat, , newParentStat]: (Iatt | null)[],
  ) => [
    makeChange(oldLoc.inode, UP.RENAME | NAME_CHANGES, {
      ...{ stat: stat ?? null, parent: newParentStat ?? null, oldParent: oldParentStat ?? null },
    }),
    makeChange(oldLoc.parent, NAME_CHANGES, { stat: oldParentStat ?? null }),
    oldLoc.parent === newLoc.parent
      ? null
      : makeChange(newLoc.parent, NAME_CHANGES, { stat: newParentStat ?? null }),
    // The replaced inode has lost the name.
    newLoc.inode === oldLoc.inode ? null : makeChange(newLoc.inode, UP.FORGET),
  ],
} satisfies Partial<Record<FopName, ChangeReader>>;

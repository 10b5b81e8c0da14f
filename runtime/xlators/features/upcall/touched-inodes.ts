/**
 * For each fop, finds the inodes that a client may cache by its reply, and the inodes that it changes, with the changes
 * as GlusterFS's invalidation bits (UP_*). features/upcall registers the client for all of them, and notifies other
 * clients of the changes.
 *
 * Source: GlusterFS 10 `libglusterfs/src/glusterfs/upcall-utils.h`, `xlators/features/upcall/src/upcall.c`.
 */
import type { Dict } from '../../../core/dict.ts';
import type { FopName } from '../../../core/gen/fops.gen.ts';
import { type Gfid, NULL_GFID } from '../../../core/gfid.ts';
import type { Dirent, Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { O_TRUNC } from '../../../core/open-flags.ts';
import type { Fd, Loc } from '../../../core/operands.ts';
import { UP } from '../../../core/upcall.ts';

/** The changes by a write, by a setattr, and by a link. */
const DATA_CHANGES = UP.SIZE | UP.TIMES;
const ATTRIBUTE_CHANGES = UP.SIZE | UP.TIMES | UP.OWN | UP.MODE | UP.PERM;
const LINK_CHANGES = UP.NLINK | UP.TIMES;
/** Changes of a directory in which a name was added or removed. */
const NAME_CHANGES = UP.PARENT_TIMES;

/** An inode that a request has read or changed. */
export interface TouchedInode {
  readonly gfid: Gfid;
  /** The changes, as UP_* bits; 0 if the request has only read the inode. */
  readonly flags: number;
  /** The attributes after the change. */
  readonly stat?: Iatt | null;
  /** The attributes of the directory in which a name of the inode was added or removed. */
  readonly parent?: Iatt | null;
  /** The attributes of the directory that a rename has moved the inode out of. */
  readonly oldParent?: Iatt | null;
  /** Extended attributes that were set. */
  readonly xattrs?: Dict | null;
}

/** Finds the inodes and their changes in a fop's arguments and reply; null for an inode that is not known. */
export type TouchedInodeReader = (args: never, reply: never) => readonly (TouchedInode | null)[];

/** Makes the record of a touched inode; null for an inode without a gfid, which no client can have cached. */
const makeTouchedInode = (
  inode: Inode | Iatt | null | undefined,
  flags = 0,
  attributes: Omit<TouchedInode, 'gfid' | 'flags'> = {},
): TouchedInode | null => {
  const gfid = inode == null ? NULL_GFID : 'gfid' in inode ? inode.gfid : inode.iaGfid;
  return gfid === NULL_GFID ? null : { gfid, flags, ...attributes };
};

/** Reads a fop that only reads the inode of its first argument. */
const readTargetUnchanged: TouchedInodeReader = ([target]: [Loc | Fd]) => [
  makeTouchedInode(target.inode),
];

/** Makes the reader of a fop whose reply has the attributes after the change as its second field. */
const makeTargetReader =
  (flags: number): TouchedInodeReader =>
  ([target]: [Loc | Fd], [, stat]: [unknown, Iatt | null]) => [
    makeTouchedInode(target.inode, flags, { stat }),
  ];

/** Reads a setattr, whose reply has the attributes before and after it. */
const readSetattr: TouchedInodeReader = (
  [target]: [Loc | Fd],
  [before, stat]: [Iatt | null, Iatt | null],
) => {
  // A chmod also changes the ACL, an extended attribute.
  const hasModeChanged = before?.iaProt !== stat?.iaProt;
  return [
    makeTouchedInode(
      target.inode,
      hasModeChanged ? ATTRIBUTE_CHANGES | UP.XATTR : ATTRIBUTE_CHANGES,
      {
        stat,
      },
    ),
  ];
};

/** Reads a fop that sets extended attributes. */
const readNewXattrs: TouchedInodeReader = ([target, xattrs]: [Loc | Fd, Dict | null]) => [
  makeTouchedInode(target.inode, UP.XATTR, { xattrs }),
];

/** Reads a fop that removes an extended attribute. */
const readXattrRemoval: TouchedInodeReader = ([target]: [Loc | Fd]) => [
  makeTouchedInode(target.inode, UP.XATTR),
];

/**
 * Makes the reader of a fop that creates an inode.
 * @param locIndex index of the new name's loc in the arguments
 * @param statIndex index of the new inode's attributes in the reply; those of the directory follow 2 fields later
 */
const makeCreationReader =
  (locIndex: number, statIndex: number): TouchedInodeReader =>
  (args: readonly Loc[], reply: readonly (Iatt | null)[]) => {
    const [stat, parentStat = null] = [reply[statIndex], reply[statIndex + 2]];
    return [
      makeTouchedInode(stat),
      makeTouchedInode(args[locIndex]!.parent, NAME_CHANGES, { stat: parentStat }),
    ];
  };

/** Finds the changes that an open with these flags makes. */
const findOpenChanges = (flags: number): number => ((flags & O_TRUNC) === 0 ? 0 : DATA_CHANGES);

/** Reads a create. It may truncate an existing file, which other clients cache under any of its names. */
const readCreate: TouchedInodeReader = (
  [{ parent }, flags]: [Loc, number],
  [, , stat, , parentStat]: (Iatt | null)[],
) => [
  makeTouchedInode(stat, findOpenChanges(flags), { stat: stat ?? null }),
  makeTouchedInode(parent, NAME_CHANGES, { stat: parentStat ?? null }),
];

/**
 * Reads a removal. FORGET makes the client drop all data and attributes of the removed inode, although other names of
 * the inode may remain.
 */
const readRemoval: TouchedInodeReader = (
  [{ inode, parent }]: [Loc],
  [, parentStat]: [unknown, Iatt | null],
) => [
  makeTouchedInode(inode, UP.FORGET, { parent: parentStat }),
  makeTouchedInode(parent, NAME_CHANGES, { stat: parentStat }),
];

/** The readers by fop. Other fops neither let a client cache an inode nor change one. */
export const touchedInodeReaders = {
  lookup: (_args: unknown, [, buf]: [unknown, Iatt | null]) => [makeTouchedInode(buf)],
  stat: readTargetUnchanged,
  fstat: readTargetUnchanged,
  access: readTargetUnchanged,
  readlink: readTargetUnchanged,
  open: ([target, flags]: [Loc, number]) => [
    makeTouchedInode(target.inode, findOpenChanges(flags)),
  ],
  opendir: readTargetUnchanged,
  readv: readTargetUnchanged,
  readdir: readTargetUnchanged,
  readdirp: ([fd]: [Fd], [entries]: [readonly Dirent[] | null]) => [
    makeTouchedInode(fd.inode),
    ...(entries ?? []).map(({ stat, name }) => (name === '..' ? null : makeTouchedInode(stat))),
  ],
  getxattr: readTargetUnchanged,
  fgetxattr: readTargetUnchanged,
  writev: makeTargetReader(DATA_CHANGES),
  truncate: makeTargetReader(DATA_CHANGES),
  ftruncate: makeTargetReader(DATA_CHANGES),
  fallocate: makeTargetReader(DATA_CHANGES),
  discard: makeTargetReader(DATA_CHANGES),
  zerofill: makeTargetReader(DATA_CHANGES),
  copy_file_range: (
    [, , targetFd]: [unknown, unknown, Fd],
    [, , stat]: [unknown, unknown, Iatt | null],
  ) => [makeTouchedInode(targetFd.inode, DATA_CHANGES, { stat })],
  setattr: readSetattr,
  fsetattr: readSetattr,
  setxattr: readNewXattrs,
  fsetxattr: readNewXattrs,
  removexattr: readXattrRemoval,
  fremovexattr: readXattrRemoval,
  mknod: makeCreationReader(0, 1),
  mkdir: makeCreationReader(0, 1),
  symlink: makeCreationReader(1, 1),
  create: readCreate,
  link: (
    [oldLoc, { parent }]: [Loc, Loc],
    [, stat, , parentStat]: [unknown, ...(Iatt | null)[]],
  ) => [
    makeTouchedInode(oldLoc.inode, LINK_CHANGES, {
      stat: stat ?? null,
      parent: parentStat ?? null,
    }),
    makeTouchedInode(parent, NAME_CHANGES, { stat: parentStat ?? null }),
  ],
  unlink: readRemoval,
  rmdir: readRemoval,
  rename: (
    [oldLoc, newLoc]: [Loc, Loc],
    [stat, , oldParentStat, , newParentStat]: (Iatt | null)[],
  ) => [
    makeTouchedInode(oldLoc.inode, UP.RENAME | NAME_CHANGES, {
      stat: stat ?? null,
      parent: newParentStat ?? null,
      oldParent: oldParentStat ?? null,
    }),
    makeTouchedInode(oldLoc.parent, NAME_CHANGES, { stat: oldParentStat ?? null }),
    oldLoc.parent === newLoc.parent
      ? null
      : makeTouchedInode(newLoc.parent, NAME_CHANGES, { stat: newParentStat ?? null }),
    // The replaced inode has lost the name.
    newLoc.inode === oldLoc.inode ? null : makeTouchedInode(newLoc.inode, UP.FORGET),
  ],
} satisfies Partial<Record<FopName, TouchedInodeReader>>;

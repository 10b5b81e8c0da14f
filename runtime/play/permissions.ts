/**
 * Whether a caller may do what it asks of storage/memory, by the mode bits, as the kernel decides it
 * for a mount (`path_resolution(7)`): each directory on the way has to be searchable, one in which a
 * name comes or goes writable, and so on.
 */
import { EACCES, EPERM } from '../core/errno.ts';
import type { Fd } from '../core/fd.ts';
import type { FopName } from '../core/fops.gen.ts';
import { findFop, SET_ATTR } from '../core/fops.ts';
import type { Stack } from '../core/frame.ts';
import type { Iatt } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import { Loc } from '../core/loc.ts';
import { O_ACCMODE, O_TRUNC } from '../core/open-flags.ts';
import { isMember } from '../core/privileges.ts';
import type { Xlator } from '../core/xlator.ts';
import memory from '../xlators/storage/memory/index.ts';
import { type MemoryXlator, type Node, nodeOfInode } from '../xlators/storage/memory/node.ts';
import { permits } from '../xlators/storage/shared/replies.ts';

const [READ, WRITE, SEARCH] = [4, 2, 1];
const S_ISVTX = 0o1000;

/** By the access mode of open(2). */
const OPENS = [READ, WRITE, READ | WRITE, READ | WRITE];

/** What is asked of the file that a request is about. */
interface About {
  readonly node: Node;
  readonly caller: Stack;
  readonly args: readonly unknown[];
}

const needs =
  (mask: number) =>
  ({ node, caller }: About): number =>
    permits(node.iatt(), caller, mask) ? 0 : EACCES;

const openMask = (flags: number): number =>
  OPENS[flags & O_ACCMODE]! | ((flags & O_TRUNC) === 0 ? 0 : WRITE);

/** By fop, beside what is asked of directories: 0, or the errno. */
const rules: Partial<Record<FopName, (about: About) => number>> = {
  open: (about) => needs(openMask(about.args[1] as number))(about),
  create: (about) => needs(openMask(about.args[1] as number))(about),
  opendir: needs(READ),
  truncate: needs(WRITE),
  setxattr: needs(WRITE),
  removexattr: needs(WRITE),
  setattr: mayChange,
  fsetattr: mayChange,
};

const NOW = SET_ATTR.ATIME_NOW | SET_ATTR.MTIME_NOW;
const TIMES = SET_ATTR.ATIME | SET_ATTR.MTIME;

/** chmod(2), chown(2), utimensat(2): the owner's, but for a few things. */
function mayChange({ node, caller, args }: About): number {
  const [, to, valid] = args as [unknown, Iatt, number];
  if ((valid & SET_ATTR.UID) !== 0 && to.iaUid !== node.uid) return EPERM;
  if ((valid & SET_ATTR.GID) !== 0 && to.iaGid !== node.gid) {
    if (caller.uid !== node.uid || !isMember(caller, to.iaGid)) return EPERM;
  }
  if (caller.uid === node.uid || (valid & (SET_ATTR.MODE | TIMES)) === 0) return 0;
  // Whoever may write may say that it was now.
  const isNow = (valid & SET_ATTR.MODE) === 0 && (valid & NOW) !== 0;
  if (isNow) return permits(node.iatt(), caller, WRITE) ? 0 : EACCES;
  return EPERM;
}

/** Whether the way to a directory, and this itself, may be searched. */
function isReachable(dir: Node, caller: Stack): boolean {
  for (let at = dir; ; at = at.parent) {
    if (!permits(at.iatt(), caller, SEARCH)) return false;
    if (at.parent === null || at.parent === at) return true;
  }
}

/** In a directory with the sticky bit names are their owners'. */
const isSticky = (dir: Node, node: Node | undefined, { uid }: Stack): boolean =>
  (dir.prot & S_ISVTX) !== 0 && uid !== dir.uid && node !== undefined && uid !== node.uid;

function entryRefusal(loc: Loc, changes: boolean, caller: Stack, xl: MemoryXlator): number {
  const dir = nodeAt(loc.parent, xl);
  if (dir === undefined || loc.name === null || !dir.isDir) return 0;
  if (!isReachable(dir, caller)) return EACCES;
  if (!changes) return 0;
  if (!permits(dir.iatt(), caller, WRITE)) return EACCES;
  return isSticky(dir, dir.entries!.get(loc.name)?.node, caller) ? EPERM : 0;
}

const nodeAt = (inode: Inode | null, xl: MemoryXlator): Node | undefined => {
  if (inode === null) return undefined;
  const node = nodeOfInode(xl, inode);
  return typeof node === 'number' ? undefined : node;
};

/** The errno that a request is refused with; 0 when it may be done. Root may do everything. */
export function refusalOf(
  name: FopName,
  args: readonly unknown[],
  caller: Stack,
  xl: Xlator,
): number {
  if (caller.uid === 0 || xl.translator.type !== memory.type) return 0;
  const storage = xl as MemoryXlator;
  const { entry, args: columns } = findFop(name)!;
  for (const [at, arg] of args.entries()) {
    if (!(arg instanceof Loc)) continue;
    const column = columns[at]!.name;
    const changes = column === entry.creates || column === entry.removes;
    const errno = entryRefusal(arg, changes && !isThere(name, arg, storage), caller, storage);
    if (errno !== 0) return errno;
  }
  const rule = rules[name];
  if (rule === undefined) return 0;
  const [first] = args as [Loc | Fd];
  const node = nodeAt(first.inode, storage);
  return node === undefined ? 0 : rule({ node, caller, args });
}

/** What open(2) with O_CREAT finds is only opened. */
const isThere = (name: FopName, { inode }: Loc, xl: MemoryXlator): boolean =>
  name === 'create' && inode !== null && nodeAt(inode, xl) !== undefined;

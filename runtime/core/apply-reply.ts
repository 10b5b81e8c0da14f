/**
 * Applies replies to the inode table: links inodes, and adds, removes and moves names. Every initiator calls
 * `applyReply` once for each reply, before it replies to its own caller; hot paths call the functions below directly.
 *
 * A success links the inode of the reply, or else that of the request's loc, under the gfid of `buf`. The initiator
 * continues with the linked inode, or fails a reply without gfid with EIO. A lookup that fails with ENOENT or ESTALE
 * removes the name. An inode that was made for a request and not linked is forgotten.
 */
import type { Dict } from './dict.ts';
import { ENOENT, ESTALE } from './errno.ts';
import { type Arg, type FopRow, fops } from './fops.ts';
import { NULL_GFID } from './gfid.ts';
import { type Dirent, IA_INVAL, type Iatt } from './iatt.ts';
import type { Inode } from './inode.ts';
import { type Fd, Loc } from './operands.ts';
import { RENAME_EXCHANGE, RENAME_FLAGS } from './xdata.ts';

/** Whether a lookup's errno means that the name no longer leads to its inode. */
export const isNameGone = (opErrno: number): boolean => opErrno === ENOENT || opErrno === ESTALE;

/** Forgets an inode that was made for a request and is not in the table. */
export function discardInode(inode: Inode | null): void {
  if (inode !== null && !inode.linked) inode.forgetCtx();
}

/**
 * Links the inode of a successful reply.
 * @param isNamed whether to link it under the name of `loc`, too
 * @returns the linked inode, which is the known one if the table has this gfid; null if the reply has no gfid
 */
export function linkReply(
  loc: Loc,
  inode: Inode | null,
  buf: Iatt | null,
  isNamed = true,
): Inode | null {
  const target = inode ?? loc.inode;
  const isLinkable = target !== null && buf !== null && buf.iaGfid !== NULL_GFID;
  const linkedInode = isLinkable
    ? target.table.link(target, isNamed ? loc.parent : null, loc.name, buf)
    : null;
  if (linkedInode !== target) discardInode(target);
  if (loc.inode !== target) discardInode(loc.inode);
  return linkedInode;
}

/** Links the inode of a listed entry. Returns null for `.`, `..`, and an entry without attributes. */
export function linkDirent(parent: Inode, entry: Dirent): Inode | null {
  const { inode, stat, name } = entry;
  const isDotEntry = name === '.' || name === '..';
  const linkedInode =
    isDotEntry || stat === null || stat.iaType === IA_INVAL
      ? null
      : parent.table.link(inode ?? parent.table.newInode(), parent, name, stat);
  if (linkedInode !== inode) discardInode(inode);
  return linkedInode;
}

/** Removes the name of a loc. */
export function removeEntry({ parent, name }: Loc): void {
  if (parent !== null && name !== null) parent.table.unlink(parent, name);
}

/** Moves or exchanges the names of a rename. */
export function moveEntry(oldloc: Loc, newloc: Loc, xdata: Dict | null): void {
  const { parent: fromParent, name: fromName } = oldloc;
  const { parent: toParent, name: toName } = newloc;
  if (fromParent === null || fromName === null || toParent === null || toName === null) return;
  const isExchange = ((xdata?.number(RENAME_FLAGS) ?? 0) & RENAME_EXCHANGE) !== 0;
  if (isExchange) fromParent.table.exchange(fromParent, fromName, toParent, toName);
  else fromParent.table.rename(fromParent, fromName, toParent, toName);
}

/** The positions of the arguments and reply parts that concern the inode table; -1 if the fop lacks one. */
interface ReplyIndices {
  /** Index of the loc argument that the reply's inode is linked under. */
  readonly locIndex: number;
  /** Index of the loc argument whose name the fop removes. */
  readonly removedIndex: number;
  /** Index of the fd argument that is open on the reply's inode. */
  readonly fdIndex: number;
  readonly xdataIndex: number;
  readonly inodeIndex: number;
  readonly bufIndex: number;
  readonly entriesIndex: number;
  /** Whether the fop removes one name and creates another: rename. */
  readonly isRename: boolean;
}

const findIndexByName = (list: readonly Arg[], name: string | undefined): number =>
  list.findIndex((arg) => arg.name === name);
const findIndexByType = (list: readonly Arg[], type: string): number =>
  list.findIndex((arg) => arg.type === type);

function findIndices({ args, reply, entry }: FopRow): ReplyIndices {
  return {
    locIndex: findIndexByName(args, entry.creates ?? 'loc'),
    removedIndex: findIndexByName(args, entry.removes),
    fdIndex: findIndexByType(args, 'fd'),
    xdataIndex: findIndexByName(args, 'xdata'),
    inodeIndex: findIndexByType(reply, 'inode'),
    bufIndex: findIndexByName(reply, 'buf'),
    entriesIndex: findIndexByType(reply, 'entries'),
    isRename: entry.creates !== undefined && entry.removes !== undefined,
  };
}

const indicesByFop: ReadonlyMap<FopRow, ReplyIndices> = new Map(
  fops.map((row) => [row, findIndices(row)]),
);

/**
 * Applies the reply to a fop. Replaces the inodes in `reply` by the linked ones, and moves the fd of a create to the
 * linked inode.
 * @param isNamed false for a request that bypassed the volumes, which adds no name
 * @returns false for a success without an inode, which the caller reports as EIO
 */
export function applyReply(
  row: FopRow,
  args: readonly unknown[],
  opRet: number,
  opErrno: number,
  reply: unknown[],
  isNamed = true,
): boolean {
  const indices = indicesByFop.get(row)!;
  let isComplete = true;
  if (opRet < 0) {
    // A lookup returns an inode and creates no name.
    const isLookup = indices.inodeIndex >= 0 && row.entry.creates === undefined;
    if (isLookup && isNameGone(opErrno)) removeEntry(args[indices.locIndex] as Loc);
  } else if (indices.inodeIndex >= 0) isComplete = applyInode(indices, args, reply, isNamed);
  else if (indices.isRename) {
    const newloc = args[indices.locIndex] as Loc;
    moveEntry(args[indices.removedIndex] as Loc, newloc, args[indices.xdataIndex] as Dict | null);
  } else if (indices.removedIndex >= 0) removeEntry(args[indices.removedIndex] as Loc);
  else if (indices.entriesIndex >= 0) {
    const { inode } = args[indices.fdIndex] as Fd;
    for (const entry of (reply[indices.entriesIndex] ?? []) as Dirent[]) {
      entry.inode = linkDirent(inode, entry);
    }
  }
  for (const arg of args) if (arg instanceof Loc) discardInode(arg.inode);
  return isComplete;
}

/** Links the inode of a success. Returns false if the reply has no gfid to link it under. */
function applyInode(
  { locIndex, inodeIndex, bufIndex, fdIndex }: ReplyIndices,
  args: readonly unknown[],
  reply: unknown[],
  isNamed: boolean,
): boolean {
  const replyInode = (reply[inodeIndex] ?? null) as Inode | null;
  const buf = reply[bufIndex] as Iatt | null;
  const linkedInode = linkReply(args[locIndex] as Loc, replyInode, buf, isNamed);
  reply[inodeIndex] = linkedInode;
  if (linkedInode !== null && fdIndex >= 0) (args[fdIndex] as Fd).moveTo(linkedInode);
  return linkedInode !== null;
}

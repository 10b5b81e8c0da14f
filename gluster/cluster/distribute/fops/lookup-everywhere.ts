/**
 * Looks a name up on all children when the child of its hash does not have the file, and repairs incorrect linktos.
 * Source: GlusterFS `dht-common.c` (dht_lookup_everywhere, dht_lookup_everywhere_done).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import { EIO, ENOENT, ESTALE } from '../../../../runtime/core/errno.ts';
import { messages } from '../../../../runtime/core/messages.ts';
import type { Loc } from '../../../../runtime/core/operands.ts';
import { chooseErrno, isDirectory, type LookupReply } from '../directory-view.ts';
import { type Distribute, NO_CHILD } from '../distribute.ts';
import { healLinkto, withTemporaryInode } from '../heal/make-linkto.ts';
import { isLinkto, isMigrating, readTarget, removeMigrationBits } from '../linkto.ts';
import { lockName, unlockName } from '../locks.ts';
import { makeFailure, makeSuccess, type Steps, type Task } from '../task.ts';
import { mergeLookups } from './lookup-directory.ts';

/** Makes the xdata of an unlink that the storage refuses unless the file is a linkto and not open. */
export const makeUnusedLinktoXdata = (): Dict =>
  Dict.of({ 'unlink-only-if-dht-linkto-file': 1, 'dont-unlink-for-open-fd': 1 });

/**
 * Makes the xdata of an unlink that the storage refuses unless the file is a linkto. It may be open: a rebalance that
 * has it open would otherwise restore the removed file.
 */
export const makeLinktoXdata = (): Dict => Dict.of({ 'unlink-only-if-dht-linkto-file': 1 });

/** The children that have the name, by what they have. */
interface ChildrenByKind {
  readonly directories: number[];
  readonly files: number[];
  readonly linktos: number[];
}

function groupByKind(volume: Distribute, replies: readonly LookupReply[]): ChildrenByKind {
  const children: ChildrenByKind = { directories: [], files: [], linktos: [] };
  replies.forEach((reply, child) => {
    const [, buf, xdata] = reply.values;
    if (reply.opRet < 0 || buf === null) return;
    if (isDirectory(reply)) children.directories.push(child);
    else if (isLinkto(buf, xdata, volume.xattrNames.linkto)) children.linktos.push(child);
    else children.files.push(child);
  });
  return children;
}

/** Looks a name or inode up on all children, stores its location, and repairs linktos. */
export function* lookupEverywhere(task: Task, loc: Loc, xdata: Dict | null): Steps<LookupReply> {
  const { volume } = task;
  const requestXdata = loc.inode?.linked
    ? volume.addDirectoryRequests(xdata)
    : volume.addUnknownNameRequests(xdata);
  const lookUpAll = (): Steps<LookupReply[]> =>
    task.windEach(volume.children, 'lookup', () => [loc, requestXdata]);
  const hashedChild = volume.findHashedChild(loc);
  let replies = yield* lookUpAll();
  if (
    findStaleLinktoChildren(volume, replies, hashedChild).length > 0 &&
    volume.isUp(hashedChild)
  ) {
    // A rename under way may cause this: some children replied before it, others after it.
    const errno = yield* lockName(task, hashedChild, loc);
    if (errno === 0) {
      replies = yield* lookUpAll();
      const staleChildren = findStaleLinktoChildren(volume, replies, hashedChild);
      yield* task.windInternalEach(staleChildren, 'unlink', () => [
        loc,
        0,
        makeUnusedLinktoXdata(),
      ]);
      yield* unlockName(task, hashedChild, loc);
    }
  }
  const { directories, files, linktos } = groupByKind(volume, replies);
  if (directories.length > 0 && files.length > 0) {
    volume.xl.log.error(`${loc.path} is a file on one subvolume, and a directory on another`, {
      msgid: messages.fileAndDirectory.id,
    });
    return makeFailure('lookup', EIO);
  }
  if (directories.length > 0) return yield* mergeLookups(task, loc, replies);
  const fileChild = chooseFileChild(volume, replies, files, hashedChild);
  if (fileChild === NO_CHILD) {
    return makeFailure('lookup', linktos.length > 0 ? ENOENT : chooseErrno(replies));
  }
  const [inode, buf, replyXdata, postparent] = replies[fileChild]!.values;
  const linkto = linktos.includes(hashedChild) ? replies[hashedChild]! : null;
  const target = linkto === null ? NO_CHILD : readLinktoTarget(volume, linkto);
  if (target === fileChild && linkto!.values[1]!.iaGfid !== buf!.iaGfid) {
    return makeFailure('lookup', ESTALE);
  }
  if (linkto !== null && target !== fileChild)
    yield* removeWrongLinkto(task, loc, hashedChild, fileChild);
  if (fileChild !== hashedChild && target !== fileChild && hashedChild !== NO_CHILD) {
    yield* healLinkto(task, loc, hashedChild, fileChild, buf!);
  }
  const fileInode = inode ?? loc.inode;
  if (fileInode !== null) volume.setLocation(fileInode, buf!.iaGfid, fileChild);
  const visibleAttributes = isMigrating(buf!, replyXdata, volume.xattrNames.linkto)
    ? removeMigrationBits(buf!)
    : buf;
  return makeSuccess('lookup', fileInode, visibleAttributes, replyXdata, postparent);
}

/** Reads the child that a linkto names. */
function readLinktoTarget(volume: Distribute, { values }: LookupReply): number {
  const target = readTarget(values[2], volume.xattrNames.linkto);
  return target === undefined ? NO_CHILD : volume.findChildByName(target);
}

/** Removes a linkto on the name's child that names the wrong child. */
function* removeWrongLinkto(
  task: Task,
  loc: Loc,
  hashedChild: number,
  fileChild: number,
): Steps<void> {
  const { volume } = task;
  if (!volume.isUp(hashedChild) || (yield* lockName(task, hashedChild, loc)) !== 0) return;
  // The linkto may have been replaced since.
  const requestXdata = volume.addFileRequests(null);
  const lookup = yield* withTemporaryInode(loc, (temporaryLoc) =>
    task.windInternal(hashedChild, 'lookup', temporaryLoc, requestXdata),
  );
  const [, buf, xdata] = lookup.values;
  const isWrong =
    lookup.opRet >= 0 &&
    isLinkto(buf!, xdata, volume.xattrNames.linkto) &&
    readLinktoTarget(volume, lookup) !== fileChild;
  if (isWrong) yield* task.windInternal(hashedChild, 'unlink', loc, 0, makeUnusedLinktoXdata());
  yield* unlockName(task, hashedChild, loc);
}

/** Chooses the child with the file; among several, the one that the linkto names, else the one of the name's hash. */
function chooseFileChild(
  volume: Distribute,
  replies: readonly LookupReply[],
  fileChildren: readonly number[],
  hashedChild: number,
): number {
  const [firstChild = NO_CHILD] = fileChildren;
  if (fileChildren.length < 2) return firstChild;
  const hashedReply = replies[hashedChild];
  const linkTarget = hashedReply === undefined ? NO_CHILD : readLinktoTarget(volume, hashedReply);
  const names = fileChildren.map((child) => volume.childNames[child]).join(', ');
  volume.xl.log.warning(`a name is a file on several subvolumes: ${names}`, {
    msgid: messages.severalFiles.id,
  });
  return [linkTarget, hashedChild].find((child) => fileChildren.includes(child)) ?? firstChild;
}

/**
 * Finds the children with a stale linkto: on a child other than the name's, or without a file. Finds none if the
 * name's child is unknown.
 */
function findStaleLinktoChildren(
  volume: Distribute,
  replies: readonly LookupReply[],
  hashedChild: number,
): number[] {
  const { directories, files, linktos } = groupByKind(volume, replies);
  if (hashedChild === NO_CHILD || directories.length > 0) return [];
  const hasFile = files.length > 0;
  // A child that does not reply may have the file.
  const isCertain =
    hasFile || replies.every(({ opRet, opErrno }) => opRet >= 0 || opErrno === ENOENT);
  return isCertain ? linktos.filter((child) => child !== hashedChild || !hasFile) : [];
}

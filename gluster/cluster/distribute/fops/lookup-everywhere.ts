/**
 * Looks a name up on all children when its hash does not lead to its file, and repairs incorrect linktos.
 * Source: GlusterFS `dht-common.c` (dht_lookup_everywhere, dht_lookup_everywhere_done).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import { EIO, ENOENT, ESTALE } from '../../../../runtime/core/errno.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import { messages } from '../../../../runtime/core/messages.ts';
import { chooseErrno, isDirectory, type LookupReply } from '../directory-view.ts';
import { type Distribute, NO_CHILD } from '../distribute.ts';
import { healLinkto, withTemporaryInode } from '../heal/make-linkto.ts';
import { isLinkto, isMigrating, readTarget, removeMigrationBits } from '../linkto.ts';
import { lockName, unlockName } from '../locks.ts';
import { makeFailure, makeSuccess, type Steps, type Task } from '../task.ts';
import { mergeLookups } from './lookup-directory.ts';

/** Xdata to unlink a linkto: the storage refuses if the file is no longer a linkto, or is in use. */
export const makeUnusedLinktoXdata = (): Dict =>
  Dict.of({ 'unlink-only-if-dht-linkto-file': 1, 'dont-unlink-for-open-fd': 1 });

/** Xdata to unlink a linkto, even one in use: a rebalance that has it open would restore the removed file. */
export const makeLinktoXdata = (): Dict => Dict.of({ 'unlink-only-if-dht-linkto-file': 1 });

interface ChildrenByKind {
  readonly directories: number[];
  readonly files: number[];
  readonly linktos: number[];
}

function sortByKind(volume: Distribute, replies: readonly LookupReply[]): ChildrenByKind {
  const sorted: ChildrenByKind = { directories: [], files: [], linktos: [] };
  replies.forEach((reply, child) => {
    const [, buf, xdata] = reply.values;
    if (reply.opRet < 0 || buf === null) return;
    if (isDirectory(reply)) sorted.directories.push(child);
    else if (isLinkto(buf, xdata, volume.keys.linkto)) sorted.linktos.push(child);
    else sorted.files.push(child);
  });
  return sorted;
}

export function* lookupEverywhere(task: Task, loc: Loc, xdata: Dict | null): Steps<LookupReply> {
  const { volume } = task;
  const keys = loc.inode?.linked ? volume.addLinkedKeys(xdata) : volume.addAllKeys(xdata);
  const lookUpAll = (): Steps<LookupReply[]> =>
    task.windEach(volume.children, 'lookup', () => [loc, keys]);
  const hashed = volume.findHashedChild(loc);
  let replies = yield* lookUpAll();
  if (listStaleLinktos(volume, replies, hashed).length > 0 && volume.isUp(hashed)) {
    // A rename under way may cause this: some children replied before it, others after it.
    const errno = yield* lockName(task, hashed, loc);
    if (errno === 0) {
      replies = yield* lookUpAll();
      const stale = listStaleLinktos(volume, replies, hashed);
      yield* task.windOwnEach(stale, 'unlink', () => [loc, 0, makeUnusedLinktoXdata()]);
      yield* unlockName(task, hashed, loc);
    }
  }
  const { directories, files, linktos } = sortByKind(volume, replies);
  if (directories.length > 0 && files.length > 0) {
    volume.xl.log.error(`${loc.path} is a file on one subvolume, and a directory on another`, {
      msgid: messages.fileAndDirectory.id,
    });
    return makeFailure('lookup', EIO);
  }
  if (directories.length > 0) return yield* mergeLookups(task, loc, replies);
  const file = chooseFile(volume, replies, files, hashed);
  if (file === NO_CHILD) {
    return makeFailure('lookup', linktos.length > 0 ? ENOENT : chooseErrno(replies));
  }
  const [inode, buf, replyXdata, postparent] = replies[file]!.values;
  const linkto = linktos.includes(hashed) ? replies[hashed]! : null;
  const target = linkto === null ? NO_CHILD : readLinktoTarget(volume, linkto);
  if (target === file && linkto!.values[1]!.iaGfid !== buf!.iaGfid) {
    return makeFailure('lookup', ESTALE);
  }
  if (linkto !== null && target !== file) yield* removeWrongLinkto(task, loc, hashed, file);
  if (file !== hashed && target !== file && hashed !== NO_CHILD) {
    yield* healLinkto(task, loc, hashed, file, buf!);
  }
  const fileInode = inode ?? loc.inode;
  if (fileInode !== null) volume.setLocation(fileInode, buf!.iaGfid, file);
  const visible = isMigrating(buf!, replyXdata, volume.keys.linkto)
    ? removeMigrationBits(buf!)
    : buf;
  return makeSuccess('lookup', fileInode, visible, replyXdata, postparent);
}

/** Reads the child that a linkto names. */
function readLinktoTarget(volume: Distribute, { values }: LookupReply): number {
  const target = readTarget(values[2], volume.keys.linkto);
  return target === undefined ? NO_CHILD : volume.findChild(target);
}

/** Removes a linkto on the name's child that names the wrong child. */
function* removeWrongLinkto(task: Task, loc: Loc, hashed: number, file: number): Steps<void> {
  const { volume } = task;
  if (!volume.isUp(hashed) || (yield* lockName(task, hashed, loc)) !== 0) return;
  // The linkto may have been replaced since.
  const keys = volume.addFileKeys(null);
  const lookup = yield* withTemporaryInode(loc, (own) => task.windOwn(hashed, 'lookup', own, keys));
  const [, buf, xdata] = lookup.values;
  const isWrong =
    lookup.opRet >= 0 &&
    isLinkto(buf!, xdata, volume.keys.linkto) &&
    readLinktoTarget(volume, lookup) !== file;
  if (isWrong) yield* task.windOwn(hashed, 'unlink', loc, 0, makeUnusedLinktoXdata());
  yield* unlockName(task, hashed, loc);
}

/** Chooses the child with the file; among several, the one that the linkto names, or the name's own. */
function chooseFile(
  volume: Distribute,
  replies: readonly LookupReply[],
  files: readonly number[],
  hashed: number,
): number {
  const [first = NO_CHILD] = files;
  if (files.length < 2) return first;
  const hashedReply = replies[hashed];
  const linkTarget = hashedReply === undefined ? NO_CHILD : readLinktoTarget(volume, hashedReply);
  const names = files.map((child) => volume.names[child]).join(', ');
  volume.xl.log.warning(`a name is a file on several subvolumes: ${names}`, {
    msgid: messages.severalFiles.id,
  });
  return [linkTarget, hashed].find((child) => files.includes(child)) ?? first;
}

/** Lists misplaced linktos, and those without a file. Nothing is certain without the name's own child. */
function listStaleLinktos(
  volume: Distribute,
  replies: readonly LookupReply[],
  hashed: number,
): number[] {
  const { directories, files, linktos } = sortByKind(volume, replies);
  if (hashed === NO_CHILD || directories.length > 0) return [];
  const isFound = files.length > 0;
  // A child that does not reply may have the file.
  const isCertain =
    isFound || replies.every(({ opRet, opErrno }) => opRet >= 0 || opErrno === ENOENT);
  return isCertain ? linktos.filter((child) => child !== hashed || !isFound) : [];
}

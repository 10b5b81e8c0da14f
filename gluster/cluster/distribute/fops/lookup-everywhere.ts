/**
 * Looks a name up on all children, when its hash does not lead to it, and repairs linktos that are wrong.
 * Source: GlusterFS `dht-common.c` (dht_lookup_everywhere, dht_lookup_everywhere_done).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import { EIO, ENOENT, ESTALE } from '../../../../runtime/core/errno.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import { messages } from '../../../../runtime/core/messages.ts';
import { errnoOf, isDirectory, type LookupReply } from '../directory-view.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import { healLinkto, withInode } from '../heal/linkto.ts';
import { isLinkto, isMigrating, targetOf, withoutMigration } from '../linkto.ts';
import { protectNamespace, unprotectNamespace } from '../locks.ts';
import { failure, type Steps, success, type Task } from '../task.ts';
import { mergeLookups } from './directory.ts';

/** Xdata to unlink a linkto: the storage refuses if it is none any more, or is in use. */
export const unusedLinktoOnly = (): Dict =>
  Dict.of({ 'unlink-only-if-dht-linkto-file': 1, 'dont-unlink-for-open-fd': 1 });

/** The same after its file was removed: a rebalance with the linkto open would restore the file. */
export const linktoOnly = (): Dict => Dict.of({ 'unlink-only-if-dht-linkto-file': 1 });

interface ChildrenByKind {
  readonly directories: number[];
  readonly files: number[];
  readonly linktos: number[];
}

function sortByKind(volume: Distribute, replies: readonly LookupReply[]): ChildrenByKind {
  const sorted: ChildrenByKind = { directories: [], files: [], linktos: [] };
  replies.forEach((answer, child) => {
    const [, buf, xdata] = answer.values;
    if (answer.opRet < 0 || buf === null) return;
    if (isDirectory(answer)) sorted.directories.push(child);
    else if (isLinkto(buf, xdata, volume.keys.linkto)) sorted.linktos.push(child);
    else sorted.files.push(child);
  });
  return sorted;
}

export function* lookupEverywhere(task: Task, loc: Loc, xdata: Dict | null): Steps<LookupReply> {
  const { volume } = task;
  const keys = loc.inode?.linked ? volume.linkedKeys(xdata) : volume.allKeys(xdata);
  const ask = (): Steps<LookupReply[]> => task.each(volume.all, 'lookup', () => [loc, keys]);
  const hashed = volume.hashedChild(loc);
  let replies = yield* ask();
  if (staleLinktos(volume, replies, hashed).length > 0 && volume.isUp(hashed)) {
    // A rename under way may explain it: children were asked before and after it.
    const errno = yield* protectNamespace(task, hashed, loc);
    if (errno === 0) {
      replies = yield* ask();
      const stale = staleLinktos(volume, replies, hashed);
      yield* task.ownEach(stale, 'unlink', () => [loc, 0, unusedLinktoOnly()]);
      yield* unprotectNamespace(task, hashed, loc);
    }
  }
  const { directories, files, linktos } = sortByKind(volume, replies);
  if (directories.length > 0 && files.length > 0) {
    volume.xl.log.error(`${loc.path} is a file on one subvolume, and a directory on another`, {
      msgid: messages.fileAndDirectory.id,
    });
    return failure('lookup', EIO);
  }
  if (directories.length > 0) return yield* mergeLookups(task, loc, replies);
  const file = chooseFile(volume, replies, files, hashed);
  if (file === NOWHERE) {
    return failure('lookup', linktos.length > 0 ? ENOENT : errnoOf(replies));
  }
  const [inode, buf, reply, postparent] = replies[file]!.values;
  const linkto = linktos.includes(hashed) ? replies[hashed]! : null;
  const leadsTo = linkto === null ? NOWHERE : linktoTarget(volume, linkto);
  if (leadsTo === file && linkto!.values[1]!.iaGfid !== buf!.iaGfid) {
    return failure('lookup', ESTALE);
  }
  if (linkto !== null && leadsTo !== file) yield* removeWrongLinkto(task, loc, hashed, file);
  if (file !== hashed && leadsTo !== file && hashed !== NOWHERE) {
    yield* healLinkto(task, loc, hashed, file, buf!);
  }
  const kept = inode ?? loc.inode;
  if (kept !== null) volume.setLocation(kept, buf!.iaGfid, file);
  const shown = isMigrating(buf!, reply, volume.keys.linkto) ? withoutMigration(buf!) : buf;
  return success('lookup', kept, shown, reply, postparent);
}

/** The child that a linkto names. */
function linktoTarget(volume: Distribute, { values }: LookupReply): number {
  const target = targetOf(values[2], volume.keys.linkto);
  return target === undefined ? NOWHERE : volume.indexOf(target);
}

/** Removes a linkto on the name's child that names the wrong child. */
function* removeWrongLinkto(task: Task, loc: Loc, hashed: number, file: number): Steps<void> {
  const { volume } = task;
  if (!volume.isUp(hashed) || (yield* protectNamespace(task, hashed, loc)) !== 0) return;
  // The linkto may have been replaced since.
  const keys = volume.fileKeys(null);
  const now = yield* withInode(loc, (own) => task.own(hashed, 'lookup', own, keys));
  const [, buf, xdata] = now.values;
  const isFalse =
    now.opRet >= 0 &&
    isLinkto(buf!, xdata, volume.keys.linkto) &&
    linktoTarget(volume, now) !== file;
  if (isFalse) yield* task.own(hashed, 'unlink', loc, 0, unusedLinktoOnly());
  yield* unprotectNamespace(task, hashed, loc);
}

/** Chooses the child with the file; among several, the one that the linkto names, or the name's own. */
function chooseFile(
  volume: Distribute,
  replies: readonly LookupReply[],
  files: readonly number[],
  hashed: number,
): number {
  const [first = NOWHERE] = files;
  if (files.length < 2) return first;
  const own = replies[hashed];
  const linkTarget = own === undefined ? NOWHERE : linktoTarget(volume, own);
  const names = files.map((child) => volume.names[child]).join(', ');
  volume.xl.log.warning(`a name is a file on several subvolumes: ${names}`, {
    msgid: messages.severalFiles.id,
  });
  return [linkTarget, hashed].find((child) => files.includes(child)) ?? first;
}

/** Lists misplaced linktos, and those without a file. Nothing is certain without the name's own child. */
function staleLinktos(
  volume: Distribute,
  replies: readonly LookupReply[],
  hashed: number,
): number[] {
  const { directories, files, linktos } = sortByKind(volume, replies);
  if (hashed === NOWHERE || directories.length > 0) return [];
  const isFound = files.length > 0;
  // A child that does not reply may have the file.
  const isSure = isFound || replies.every(({ opRet, opErrno }) => opRet >= 0 || opErrno === ENOENT);
  return isSure ? linktos.filter((child) => child !== hashed || !isFound) : [];
}

/**
 * A name that is not where its hash says, or of which nobody knows where that is: all children are
 * asked, and what says wrongly where it is goes.
 *
 * Source: GlusterFS `dht-common.c` (dht_lookup_everywhere, dht_lookup_everywhere_done).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import { EIO, ENOENT, ESTALE } from '../../../../runtime/core/errno.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import { messages } from '../../../../runtime/core/messages.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import { aside, healLinkto } from '../heal/linkto.ts';
import { isLinkto, isMigrating, targetOf, withoutMigration } from '../linkto.ts';
import { protectNamespace, unprotectNamespace } from '../locks.ts';
import { errnoOf, type Found, isDirectory } from '../sight.ts';
import { failure, type Steps, success, type Task } from '../task.ts';
import { settle } from './directory.ts';

/** For unlinks of what should be a linkto: a storage refuses where it is one no more, or is in use. */
export const onlyIfLinkto = (): Dict =>
  Dict.of({ 'unlink-only-if-dht-linkto-file': 1, 'dont-unlink-for-open-fd': 1 });

/** The same where the file has gone: whoever copies it has the linkto open, and would bring the file back. */
export const onlyLinkto = (): Dict => Dict.of({ 'unlink-only-if-dht-linkto-file': 1 });

interface Sorted {
  readonly directories: number[];
  readonly files: number[];
  readonly linktos: number[];
}

function sort(volume: Distribute, answers: readonly Found[]): Sorted {
  const sorted: Sorted = { directories: [], files: [], linktos: [] };
  answers.forEach((answer, child) => {
    const [, buf, xdata] = answer.values;
    if (answer.opRet < 0 || buf === null) return;
    if (isDirectory(answer)) sorted.directories.push(child);
    else if (isLinkto(buf, xdata, volume.keys.linkto)) sorted.linktos.push(child);
    else sorted.files.push(child);
  });
  return sorted;
}

export function* lookupEverywhere(task: Task, loc: Loc, xdata: Dict | null): Steps<Found> {
  const { volume } = task;
  const keys = loc.inode?.linked ? volume.linkedKeys(xdata) : volume.allKeys(xdata);
  const ask = (): Steps<Found[]> => task.each(volume.all, 'lookup', () => [loc, keys]);
  const hashed = volume.hashed(loc);
  let answers = yield* ask();
  if (staleAmong(volume, answers, hashed).length > 0 && volume.isUp(hashed)) {
    // It may be that of a rename under way, of which some were asked before, and some after it.
    const errno = yield* protectNamespace(task, hashed, loc);
    if (errno === 0) {
      answers = yield* ask();
      const stale = staleAmong(volume, answers, hashed);
      yield* task.ownEach(stale, 'unlink', () => [loc, 0, onlyIfLinkto()]);
      yield* unprotectNamespace(task, hashed, loc);
    }
  }
  const { directories, files, linktos } = sort(volume, answers);
  if (directories.length > 0 && files.length > 0) {
    volume.xl.log.error(`${loc.path} is a file on one subvolume, and a directory on another`, {
      msgid: messages.fileAndDirectory.id,
    });
    return failure('lookup', EIO);
  }
  if (directories.length > 0) return yield* settle(task, loc, answers);
  const file = fileAmong(volume, answers, files, hashed);
  if (file === NOWHERE) {
    return failure('lookup', linktos.length > 0 ? ENOENT : errnoOf(answers));
  }
  const [inode, buf, reply, postparent] = answers[file]!.values;
  const linkto = linktos.includes(hashed) ? answers[hashed]! : null;
  const leadsTo = linkto === null ? NOWHERE : leadOf(volume, linkto);
  if (leadsTo === file && linkto!.values[1]!.iaGfid !== buf!.iaGfid) {
    return failure('lookup', ESTALE);
  }
  if (linkto !== null && leadsTo !== file) yield* removeFalse(task, loc, hashed, file);
  if (file !== hashed && leadsTo !== file && hashed !== NOWHERE) {
    yield* healLinkto(task, loc, hashed, file, buf!);
  }
  const kept = inode ?? loc.inode;
  if (kept !== null) volume.keep(kept, buf!.iaGfid, file);
  const shown = isMigrating(buf!, reply, volume.keys.linkto) ? withoutMigration(buf!) : buf;
  return success('lookup', kept, shown, reply, postparent);
}

/** The child that a linkto names. */
function leadOf(volume: Distribute, { values }: Found): number {
  const target = targetOf(values[2], volume.keys.linkto);
  return target === undefined ? NOWHERE : volume.indexOf(target);
}

/** A linkto where one belongs leads elsewhere than to the file: it makes room for one that does not. */
function* removeFalse(task: Task, loc: Loc, hashed: number, file: number): Steps<void> {
  const { volume } = task;
  if (!volume.isUp(hashed) || (yield* protectNamespace(task, hashed, loc)) !== 0) return;
  // It may be another one by now.
  const keys = volume.fileKeys(null);
  const now = yield* aside(loc, (own) => task.own(hashed, 'lookup', own, keys));
  const [, buf, xdata] = now.values;
  const isFalse =
    now.opRet >= 0 && isLinkto(buf!, xdata, volume.keys.linkto) && leadOf(volume, now) !== file;
  if (isFalse) yield* task.own(hashed, 'unlink', loc, 0, onlyIfLinkto());
  yield* unprotectNamespace(task, hashed, loc);
}

/** The child with the file. With two of them, the one that it belongs to, or is said to be with. */
function fileAmong(
  volume: Distribute,
  answers: readonly Found[],
  files: readonly number[],
  hashed: number,
): number {
  const [first = NOWHERE] = files;
  if (files.length < 2) return first;
  const own = answers[hashed];
  const said = own === undefined ? NOWHERE : leadOf(volume, own);
  const names = files.map((child) => volume.names[child]).join(', ');
  volume.xl.log.warning(`a name is a file on several subvolumes: ${names}`, {
    msgid: messages.severalFiles.id,
  });
  return [said, hashed].find((child) => files.includes(child)) ?? first;
}

/** Linktos where none belongs, and one that leads to nothing. Without a name there is no telling. */
function staleAmong(volume: Distribute, answers: readonly Found[], hashed: number): number[] {
  const { directories, files, linktos } = sort(volume, answers);
  if (hashed === NOWHERE || directories.length > 0) return [];
  const isFound = files.length > 0;
  // What does not answer may have the file.
  const isSure = isFound || answers.every(({ opRet, opErrno }) => opRet >= 0 || opErrno === ENOENT);
  return isSure ? linktos.filter((child) => child !== hashed || !isFound) : [];
}

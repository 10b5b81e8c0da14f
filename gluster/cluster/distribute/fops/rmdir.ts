/**
 * A directory goes from all children: last from the one where its name belongs, so that as long as
 * it is anywhere, lookups find it. When one refuses, it is made again on the others. It goes only without names on
 * any child; a linkto is none whose file is gone: it is removed.
 *
 * Source: GlusterFS `dht-common.c` (dht_rmdir, dht_rmdir_is_subvol_empty, dht_rmdir_hashed_subvol_cbk).
 */

import { Dict } from '../../../../runtime/core/dict.ts';
import { EIO, ENOENT, ENOTCONN, ENOTEMPTY, ESTALE } from '../../../../runtime/core/errno.ts';
import { Fd } from '../../../../runtime/core/fd.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import type { Dirent } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { NOWHERE } from '../distribute.ts';
import { aside } from '../heal/linkto.ts';
import { isLinkto, targetOf } from '../linkto.ts';
import { protectNamespace, unprotectNamespace } from '../locks.ts';
import { mergeAnswers } from '../merge.ts';
import { type Answer, byTask, failure, type Steps, type Task } from '../task.ts';
import { lookupDirectory } from './directory.ts';
import { onlyIfLinkto } from './everywhere.ts';

type Args = FopTable['rmdir']['args'];
type Gone = Answer<'rmdir'>;

/** A child that has not got it is as good as one that has removed it. */
const ABSENT: ReadonlySet<number> = new Set([ENOENT, ESTALE]);

const isRefusal = ({ opRet, opErrno }: Gone): boolean => opRet < 0 && !ABSENT.has(opErrno);

export const rmdir = byTask('rmdir', remove);

function* remove(task: Task, args: Args): Steps<Gone> {
  const { volume } = task;
  const [loc] = args;
  if (volume.up.length < volume.all.length) return failure('rmdir', ENOTCONN);
  const child = volume.hashed(loc);
  if (child === NOWHERE) return failure('rmdir', EIO);
  if (loc.inode?.linked) {
    const errno = yield* emptiness(task, loc.inode);
    if (errno !== 0) return failure('rmdir', errno);
  }
  task.patient(false);
  const errno = yield* protectNamespace(task, child, loc);
  if (errno !== 0) return failure('rmdir', errno);
  task.patient(true);
  const answers = yield* removeAll(task, args, child);
  yield* unprotectNamespace(task, child, loc);
  const refusal = answers.find(isRefusal);
  const done = answers.filter(({ opRet }) => opRet >= 0);
  if (refusal === undefined) {
    const last = done.at(-1);
    return last === undefined ? failure('rmdir', ENOENT) : mergeAnswers(last, done);
  }
  // It is there again where it has gone.
  if (done.length > 0) yield* lookupDirectory(task, loc, null, null);
  return refusal;
}

/** From the others at once, and then, unless one of them refused, from the child of its name. */
function* removeAll(task: Task, args: Args, child: number): Steps<Gone[]> {
  const others = task.volume.all.filter((at) => at !== child);
  const answers = yield* task.each(others, 'rmdir', () => args);
  if (answers.some(isRefusal)) return answers;
  return [...answers, yield* task.one(child, 'rmdir', ...args)];
}

/** What is asked for at once, as GlusterFS does. */
const SIZE = 4096;

/** 0 for a directory without names, otherwise the errno. A child without the directory has none. */
export function* emptiness(task: Task, inode: Inode): Steps<number> {
  const fd = new Fd(inode, 0, 0, true);
  try {
    const loc = new Loc(inode);
    const opened = yield* task.ownEach(task.volume.all, 'opendir', () => [loc, fd, null]);
    const failed = opened.find(({ opRet, opErrno }) => opRet < 0 && !ABSENT.has(opErrno));
    if (failed !== undefined) return failed.opErrno;
    return yield* listAll(
      task,
      fd,
      task.volume.all.filter((child) => opened[child]!.opRet >= 0),
    );
  } finally {
    fd.release();
  }
}

function* listAll(task: Task, fd: Fd, children: readonly number[]): Steps<number> {
  const keys = new Dict().set(task.volume.keys.linkto, 256);
  const offsets = new Map(children.map((child) => [child, 0]));
  while (offsets.size > 0) {
    const asked = [...offsets.keys()];
    const lists = yield* task.ownEach(asked, 'readdirp', (child) => [
      fd,
      SIZE,
      offsets.get(child)!,
      keys,
    ]);
    for (const [at, { opRet, opErrno, values }] of lists.entries()) {
      const child = asked[at]!;
      if (opRet < 0 && !ABSENT.has(opErrno)) return opErrno;
      const entries = values[0] ?? [];
      for (const entry of entries) {
        if (!(yield* isNothing(task, fd.inode, child, entry))) return ENOTEMPTY;
      }
      if (opRet <= 0 || entries.length === 0) offsets.delete(child);
      else offsets.set(child, entries.at(-1)!.off);
    }
  }
  return 0;
}

/** Whether an entry of a child does not count, or has gone now. */
function* isNothing(
  task: Task,
  parent: Inode,
  child: number,
  { name, stat, dict }: Dirent,
): Steps<boolean> {
  const { volume } = task;
  if (name === '.' || name === '..') return true;
  if (stat === null || !isLinkto(stat, dict, volume.keys.linkto)) return false;
  const target = targetOf(dict, volume.keys.linkto);
  const file = target === undefined ? NOWHERE : volume.indexOf(target);
  const named = new Loc(null, parent, name);
  if (file !== NOWHERE) {
    const keys = volume.linkedKeys(null);
    const found = yield* aside(named, (own) => task.own(file, 'lookup', own, keys));
    const isThere = found.opRet >= 0 && found.values[1]!.iaGfid === stat.iaGfid;
    if (isThere && !isLinkto(found.values[1]!, found.values[2], volume.keys.linkto)) return false;
    // Who does not answer may have it.
    if (found.opRet < 0 && !ABSENT.has(found.opErrno)) return false;
  }
  const gone = yield* task.own(child, 'unlink', named, 0, onlyIfLinkto());
  return gone.opRet >= 0 || ABSENT.has(gone.opErrno);
}

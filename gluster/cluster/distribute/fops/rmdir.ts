/**
 * A directory goes from all children: last from the one where its name belongs, so that as long as
 * it is anywhere, lookups find it. When one refuses, it is made again on the others.
 *
 * Source: GlusterFS `dht-common.c` (dht_rmdir, dht_rmdir_cbk, dht_rmdir_hashed_subvol_cbk).
 */
import { EIO, ENOENT, ENOTCONN, ESTALE } from '../../../../runtime/core/errno.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { NOWHERE } from '../distribute.ts';
import { protectNamespace, unprotectNamespace } from '../locks.ts';
import { mergeAnswers } from '../merge.ts';
import { type Answer, byTask, failure, type Steps, type Task } from '../task.ts';
import { lookupDirectory } from './directory.ts';
import { emptiness } from './empty.ts';

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

/**
 * Removes a directory from all children, last from its name's, so that lookups find it until the end. If one refuses,
 * a lookup restores it on the others. It must be empty on all children; stale linktos are removed.
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
import { withInode } from '../heal/linkto.ts';
import { isLinkto, targetOf } from '../linkto.ts';
import { protectNamespace, unprotectNamespace } from '../locks.ts';
import { mergeReplies } from '../merge.ts';
import { byTask, failure, type Reply, type Steps, type Task } from '../task.ts';
import { lookupDirectory } from './directory.ts';
import { unusedLinktoOnly } from './lookup-everywhere.ts';

type Args = FopTable['rmdir']['args'];
type RmdirReply = Reply<'rmdir'>;

/** A child without the directory counts as one that has removed it. */
const ABSENT: ReadonlySet<number> = new Set([ENOENT, ESTALE]);

const isRefusal = ({ opRet, opErrno }: RmdirReply): boolean => opRet < 0 && !ABSENT.has(opErrno);

export const rmdir = byTask('rmdir', remove);

function* remove(task: Task, args: Args): Steps<RmdirReply> {
  const { volume } = task;
  const [loc] = args;
  if (volume.up.length < volume.all.length) return failure('rmdir', ENOTCONN);
  const child = volume.hashedChild(loc);
  if (child === NOWHERE) return failure('rmdir', EIO);
  if (loc.inode?.linked) {
    const errno = yield* errnoUnlessEmpty(task, loc.inode);
    if (errno !== 0) return failure('rmdir', errno);
  }
  task.patient(false);
  const errno = yield* protectNamespace(task, child, loc);
  if (errno !== 0) return failure('rmdir', errno);
  task.patient(true);
  const replies = yield* removeAll(task, args, child);
  yield* unprotectNamespace(task, child, loc);
  const refusal = replies.find(isRefusal);
  const done = replies.filter(({ opRet }) => opRet >= 0);
  if (refusal === undefined) {
    const last = done.at(-1);
    return last === undefined ? failure('rmdir', ENOENT) : mergeReplies(last, done);
  }
  // Restores it on children that have removed it.
  if (done.length > 0) yield* lookupDirectory(task, loc, null, null);
  return refusal;
}

/** Removes it on the other children at once, then on its name's unless one refused. */
function* removeAll(task: Task, args: Args, child: number): Steps<RmdirReply[]> {
  const others = task.volume.all.filter((at) => at !== child);
  const replies = yield* task.each(others, 'rmdir', () => args);
  if (replies.some(isRefusal)) return replies;
  return [...replies, yield* task.one(child, 'rmdir', ...args)];
}

/** The size of each listing request, as in GlusterFS. */
const SIZE = 4096;

/** Returns 0 for an empty directory, otherwise the errno. A child without the directory has no entries. */
export function* errnoUnlessEmpty(task: Task, inode: Inode): Steps<number> {
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
    const pending = [...offsets.keys()];
    const lists = yield* task.ownEach(pending, 'readdirp', (child) => [
      fd,
      SIZE,
      offsets.get(child)!,
      keys,
    ]);
    for (const [at, { opRet, opErrno, values }] of lists.entries()) {
      const child = pending[at]!;
      if (opRet < 0 && !ABSENT.has(opErrno)) return opErrno;
      const entries = values[0] ?? [];
      for (const entry of entries) {
        if (!(yield* isNegligible(task, fd.inode, child, entry))) return ENOTEMPTY;
      }
      if (opRet <= 0 || entries.length === 0) offsets.delete(child);
      else offsets.set(child, entries.at(-1)!.off);
    }
  }
  return 0;
}

/** Whether an entry does not count, or was just removed. */
function* isNegligible(
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
    const found = yield* withInode(named, (own) => task.own(file, 'lookup', own, keys));
    const isThere = found.opRet >= 0 && found.values[1]!.iaGfid === stat.iaGfid;
    if (isThere && !isLinkto(found.values[1]!, found.values[2], volume.keys.linkto)) return false;
    // A child that does not reply may have the file.
    if (found.opRet < 0 && !ABSENT.has(found.opErrno)) return false;
  }
  const gone = yield* task.own(child, 'unlink', named, 0, unusedLinktoOnly());
  return gone.opRet >= 0 || ABSENT.has(gone.opErrno);
}

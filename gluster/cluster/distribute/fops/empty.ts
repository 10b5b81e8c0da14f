/**
 * Whether a directory has names on any child. A linkto is none whose file is gone: it is removed.
 *
 * Source: GlusterFS `dht-common.c` (dht_rmdir_opendir_cbk, dht_rmdir_is_subvol_empty,
 * dht_rmdir_lookup_cbk).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import { ENOENT, ENOTEMPTY, ESTALE } from '../../../../runtime/core/errno.ts';
import { Fd } from '../../../../runtime/core/fd.ts';
import type { Dirent } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { NOWHERE } from '../distribute.ts';
import { aside } from '../heal/linkto.ts';
import { isLinkto, targetOf } from '../linkto.ts';
import type { Steps, Task } from '../task.ts';
import { onlyIfLinkto } from './everywhere.ts';

/** What is asked for at once, as GlusterFS does. */
const SIZE = 4096;
const GONE: ReadonlySet<number> = new Set([ENOENT, ESTALE]);

/** 0 for a directory without names, otherwise the errno. A child without the directory has none. */
export function* emptiness(task: Task, inode: Inode): Steps<number> {
  const fd = new Fd(inode, 0, 0, true);
  try {
    const loc = new Loc(inode);
    const opened = yield* task.ownEach(task.volume.all, 'opendir', () => [loc, fd, null]);
    const failed = opened.find(({ opRet, opErrno }) => opRet < 0 && !GONE.has(opErrno));
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
      if (opRet < 0 && !GONE.has(opErrno)) return opErrno;
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
    if (found.opRet < 0 && !GONE.has(found.opErrno)) return false;
  }
  const gone = yield* task.own(child, 'unlink', named, 0, onlyIfLinkto());
  return gone.opRet >= 0 || GONE.has(gone.opErrno);
}

/**
 * Another name of a file, which stays where it is: where the new name belongs there is a linkto, if
 * that is another child.
 *
 * Source: GlusterFS `dht-common.c` (dht_link, dht_link_linkfile_cbk, dht_link_cbk).
 */
import { EEXIST, EIO, ENOENT, ENOTCONN, EPERM, ESTALE } from '../../../../runtime/core/errno.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { NOWHERE } from '../distribute.ts';
import { chownLinkto, makeLinkto } from '../heal/linkto.ts';
import { folderOf } from '../merge.ts';
import { type Answer, byTask, failure, type Steps, success, type Task } from '../task.ts';
import { lookupEverywhere, onlyIfLinkto } from './everywhere.ts';
import { locate } from './file.ts';

type Args = FopTable['link']['args'];
type Linked = Answer<'link'>;

/** The file is not with the child that it was with: it may have been moved. */
const MOVED: ReadonlySet<number> = new Set([ENOENT, ESTALE]);
/** After these the linkto is right, or may be. */
const KEEPS_LINKTO: ReadonlySet<number> = new Set([EEXIST, ENOTCONN]);

export const link = byTask('link', name);

function* name(task: Task, args: Args): Steps<Linked> {
  const { volume } = task;
  const [{ inode }, newloc] = args;
  const hashed = volume.hashed(newloc);
  if (inode === null || hashed === NOWHERE) return failure('link', EIO);
  if (volume.cached(inode) === NOWHERE) {
    const known = volume.directory(inode) ?? (yield* locate(task, inode));
    if (typeof known === 'number') return failure('link', known);
    if (known !== null) return failure('link', EPERM);
  }
  const child = volume.cached(inode);
  const linked = yield* linkOn(task, args, hashed, child);
  if (linked.opRet >= 0 || !MOVED.has(linked.opErrno)) return linked;
  const found = yield* lookupEverywhere(task, args[0], null);
  const now = volume.cached(inode);
  if (found.opRet < 0 || now === child || now === NOWHERE) return linked;
  return yield* linkOn(task, args, hashed, now);
}

function* linkOn(task: Task, args: Args, hashed: number, child: number): Steps<Linked> {
  if (hashed === child) {
    const linked = yield* task.one(child, 'link', ...args);
    const [inode, buf, preparent, postparent, xdata] = linked.values;
    const folders = [folderOf(preparent), folderOf(postparent)] as const;
    return { ...linked, values: [inode, buf, ...folders, xdata] };
  }
  const [{ gfid }, newloc] = args;
  const linkto = yield* makeLinkto(task, newloc, hashed, child, gfid);
  if (linkto.opRet < 0) return failure('link', linkto.opErrno);
  const linked = yield* task.one(child, 'link', ...args);
  if (linked.opRet < 0) {
    if (!KEEPS_LINKTO.has(linked.opErrno)) {
      yield* task.own(hashed, 'unlink', newloc, 0, onlyIfLinkto());
    }
    return linked;
  }
  const [file, buf, , , xdata] = linked.values;
  yield* chownLinkto(task, newloc, hashed, buf!);
  // The folder was changed on two children: who wants to know the times that it has come to asks.
  return success('link', file, buf, null, null, xdata);
}

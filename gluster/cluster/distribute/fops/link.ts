/**
 * Links a file, which stays on its child. If the new name belongs to another one, that gets a linkto.
 * Source: GlusterFS `dht-common.c` (dht_link, dht_link_linkfile_cbk, dht_link_cbk).
 */
import { EEXIST, EIO, ENOENT, ENOTCONN, EPERM, ESTALE } from '../../../../runtime/core/errno.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { NOWHERE } from '../distribute.ts';
import { chownLinkto, makeLinkto } from '../heal/linkto.ts';
import { parentIatt } from '../merge.ts';
import { byTask, failure, type Reply, type Steps, success, type Task } from '../task.ts';
import { locate } from './file.ts';
import { lookupEverywhere, unusedLinktoOnly } from './lookup-everywhere.ts';

type Args = FopTable['link']['args'];
type Linked = Reply<'link'>;

/** The file has left its child: a rebalance may have moved it. */
const MOVED: ReadonlySet<number> = new Set([ENOENT, ESTALE]);
/** After these errors the linkto is, or may be, correct. */
const KEEPS_LINKTO: ReadonlySet<number> = new Set([EEXIST, ENOTCONN]);

export const link = byTask('link', linkFile);

function* linkFile(task: Task, args: Args): Steps<Linked> {
  const { volume } = task;
  const [{ inode }, newloc] = args;
  const hashed = volume.hashedChild(newloc);
  if (inode === null || hashed === NOWHERE) return failure('link', EIO);
  if (volume.childOf(inode) === NOWHERE) {
    const known = volume.directory(inode) ?? (yield* locate(task, inode));
    if (typeof known === 'number') return failure('link', known);
    if (known !== null) return failure('link', EPERM);
  }
  const child = volume.childOf(inode);
  const linked = yield* linkOn(task, args, hashed, child);
  if (linked.opRet >= 0 || !MOVED.has(linked.opErrno)) return linked;
  const found = yield* lookupEverywhere(task, args[0], null);
  const now = volume.childOf(inode);
  if (found.opRet < 0 || now === child || now === NOWHERE) return linked;
  return yield* linkOn(task, args, hashed, now);
}

function* linkOn(task: Task, args: Args, hashed: number, child: number): Steps<Linked> {
  if (hashed === child) {
    const linked = yield* task.one(child, 'link', ...args);
    const [inode, buf, preparent, postparent, xdata] = linked.values;
    const folders = [parentIatt(preparent), parentIatt(postparent)] as const;
    return { ...linked, values: [inode, buf, ...folders, xdata] };
  }
  const [{ gfid }, newloc] = args;
  const linkto = yield* makeLinkto(task, newloc, hashed, child, gfid);
  if (linkto.opRet < 0) return failure('link', linkto.opErrno);
  const linked = yield* task.one(child, 'link', ...args);
  if (linked.opRet < 0) {
    if (!KEEPS_LINKTO.has(linked.opErrno)) {
      yield* task.own(hashed, 'unlink', newloc, 0, unusedLinktoOnly());
    }
    return linked;
  }
  const [file, buf, , , xdata] = linked.values;
  yield* chownLinkto(task, newloc, hashed, buf!);
  // The parent changed on two children, so a caller must read its times anew.
  return success('link', file, buf, null, null, xdata);
}

/**
 * Makes a hard link on the file's child. If the new name's hash belongs to another child, that child gets a linkto.
 * Source: GlusterFS `dht-common.c` (dht_link, dht_link_linkfile_cbk, dht_link_cbk).
 */
import { EEXIST, EIO, ENOENT, ENOTCONN, EPERM, ESTALE } from '../../../../runtime/core/errno.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { NO_CHILD } from '../distribute.ts';
import { chownLinkto, makeLinkto } from '../heal/make-linkto.ts';
import { fixParentSize } from '../merge.ts';
import {
  makeFailure,
  makeSuccess,
  makeTaskFop,
  type Reply,
  type Steps,
  type Task,
} from '../task.ts';
import { findLocation } from './file-fops.ts';
import { lookupEverywhere, makeUnusedLinktoXdata } from './lookup-everywhere.ts';
import { lookUpParent } from './parent-lookup.ts';

type LinkArgs = FopTable['link']['args'];
type LinkReply = Reply<'link'>;

/** Errors of a child without the file: a rebalance may have moved it. */
const MAYBE_MOVED_ERRNOS: ReadonlySet<number> = new Set([ENOENT, ESTALE]);
/** Errors of the link after which the new linkto stays: it is correct (EEXIST), or may be (ENOTCONN). */
const KEEP_LINKTO_ERRNOS: ReadonlySet<number> = new Set([EEXIST, ENOTCONN]);

export const link = makeTaskFop('link', linkFile);

/** Links a file. If a rebalance has moved the file meanwhile, links it on its new child. */
function* linkFile(task: Task, args: LinkArgs): Steps<LinkReply> {
  const { volume } = task;
  const [{ inode }, newloc] = args;
  const parentErrno = yield* lookUpParent(task, newloc);
  if (parentErrno !== 0) return makeFailure('link', parentErrno);
  const hashedChild = volume.findHashedChild(newloc);
  if (inode === null || hashedChild === NO_CHILD) return makeFailure('link', EIO);
  if (volume.findFileChild(inode) === NO_CHILD) {
    const directoryOrErrno = volume.findDirectory(inode) ?? (yield* findLocation(task, inode));
    if (typeof directoryOrErrno === 'number') return makeFailure('link', directoryOrErrno);
    if (directoryOrErrno !== null) return makeFailure('link', EPERM);
  }
  const child = volume.findFileChild(inode);
  const reply = yield* linkOnChild(task, args, hashedChild, child);
  if (reply.opRet >= 0 || !MAYBE_MOVED_ERRNOS.has(reply.opErrno)) return reply;
  const lookup = yield* lookupEverywhere(task, args[0], null);
  const newChild = volume.findFileChild(inode);
  if (lookup.opRet < 0 || newChild === child || newChild === NO_CHILD) return reply;
  return yield* linkOnChild(task, args, hashedChild, newChild);
}

/** Links the file on its child. If the new name belongs to another child, makes a linkto there first. */
function* linkOnChild(
  task: Task,
  args: LinkArgs,
  hashedChild: number,
  child: number,
): Steps<LinkReply> {
  if (hashedChild === child) {
    const reply = yield* task.windOne(child, 'link', ...args);
    const [inode, buf, preparent, postparent, xdata] = reply.values;
    const parentBufs = [fixParentSize(preparent), fixParentSize(postparent)] as const;
    return { ...reply, values: [inode, buf, ...parentBufs, xdata] };
  }
  const [{ gfid }, newloc] = args;
  const linktoReply = yield* makeLinkto(task, newloc, hashedChild, child, gfid);
  if (linktoReply.opRet < 0) return makeFailure('link', linktoReply.opErrno);
  const reply = yield* task.windOne(child, 'link', ...args);
  if (reply.opRet < 0) {
    if (!KEEP_LINKTO_ERRNOS.has(reply.opErrno)) {
      yield* task.windInternal(hashedChild, 'unlink', newloc, 0, makeUnusedLinktoXdata());
    }
    return reply;
  }
  const [inode, buf, , , xdata] = reply.values;
  yield* chownLinkto(task, newloc, hashedChild, buf!);
  // The parent changed on two children, so a caller must read its times again.
  return makeSuccess('link', inode, buf, null, null, xdata);
}

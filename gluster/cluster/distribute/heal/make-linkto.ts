/**
 * Makes linktos on the child of a name's hash for files on another child. Source: GlusterFS `dht-linkfile.c`,
 * `dht-common.c` (dht_linkfile_create_lookup_cbk).
 */

import { Dict } from '../../../../runtime/core/dict.ts';
import { EEXIST, ENOENT } from '../../../../runtime/core/errno.ts';
import { SET_ATTR } from '../../../../runtime/core/fops.ts';
import type { Gfid } from '../../../../runtime/core/gfid.ts';
import { Iatt } from '../../../../runtime/core/iatt.ts';
import { Loc } from '../../../../runtime/core/operands.ts';
import { GFID_REQ } from '../../../../runtime/core/xdata.ts';
import { encodeTarget, isLinkto, LINKTO_MKNOD_MODE } from '../linkto.ts';
import { lockName, unlockName } from '../locks.ts';
import type { Reply, Steps, Task } from '../task.ts';

/** The xdata key that marks fops which no application requested. */
export const INTERNAL_FOP = 'glusterfs-internal-fop';

/**
 * Runs requests on a name with a temporary inode. With the file's own inode, children would store the linkto's state
 * in it.
 */
export function* withTemporaryInode<R>(loc: Loc, run: (temporaryLoc: Loc) => Steps<R>): Steps<R> {
  const inode = loc.parent!.table.newInode();
  try {
    return yield* run(new Loc(inode, loc.parent, loc.name));
  } finally {
    inode.forgetCtx();
  }
}

/** Makes a linkto on `child` that names `target`. An existing linkto with the same gfid is a success. */
export function* makeLinkto(
  task: Task,
  loc: Loc,
  child: number,
  target: number,
  gfid: Gfid,
): Steps<Reply<'mknod'>> {
  const { volume } = task;
  const { linkto } = volume.xattrNames;
  const value = encodeTarget(volume.childNames[target]!);
  const xdata = new Dict().setGfid(GFID_REQ, gfid).set(INTERNAL_FOP, 'yes').set(linkto, value);
  const reply = yield* withTemporaryInode(loc, (temporaryLoc) =>
    task.windInternal(child, 'mknod', temporaryLoc, LINKTO_MKNOD_MODE, 0, 0, xdata),
  );
  if (reply.opRet >= 0 || reply.opErrno !== EEXIST) return reply;
  const existingReply = yield* withTemporaryInode(loc, (temporaryLoc) =>
    task.windInternal(child, 'lookup', temporaryLoc, volume.addFileRequests(null)),
  );
  const [inode, buf, existingXdata] = existingReply.values;
  const isSameLinkto =
    existingReply.opRet >= 0 && buf!.iaGfid === gfid && isLinkto(buf!, existingXdata, linkto);
  if (!isSameLinkto) return reply;
  return { opRet: 0, opErrno: 0, values: [inode, buf, null, null, null] };
}

/** Gives a linkto the file's owner, as it was made with root's rights. */
export function* chownLinkto(
  task: Task,
  loc: Loc,
  child: number,
  { iaGfid, iaUid, iaGid }: Iatt,
): Steps<void> {
  const owner = Object.assign(new Iatt(), { iaUid, iaGid });
  const linktoLoc = new Loc(null, loc.parent, loc.name, iaGfid);
  yield* task.windInternal(child, 'setattr', linktoLoc, owner, SET_ATTR.UID | SET_ATTR.GID, null);
}

/** Makes a linkto for a misplaced file, so that the next lookup finds it at once. */
export function* healLinkto(
  task: Task,
  loc: Loc,
  hashedChild: number,
  fileChild: number,
  buf: Iatt,
): Steps<void> {
  const { volume } = task;
  if (!volume.isUp(hashedChild)) return;
  if ((yield* lockName(task, hashedChild, loc)) !== 0) return;
  // The file may have been renamed or removed meanwhile.
  const lookup = yield* withTemporaryInode(loc, (temporaryLoc) =>
    task.windInternal(fileChild, 'lookup', temporaryLoc, volume.addFileRequests(null)),
  );
  if (lookup.opRet >= 0 && lookup.values[1]!.iaGfid === buf.iaGfid) {
    const reply = yield* makeLinkto(task, loc, hashedChild, fileChild, buf.iaGfid);
    if (reply.opRet >= 0) yield* chownLinkto(task, loc, hashedChild, buf);
    else if (reply.opErrno !== ENOENT) {
      volume.xl.log.debug(`no linkto for ${loc.path}`, { errno: reply.opErrno });
    }
  }
  yield* unlockName(task, hashedChild, loc);
}

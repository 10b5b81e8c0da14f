/**
 * Makes linktos: on a name's child, for a file on another. Source: GlusterFS `dht-linkfile.c`,
 * `dht-common.c` (dht_linkfile_create_lookup_cbk).
 */

import { Dict } from '../../../../runtime/core/dict.ts';
import { EEXIST, ENOENT } from '../../../../runtime/core/errno.ts';
import { SET_ATTR } from '../../../../runtime/core/fops.ts';
import type { Gfid } from '../../../../runtime/core/gfid.ts';
import { Iatt } from '../../../../runtime/core/iatt.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { GFID_REQ } from '../../../../runtime/core/xdata.ts';
import { encodeTarget, isLinkto, LINKTO_MKNOD_MODE } from '../linkto.ts';
import { protectNamespace, unprotectNamespace } from '../locks.ts';
import type { Reply, Steps, Task } from '../task.ts';

/** Marks fops that no application requested. */
export const INTERNAL_FOP = 'glusterfs-internal-fop';

/**
 * Runs requests on a name with a temporary inode: the name's own inode is the file's, and children
 * store their state with it.
 */
export function* withInode<R>(loc: Loc, ask: (own: Loc) => Steps<R>): Steps<R> {
  const inode = loc.parent!.table.newInode();
  try {
    return yield* ask(new Loc(inode, loc.parent, loc.name));
  } finally {
    inode.forgetCtx();
  }
}

/** Makes a linkto on `child` that names `target`. An existing one with the same gfid suffices. */
export function* makeLinkto(
  task: Task,
  loc: Loc,
  child: number,
  target: number,
  gfid: Gfid,
): Steps<Reply<'mknod'>> {
  const { volume } = task;
  const { linkto } = volume.keys;
  const value = encodeTarget(volume.names[target]!);
  const xdata = new Dict().setGfid(GFID_REQ, gfid).set(INTERNAL_FOP, 'yes').set(linkto, value);
  // Uses a temporary inode, as the name's is the file's.
  const made = yield* withInode(loc, (own) =>
    task.own(child, 'mknod', own, LINKTO_MKNOD_MODE, 0, 0, xdata),
  );
  if (made.opRet >= 0 || made.opErrno !== EEXIST) return made;
  const there = yield* withInode(loc, (own) =>
    task.own(child, 'lookup', own, volume.fileKeys(null)),
  );
  const [inode, buf, reply] = there.values;
  const isSame = there.opRet >= 0 && buf!.iaGfid === gfid && isLinkto(buf!, reply, linkto);
  if (!isSame) return made;
  return { opRet: 0, opErrno: 0, values: [inode, buf, null, null, null] };
}

/** Gives a linkto, made as root, the file's owner. */
export function* chownLinkto(
  task: Task,
  loc: Loc,
  child: number,
  { iaGfid, iaUid, iaGid }: Iatt,
): Steps<void> {
  const owner = Object.assign(new Iatt(), { iaUid, iaGid });
  const own = new Loc(null, loc.parent, loc.name, iaGfid);
  yield* task.own(child, 'setattr', own, owner, SET_ATTR.UID | SET_ATTR.GID, null);
}

/** Makes a linkto for a misplaced file, so that the next lookup finds it at once. */
export function* healLinkto(
  task: Task,
  loc: Loc,
  hashed: number,
  file: number,
  buf: Iatt,
): Steps<void> {
  const { volume } = task;
  if (!volume.isUp(hashed)) return;
  if ((yield* protectNamespace(task, hashed, loc)) !== 0) return;
  // The file may have been renamed or removed meanwhile.
  const now = yield* withInode(loc, (own) => task.own(file, 'lookup', own, volume.fileKeys(null)));
  if (now.opRet >= 0 && now.values[1]!.iaGfid === buf.iaGfid) {
    const made = yield* makeLinkto(task, loc, hashed, file, buf.iaGfid);
    if (made.opRet >= 0) yield* chownLinkto(task, loc, hashed, buf);
    else if (made.opErrno !== ENOENT) {
      volume.xl.log.debug(`no linkto for ${loc.path}`, { errno: made.opErrno });
    }
  }
  yield* unprotectNamespace(task, hashed, loc);
}

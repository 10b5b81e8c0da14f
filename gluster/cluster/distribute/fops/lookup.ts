/**
 * Looks names up. A file needs one request to its name's child, however many children exist. The other cases run as
 * tasks: a directory on all children (`directory.ts`), a file elsewhere (`lookup-everywhere.ts`).
 * Source: GlusterFS `dht-common.c` (dht_lookup, dht_lookup_cbk, dht_lookup_linkfile_cbk, dht_revalidate_cbk).
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { ENODATA, ENOENT, ENOTCONN, ESTALE } from '../../../../runtime/core/errno.ts';
import type { Frame } from '../../../../runtime/core/frame.ts';
import { unwind, wind } from '../../../../runtime/core/gen/fops.gen.ts';
import { type Gfid, NULL_GFID } from '../../../../runtime/core/gfid.ts';
import { IA_IFDIR } from '../../../../runtime/core/iatt.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import type { Cbk, Fop, Xlator } from '../../../../runtime/core/xlator.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import { isLinkto, isMigrating, targetOf, withoutMigration } from '../linkto.ts';
import { runTask } from '../task.ts';
import { lookupDirectory } from './directory.ts';
import { lookupEverywhere } from './lookup-everywhere.ts';

/** The state of one lookup. */
interface Lookup {
  readonly loc: Loc;
  readonly xdata: Dict | null;
  /** The xdata of the request. */
  readonly keys: Dict;
  /** Whether the name's child is asked; otherwise the child that last had the file. */
  readonly isByHash: boolean;
  /** The gfid of the linkto that is followed. */
  leadsTo: Gfid | null;
}

export const lookup: Fop<'lookup', Distribute> = (frame, xl, loc, xdata) => {
  const { inode, parent, name } = loc;
  const volume = xl.priv;
  if (inode?.linked) {
    const child = volume.childOf(inode);
    if (child !== NOWHERE) {
      const keys = volume.fileKeys(xdata);
      frame.local = { loc, xdata, keys, isByHash: false, leadsTo: null } satisfies Lookup;
      wind.lookup(frame, child, lookupCbk, xl.children[child]!, loc, keys);
      return;
    }
    if (inode.isDir) return findDirectory(frame, xl, loc, xdata, null);
  }
  const child = volume.hashedChild(loc);
  if (child === NOWHERE || parent === null || name === null) {
    return findEverywhere(frame, xl, loc, xdata);
  }
  const keys = volume.newNameKeys(xdata);
  frame.local = { loc, xdata, keys, isByHash: true, leadsTo: null } satisfies Lookup;
  wind.lookup(frame, child, lookupCbk, xl.children[child]!, loc, keys);
};

/** Handles the reply of the name's child, of the file's last child, or of a linkto's target. */
const lookupCbk: Cbk<'lookup', Distribute> = (
  frame,
  child,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
  postparent,
) => {
  const asked = frame.local as Lookup;
  const { loc, isByHash, leadsTo } = asked;
  const volume = xl.priv;
  const isFirst = leadsTo === null;
  if (isByHash && isFirst) {
    // After other failures it is unknown whether the brick assigned the gfid.
    if (opRet >= 0 && buf !== null) volume.gfids.answered(asked.keys, buf.iaGfid);
    else if (opErrno === ENOENT) volume.gfids.answered(asked.keys, NULL_GFID);
  }
  if (opRet < 0 || buf === null) {
    if (isElsewhere(volume, asked, opErrno)) return findEverywhere(frame, xl, loc, asked.xdata);
    // On ESTALE for a known inode, the caller looks it up again with a new one.
    const errno = opErrno || (isByHash ? 0 : ESTALE);
    unwind.lookup(frame, opRet, errno, inode, buf, xdata, postparent);
    return;
  }
  const linkto = isLinkto(buf, xdata, volume.keys.linkto);
  if (isFirst) {
    if (isByHash && buf.iaType === IA_IFDIR) {
      return findDirectory(frame, xl, loc, asked.xdata, buf.iaGfid);
    }
    if (linkto) return followLinkto(frame, xl, asked, child, buf.iaGfid, xdata);
  } else if (linkto || buf.iaType === IA_IFDIR || buf.iaGfid !== leadsTo) {
    return findEverywhere(frame, xl, loc, asked.xdata);
  }
  const kept = inode ?? loc.inode;
  if (kept !== null) volume.setLocation(kept, buf.iaGfid, child);
  const shown = isMigrating(buf, xdata, volume.keys.linkto) ? withoutMigration(buf) : buf;
  unwind.lookup(frame, 0, 0, kept, shown, xdata, postparent);
};

/** Whether another child may have the file. */
function isElsewhere(
  volume: Distribute,
  { loc, isByHash, leadsTo }: Lookup,
  errno: number,
): boolean {
  // A file on an absent child is not elsewhere.
  if (leadsTo !== null) return errno !== ENOTCONN;
  if (!isByHash) return errno === ENOENT && loc.name !== null;
  if (errno === ENOENT) return volume.mayBeElsewhere(loc.parent!);
  return errno === ENOTCONN || errno === ENODATA;
}

/** @param from the child whose reply `told` names the file's child */
function followLinkto(
  frame: Frame,
  xl: Xlator<Distribute>,
  asked: Lookup,
  from: number,
  gfid: Gfid,
  told: Dict | null,
): void {
  const volume = xl.priv;
  const { loc, xdata } = asked;
  const target = targetOf(told, volume.keys.linkto);
  const child = target === undefined ? NOWHERE : volume.indexOf(target);
  if (child === NOWHERE || child === from) {
    if (child === from) volume.notices.ownTarget(loc, child);
    else if (target !== undefined) volume.notices.unknownTarget(loc, target);
    findEverywhere(frame, xl, loc, xdata);
    return;
  }
  asked.leadsTo = gfid;
  wind.lookup(frame, child, lookupCbk, xl.children[child]!, loc, volume.fileKeys(xdata));
}

function findDirectory(
  frame: Frame,
  xl: Xlator<Distribute>,
  loc: Loc,
  xdata: Dict | null,
  gfid: Gfid | null,
): void {
  runTask(frame, xl, 'lookup', (task) => lookupDirectory(task, loc, xdata, gfid));
}

function findEverywhere(frame: Frame, xl: Xlator<Distribute>, loc: Loc, xdata: Dict | null): void {
  runTask(frame, xl, 'lookup', (task) => lookupEverywhere(task, loc, xdata));
}

/**
 * Looks names up. For a file it sends one request, to the child of its name's hash, however many children exist.
 * Directories (`lookup-directory.ts`) and misplaced files (`lookup-everywhere.ts`) are looked up by tasks.
 * Source: GlusterFS `dht-common.c` (dht_lookup, dht_lookup_cbk, dht_lookup_linkfile_cbk, dht_revalidate_cbk).
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { ENODATA, ENOENT, ENOTCONN, ESTALE } from '../../../../runtime/core/errno.ts';
import type { Frame } from '../../../../runtime/core/frame.ts';
import { fail, unwind, wind } from '../../../../runtime/core/gen/fops.gen.ts';
import { type Gfid, NULL_GFID } from '../../../../runtime/core/gfid.ts';
import { IA_IFDIR } from '../../../../runtime/core/iatt.ts';
import type { Loc } from '../../../../runtime/core/operands.ts';
import type { Cbk, Fop, Xlator } from '../../../../runtime/core/xlator.ts';
import { type Distribute, NO_CHILD } from '../distribute.ts';
import { isLinkto, isMigrating, readTarget, removeMigrationBits } from '../linkto.ts';
import { type Reply, runTask, type Steps, type Task } from '../task.ts';
import { lookupDirectory } from './lookup-directory.ts';
import { lookupEverywhere } from './lookup-everywhere.ts';

/** The state of one lookup. */
interface LookupState {
  readonly loc: Loc;
  /** The caller's xdata. */
  readonly xdata: Dict | null;
  /** The xdata that was sent: the caller's, with requests for xattrs. */
  readonly requestXdata: Dict;
  /** Whether the request goes to the name's child; otherwise to the child that last had the file. */
  readonly isByHash: boolean;
  /** The gfid of the linkto that is followed; null before a linkto was found. */
  linktoGfid: Gfid | null;
}

/** Looks a known file up on its last child, a known directory on all children, and another name by its hash. */
export const lookup: Fop<'lookup', Distribute> = (frame, xl, loc, xdata) => {
  const { inode, parent, name } = loc;
  const volume = xl.priv;
  if (inode?.linked) {
    const child = volume.findFileChild(inode);
    if (child !== NO_CHILD) {
      const requestXdata = volume.addFileRequests(xdata);
      frame.local = {
        loc,
        xdata,
        requestXdata,
        isByHash: false,
        linktoGfid: null,
      } satisfies LookupState;
      wind.lookup(frame, child, lookupCbk, xl.children[child]!, loc, requestXdata);
      return;
    }
    if (inode.isDir) return startDirectoryLookup(frame, xl, loc, xdata, null);
  }
  const child = volume.findHashedChild(loc);
  if (child === NO_CHILD || parent === null || name === null) {
    return startLookupEverywhere(frame, xl, loc, xdata);
  }
  const gfid = volume.listedDirectories.take(parent, name);
  if (gfid !== undefined)
    return runTask(frame, xl, 'lookup', (task) => lookupListedDirectory(task, loc, xdata, gfid));
  const requestXdata = volume.addNewNameRequests(xdata);
  frame.local = {
    loc,
    xdata,
    requestXdata,
    isByHash: true,
    linktoGfid: null,
  } satisfies LookupState;
  wind.lookup(frame, child, lookupCbk, xl.children[child]!, loc, requestXdata);
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
  const state = frame.local as LookupState;
  const { loc, isByHash, linktoGfid } = state;
  const volume = xl.priv;
  const isFirst = linktoGfid === null;
  if (isByHash && isFirst) {
    // Records whether the brick took the proposed gfid. After a failure other than ENOENT that is unknown.
    if (opRet >= 0 && buf !== null) volume.gfidRequests.noteReply(state.requestXdata, buf.iaGfid);
    else if (opErrno === ENOENT) volume.gfidRequests.noteReply(state.requestXdata, NULL_GFID);
  }
  if (opRet < 0 || buf === null) {
    if (mustLookupEverywhere(volume, state, opErrno))
      return startLookupEverywhere(frame, xl, loc, state.xdata);
    // A lookup of a known inode with neither attributes nor an errno fails with ESTALE: then the caller looks the name
    // up again with a new inode.
    const isStale = !isByHash && (opRet >= 0 || opErrno === 0);
    if (isStale) fail.lookup(frame, ESTALE);
    else unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
    return;
  }
  const isLinktoFile = isLinkto(buf, xdata, volume.xattrNames.linkto);
  if (isFirst) {
    if (isByHash && buf.iaType === IA_IFDIR) {
      return startDirectoryLookup(frame, xl, loc, state.xdata, buf.iaGfid);
    }
    if (isLinktoFile) return followLinkto(frame, xl, state, child, buf.iaGfid, xdata);
  } else if (isLinktoFile || buf.iaType === IA_IFDIR || buf.iaGfid !== linktoGfid) {
    return startLookupEverywhere(frame, xl, loc, state.xdata);
  }
  const fileInode = inode ?? loc.inode;
  if (fileInode !== null) volume.setLocation(fileInode, buf.iaGfid, child);
  const visibleAttributes = isMigrating(buf, xdata, volume.xattrNames.linkto)
    ? removeMigrationBits(buf)
    : buf;
  unwind.lookup(frame, 0, 0, fileInode, visibleAttributes, xdata, postparent);
};

/** Whether another child may have the file, so that all children must be searched. */
function mustLookupEverywhere(
  volume: Distribute,
  { loc, isByHash, linktoGfid }: LookupState,
  errno: number,
): boolean {
  // If the linkto's target is down, the file is there, and not on another child.
  if (linktoGfid !== null) return errno !== ENOTCONN;
  if (!isByHash) return errno === ENOENT && loc.name !== null;
  if (errno === ENOENT) return volume.mayBeElsewhere(loc.parent!);
  return errno === ENOTCONN || errno === ENODATA;
}

/**
 * Looks the file up on the child that a linkto names.
 * @param linktoChild the child with the linkto
 * @param gfid the gfid of the linkto, which the file must have, too
 */
function followLinkto(
  frame: Frame,
  xl: Xlator<Distribute>,
  state: LookupState,
  linktoChild: number,
  gfid: Gfid,
  linktoXdata: Dict | null,
): void {
  const volume = xl.priv;
  const { loc, xdata } = state;
  const target = readTarget(linktoXdata, volume.xattrNames.linkto);
  const child = target === undefined ? NO_CHILD : volume.findChildByName(target);
  if (child === NO_CHILD || child === linktoChild) {
    if (child === linktoChild) volume.notices.logOwnTarget(loc, child);
    else if (target !== undefined) volume.notices.logUnknownTarget(loc, target);
    startLookupEverywhere(frame, xl, loc, xdata);
    return;
  }
  state.linktoGfid = gfid;
  wind.lookup(frame, child, lookupCbk, xl.children[child]!, loc, volume.addFileRequests(xdata));
}

/** Looks up a name that a listing has returned as a directory, with its gfid. It may be another file since. */
function* lookupListedDirectory(
  task: Task,
  loc: Loc,
  xdata: Dict | null,
  gfid: Gfid,
): Steps<Reply<'lookup'>> {
  const reply = yield* lookupDirectory(task, loc, xdata, gfid);
  return reply.opRet >= 0 ? reply : yield* lookupEverywhere(task, loc, xdata);
}

function startDirectoryLookup(
  frame: Frame,
  xl: Xlator<Distribute>,
  loc: Loc,
  xdata: Dict | null,
  gfid: Gfid | null,
): void {
  runTask(frame, xl, 'lookup', (task) => lookupDirectory(task, loc, xdata, gfid));
}

function startLookupEverywhere(
  frame: Frame,
  xl: Xlator<Distribute>,
  loc: Loc,
  xdata: Dict | null,
): void {
  runTask(frame, xl, 'lookup', (task) => lookupEverywhere(task, loc, xdata));
}

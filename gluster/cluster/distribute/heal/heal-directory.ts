/**
 * Repairs a directory at its lookup: missing copies, differing attributes, holes or overlaps in the
 * layout, and missed changes of xattrs. Repairs nothing while a child's state is unknown. Reads
 * everything again after locking, as other clients may have changed it.
 * Source: GlusterFS `dht-selfheal.c`.
 */

import { Dict } from '../../../../runtime/core/dict.ts';
import { SET_ATTR } from '../../../../runtime/core/fops.ts';
import { ROOT_GFID } from '../../../../runtime/core/gfid.ts';
import { messages } from '../../../../runtime/core/messages.ts';
import { Loc } from '../../../../runtime/core/operands.ts';
import { GFID_REQ } from '../../../../runtime/core/xdata.ts';
import { type DirectoryView, isDirectory, makeDirectoryView } from '../directory-view.ts';
import { NO_CHILD } from '../distribute.ts';
import {
  countAnomalies,
  hasRange,
  isBroken,
  mayHeal,
  NO_COMMIT_HASH,
  needsHeal,
} from '../layout/layout.ts';
import { lockLayout, lockName, unlockLayout, unlockName } from '../locks.ts';
import type { Steps, Task } from '../task.ts';
import { computePieces, writeLayout } from './fix-layout.ts';
import { healXattrs, isMdsDirty, makeQuotaLimitsXdata, readSharedXattrs } from './heal-xattrs.ts';

const { MODE, UID, GID, ATIME, MTIME } = SET_ATTR;

/** Repairs a directory. @returns its state afterwards */
export function* healDirectory(task: Task, loc: Loc, view: DirectoryView): Steps<DirectoryView> {
  let currentView = yield* addCopiesByGfid(task, loc, view);
  const anomalies = countAnomalies(currentView.layout.pieces);
  if (!mayHeal(anomalies)) return currentView;
  if (anomalies.missing > 0) currentView = yield* makeMissingCopies(task, loc, currentView);
  yield* healAttributes(task, loc, currentView);
  currentView = yield* markMds(task, loc, currentView);
  if (isMdsDirty(task.volume, currentView))
    yield* healXattrs(task, makeGfidLoc(loc, currentView), currentView);
  const remainingAnomalies = countAnomalies(currentView.layout.pieces);
  if (
    !needsHeal(remainingAnomalies) ||
    !mayHeal(remainingAnomalies) ||
    remainingAnomalies.missing > 0
  )
    return currentView;
  return yield* healLayout(task, loc, currentView);
}

/** Reads the directory's gfid from the child whose attributes are reported. */
const readGfid = (view: DirectoryView): string => view.replies[view.source]!.values[1]!.iaGfid;

/** Makes a loc that addresses the directory by its gfid, as another client may rename it meanwhile. */
const makeGfidLoc = (loc: Loc, view: DirectoryView): Loc =>
  new Loc(loc.inode, null, null, readGfid(view));

/** Looks the directory up on all children again. @returns null if no child has it */
export function* lookupAgain(task: Task, loc: Loc): Steps<DirectoryView | null> {
  const { volume } = task;
  const requestXdata = volume.addDirectoryRequests(null);
  const replies = yield* task.windInternalEach(volume.children, 'lookup', () => [
    loc,
    requestXdata,
  ]);
  const exists = replies.some(({ opRet, values }) => opRet >= 0 && values[1] !== null);
  return exists ? makeDirectoryView(volume, loc, replies) : null;
}

/** Makes the directory on children that lack it. */
function* makeMissingCopies(task: Task, loc: Loc, view: DirectoryView): Steps<DirectoryView> {
  const { volume } = task;
  const hashedChild = volume.findHashedChild(loc);
  if (loc.parent === null || loc.name === null || hashedChild === NO_CHILD) return view;
  if ((yield* lockName(task, hashedChild, loc)) !== 0) return view;
  let latestView = yield* addCopiesByGfid(task, loc, (yield* lookupAgain(task, loc)) ?? view);
  const lackingChildren = volume.children.filter((child) => isMissing(latestView, child));
  if (lackingChildren.length > 0 && lackingChildren.length < volume.children.length) {
    yield* makeCopies(task, loc, latestView, lackingChildren);
    latestView = yield* addCopiesByGfid(task, loc, (yield* lookupAgain(task, loc)) ?? latestView);
  }
  yield* unlockName(task, hashedChild, loc);
  return latestView;
}

/**
 * Finds the directory by gfid on children that have it under another name, as after an interrupted rename, and adds
 * their replies to the view. These children must not get a second copy, and their piece is part of the layout.
 */
function* addCopiesByGfid(task: Task, loc: Loc, view: DirectoryView): Steps<DirectoryView> {
  const { volume } = task;
  const gfid = readGfid(view);
  const lackingChildren = volume.children.filter(
    (child) => isMissing(view, child) || hasOtherDirectory(view, child),
  );
  if (loc.parent === null || lackingChildren.length === 0) return view;
  // Children store the directory's state in the request's inode. A linked inode has it, so a temporary one is sent.
  const inode = loc.inode?.linked === false ? loc.inode : loc.parent.table.newInode();
  const requestXdata = volume.addDirectoryRequests(null);
  const gfidLoc = new Loc(inode, null, null, gfid);
  const gfidReplies = yield* task.windInternalEach(lackingChildren, 'lookup', () => [
    gfidLoc,
    requestXdata,
  ]);
  if (inode !== loc.inode) inode.forgetCtx();
  if (!gfidReplies.some(isDirectory)) return view;
  const replies = [...view.replies];
  lackingChildren.forEach((child, index) => {
    if (isDirectory(gfidReplies[index]!)) replies[child] = gfidReplies[index]!;
  });
  return makeDirectoryView(volume, loc, replies);
}

/** Whether a child has a different directory of this name. */
const hasOtherDirectory = (view: DirectoryView, child: number): boolean => {
  const reply = view.replies[child]!;
  return isDirectory(reply) && reply.values[1]!.iaGfid !== readGfid(view);
};

/** Makes the directory on these children, with the attributes and xattrs of the source. */
function* makeCopies(
  task: Task,
  loc: Loc,
  view: DirectoryView,
  children: readonly number[],
): Steps<void> {
  const source = view.replies[view.source]!.values[1]!;
  const xdata = new Dict().setGfid(GFID_REQ, source.iaGfid);
  const replies = yield* task.windInternalEach(children, 'mkdir', () => [
    loc,
    source.iaProt,
    0,
    xdata,
  ]);
  const newCopyChildren = children.filter((_, index) => replies[index]!.opRet >= 0);
  const dir = makeGfidLoc(loc, view);
  yield* task.windInternalEach(newCopyChildren, 'setattr', () => [
    dir,
    source,
    MODE | UID | GID | ATIME | MTIME,
    null,
  ]);
  const xattrs = yield* readSharedXattrs(task, view.source, dir);
  if (xattrs.size > 0) {
    yield* task.windInternalEach(newCopyChildren, 'setxattr', () => [
      dir,
      xattrs,
      0,
      makeQuotaLimitsXdata(xattrs),
    ]);
  }
}

/** Whether a child lacks the directory, not counting copies that `addCopiesByGfid` has found. */
const isMissing = ({ layout }: DirectoryView, child: number): boolean =>
  countAnomalies([layout.pieces[child]!]).missing > 0;

/** Copies mode and owner from the child whose attributes are reported. */
function* healAttributes(task: Task, loc: Loc, view: DirectoryView): Steps<void> {
  const { replies, source } = view;
  const expected = replies[source]!.values[1]!;
  const differingChildren = replies
    .map((_, child) => child)
    .filter((child) => {
      const { opRet, values } = replies[child]!;
      const buf = values[1];
      if (opRet < 0 || buf === null || buf.iaGfid !== expected.iaGfid) return false;
      return (
        buf.iaProt !== expected.iaProt ||
        buf.iaUid !== expected.iaUid ||
        buf.iaGid !== expected.iaGid
      );
    });
  if (differingChildren.length === 0) return;
  const dir = makeGfidLoc(loc, view);
  yield* task.windInternalEach(differingChildren, 'setattr', () => [
    dir,
    expected,
    MODE | UID | GID,
    null,
  ]);
}

/** Makes the child of the name's hash the MDS of a directory without one, with a count of 0 missed changes. */
function* markMds(task: Task, loc: Loc, view: DirectoryView): Steps<DirectoryView> {
  if (view.mds !== NO_CHILD || readGfid(view) === ROOT_GFID) return view;
  const child = task.volume.findHashedChild(loc);
  if (child === NO_CHILD || view.layout.pieces[child]!.err !== 0) return view;
  const dict = new Dict().set(task.volume.xattrNames.mds, new Uint8Array(4));
  const reply = yield* task.windInternal(child, 'setxattr', makeGfidLoc(loc, view), dict, 0, null);
  return reply.opRet < 0 ? view : { ...view, mds: child };
}

/** Computes and writes a new layout under the locks of all children. */
function* healLayout(task: Task, loc: Loc, view: DirectoryView): Steps<DirectoryView> {
  const { volume } = task;
  const dir = makeGfidLoc(loc, view);
  if ((yield* lockLayout(task, dir)) !== 0) return view;
  const latestView = yield* lookupAgain(task, dir);
  let healedView = latestView ?? view;
  const anomalies = latestView === null ? null : countAnomalies(latestView.layout.pieces);
  if (anomalies !== null && isBroken(anomalies) && mayHeal(anomalies) && anomalies.missing === 0) {
    const { layout } = healedView;
    const isNew = !layout.pieces.some(hasRange);
    const problems = `holes=${anomalies.holes} overlaps=${anomalies.overlaps}`;
    if (!isNew) {
      volume.xl.log.info(`rebuilt the layout of ${loc.path} (${problems})`, {
        msgid: messages.layoutHealed.id,
      });
    }
    const newPieces = computePieces(
      volume,
      loc.path,
      readGfid(healedView),
      layout.pieces,
      NO_COMMIT_HASH,
    );
    const pieces = newPieces.map((piece) => ({ ...piece, type: layout.type }));
    healedView = { ...healedView, layout: yield* writeLayout(task, dir, pieces) };
  }
  yield* unlockLayout(task, dir);
  return healedView;
}

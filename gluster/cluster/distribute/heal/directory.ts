/**
 * Repairs a directory at its lookup: missing copies, differing attributes, holes or overlaps in the
 * layout, and xattrs that a child missed. Repairs nothing while a child's state is unknown, and
 * re-reads everything after locking.
 * Source: GlusterFS `dht-selfheal.c`.
 */

import { Dict } from '../../../../runtime/core/dict.ts';
import { SET_ATTR } from '../../../../runtime/core/fops.ts';
import { ROOT_GFID } from '../../../../runtime/core/gfid.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { messages } from '../../../../runtime/core/messages.ts';
import { GFID_REQ } from '../../../../runtime/core/xdata.ts';
import { type DirView, isDirectory, viewDirectory } from '../directory-view.ts';
import { NOWHERE } from '../distribute.ts';
import {
  anomaliesOf,
  isBroken,
  mayHeal,
  NO_COMMIT_HASH,
  needsHeal,
  takesPart,
} from '../layout/layout.ts';
import { lockLayout, protectNamespace, unlockLayout, unprotectNamespace } from '../locks.ts';
import type { Steps, Task } from '../task.ts';
import { newLayout, writeLayout } from './layout.ts';
import { healXattrs, limitsXdata, mdsIsDirty, readShared } from './xattrs.ts';

const { MODE, UID, GID, ATIME, MTIME } = SET_ATTR;

/** Repairs a directory. @returns its state afterwards */
export function* healDirectory(task: Task, loc: Loc, view: DirView): Steps<DirView> {
  let now = yield* addCopiesByGfid(task, loc, view);
  const found = anomaliesOf(now.layout.pieces);
  if (!mayHeal(found)) return now;
  if (found.missing > 0) now = yield* createMissing(task, loc, now);
  yield* healAttributes(task, loc, now);
  now = yield* markMds(task, loc, now);
  if (mdsIsDirty(task.volume, now)) yield* healXattrs(task, dirLoc(loc, now), now);
  const after = anomaliesOf(now.layout.pieces);
  if (!needsHeal(after) || !mayHeal(after) || after.missing > 0) return now;
  return yield* healLayout(task, loc, now);
}

const gfidOf = (view: DirView): string => view.replies[view.source]!.values[1]!.iaGfid;

/** The directory by its gfid, as its name may change meanwhile. */
const dirLoc = (loc: Loc, view: DirView): Loc => new Loc(loc.inode, null, null, gfidOf(view));

/** Looks the directory up on all children again. */
export function* lookupAgain(task: Task, loc: Loc): Steps<DirView | null> {
  const { volume } = task;
  const keys = volume.linkedKeys(null);
  const replies = yield* task.ownEach(volume.all, 'lookup', () => [loc, keys]);
  const isThere = replies.some(({ opRet, values }) => opRet >= 0 && values[1] !== null);
  return isThere ? viewDirectory(volume, loc, replies) : null;
}

/** Makes the directory on children that lack it. */
function* createMissing(task: Task, loc: Loc, view: DirView): Steps<DirView> {
  const { volume } = task;
  const child = volume.hashedChild(loc);
  if (loc.parent === null || loc.name === null || child === NOWHERE) return view;
  if ((yield* protectNamespace(task, child, loc)) !== 0) return view;
  let now = yield* addCopiesByGfid(task, loc, (yield* lookupAgain(task, loc)) ?? view);
  const missing = volume.all.filter((at) => isMissing(now, at));
  if (missing.length > 0 && missing.length < volume.all.length) {
    yield* makeOn(task, loc, now, missing);
    now = yield* addCopiesByGfid(task, loc, (yield* lookupAgain(task, loc)) ?? now);
  }
  yield* unprotectNamespace(task, child, loc);
  return now;
}

/**
 * Finds the directory by gfid on children that lack its name, as after an interrupted rename. They
 * must not get a second copy, and their piece is part of the layout.
 */
function* addCopiesByGfid(task: Task, loc: Loc, view: DirView): Steps<DirView> {
  const { volume } = task;
  const gfid = gfidOf(view);
  const without = volume.all.filter((at) => isMissing(view, at) || hasOther(view, at));
  if (loc.parent === null || without.length === 0) return view;
  // A new inode remembers the last reply, which must be the directory's.
  const own = loc.inode?.linked === false ? loc.inode : loc.parent.table.newInode();
  const keys = volume.linkedKeys(null);
  const nameless = new Loc(own, null, null, gfid);
  const found = yield* task.ownEach(without, 'lookup', () => [nameless, keys]);
  if (own !== loc.inode) own.forgetCtx();
  if (!found.some(isDirectory)) return view;
  const replies = [...view.replies];
  without.forEach((at, i) => {
    if (isDirectory(found[i]!)) replies[at] = found[i]!;
  });
  return viewDirectory(volume, loc, replies);
}

/** Whether a child has a different directory of this name. */
const hasOther = (view: DirView, child: number): boolean => {
  const answer = view.replies[child]!;
  return isDirectory(answer) && answer.values[1]!.iaGfid !== gfidOf(view);
};

function* makeOn(task: Task, loc: Loc, view: DirView, children: readonly number[]): Steps<void> {
  const from = view.replies[view.source]!.values[1]!;
  const xdata = new Dict().setGfid(GFID_REQ, from.iaGfid);
  const made = yield* task.ownEach(children, 'mkdir', () => [loc, from.iaProt, 0, xdata]);
  const done = children.filter((_, at) => made[at]!.opRet >= 0);
  const dir = dirLoc(loc, view);
  yield* task.ownEach(done, 'setattr', () => [dir, from, MODE | UID | GID | ATIME | MTIME, null]);
  const attributes = yield* readShared(task, view.source, dir);
  if (attributes.size > 0) {
    yield* task.ownEach(done, 'setxattr', () => [dir, attributes, 0, limitsXdata(attributes)]);
  }
}

const isMissing = ({ layout }: DirView, child: number): boolean =>
  anomaliesOf([layout.pieces[child]!]).missing > 0;

/** Copies mode and owner from the child whose attributes count. */
function* healAttributes(task: Task, loc: Loc, view: DirView): Steps<void> {
  const { replies, source } = view;
  const from = replies[source]!.values[1]!;
  const differing = replies
    .map((_, child) => child)
    .filter((child) => {
      const { opRet, values } = replies[child]!;
      const buf = values[1];
      if (opRet < 0 || buf === null || buf.iaGfid !== from.iaGfid) return false;
      return buf.iaProt !== from.iaProt || buf.iaUid !== from.iaUid || buf.iaGid !== from.iaGid;
    });
  if (differing.length === 0) return;
  const dir = dirLoc(loc, view);
  yield* task.ownEach(differing, 'setattr', () => [dir, from, MODE | UID | GID, null]);
}

/** Chooses an MDS for a directory without one. */
function* markMds(task: Task, loc: Loc, view: DirView): Steps<DirView> {
  if (view.mds !== NOWHERE || gfidOf(view) === ROOT_GFID) return view;
  const child = task.volume.hashedChild(loc);
  if (child === NOWHERE || view.layout.pieces[child]!.err !== 0) return view;
  const dict = new Dict().set(task.volume.keys.mds, new Uint8Array(4));
  const set = yield* task.own(child, 'setxattr', dirLoc(loc, view), dict, 0, null);
  return set.opRet < 0 ? view : { ...view, mds: child };
}

/** Computes and writes a new layout under the locks of all children. */
function* healLayout(task: Task, loc: Loc, view: DirView): Steps<DirView> {
  const { volume } = task;
  const dir = dirLoc(loc, view);
  if ((yield* lockLayout(task, dir)) !== 0) return view;
  const now = yield* lookupAgain(task, dir);
  let healed = now ?? view;
  const found = now === null ? null : anomaliesOf(now.layout.pieces);
  if (found !== null && isBroken(found) && mayHeal(found) && found.missing === 0) {
    const { layout } = healed;
    const isNew = !layout.pieces.some(takesPart);
    const what = `holes=${found.holes} overlaps=${found.overlaps}`;
    if (!isNew) {
      volume.xl.log.info(`rebuilt the layout of ${loc.path} (${what})`, {
        msgid: messages.layoutHealed.id,
      });
    }
    const made = newLayout(volume, loc.path, gfidOf(healed), layout.pieces, NO_COMMIT_HASH);
    const pieces = made.map((piece) => ({ ...piece, type: layout.type }));
    healed = { ...healed, layout: yield* writeLayout(task, dir, pieces) };
  }
  yield* unlockLayout(task, dir);
  return healed;
}

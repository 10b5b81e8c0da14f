/**
 * Repairs directories as they are looked up: those that are missing on a child, attributes that
 * differ, a layout with holes or overlaps, and extended attributes that were set while a child was
 * away. Nothing is touched while it is not known what a child has, and nothing is believed that was
 * seen before the locks were there.
 *
 * Source: GlusterFS `dht-selfheal.c`.
 */

import { Dict } from '../../../../runtime/core/dict.ts';
import { SET_ATTR } from '../../../../runtime/core/fops.ts';
import { ROOT_GFID } from '../../../../runtime/core/gfid.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { messages } from '../../../../runtime/core/messages.ts';
import { GFID_REQ } from '../../../../runtime/core/xdata.ts';
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
import { isDirectory, look, type Sight } from '../sight.ts';
import type { Steps, Task } from '../task.ts';
import { newLayout, writeLayout } from './layout.ts';
import { attributesOf, healXattrs, mdsIsDirty, sharing } from './xattrs.ts';

const { MODE, UID, GID, ATIME, MTIME } = SET_ATTR;

/** What is there after the repair, if there was any. */
export function* healDirectory(task: Task, loc: Loc, sight: Sight): Steps<Sight> {
  let now = yield* byGfid(task, loc, sight);
  const found = anomaliesOf(now.layout.pieces);
  if (!mayHeal(found)) return now;
  if (found.missing > 0) now = yield* makeMissing(task, loc, now);
  yield* healAttributes(task, loc, now);
  now = yield* markMds(task, loc, now);
  if (mdsIsDirty(task.volume, now)) yield* healXattrs(task, dirLoc(loc, now), now);
  const after = anomaliesOf(now.layout.pieces);
  if (!needsHeal(after) || !mayHeal(after) || after.missing > 0) return now;
  return yield* healLayout(task, loc, now);
}

const gfidOf = (sight: Sight): string => sight.answers[sight.source]!.values[1]!.iaGfid;

/** The directory by its gfid: names may change meanwhile. */
const dirLoc = (loc: Loc, sight: Sight): Loc => new Loc(loc.inode, null, null, gfidOf(sight));

/** Looks again at all children. */
export function* again(task: Task, loc: Loc): Steps<Sight | null> {
  const { volume } = task;
  const keys = volume.linkedKeys(null);
  const answers = yield* task.ownEach(volume.all, 'lookup', () => [loc, keys]);
  const isThere = answers.some(({ opRet, values }) => opRet >= 0 && values[1] !== null);
  return isThere ? look(volume, loc, answers) : null;
}

/** Children without the directory get it. */
function* makeMissing(task: Task, loc: Loc, sight: Sight): Steps<Sight> {
  const { volume } = task;
  const child = volume.hashed(loc);
  if (loc.parent === null || loc.name === null || child === NOWHERE) return sight;
  if ((yield* protectNamespace(task, child, loc)) !== 0) return sight;
  let now = yield* byGfid(task, loc, (yield* again(task, loc)) ?? sight);
  const missing = volume.all.filter((at) => isMissing(now, at));
  if (missing.length > 0 && missing.length < volume.all.length) {
    yield* makeOn(task, loc, now, missing);
    now = yield* byGfid(task, loc, (yield* again(task, loc)) ?? now);
  }
  yield* unprotectNamespace(task, child, loc);
  return now;
}

/**
 * What children have of the directory that do not have it by this name: a rename was ended before it
 * came to them. They must not get it twice, and what they have of it is part of it.
 */
function* byGfid(task: Task, loc: Loc, sight: Sight): Steps<Sight> {
  const { volume } = task;
  const gfid = gfidOf(sight);
  const without = volume.all.filter((at) => isMissing(sight, at) || hasOther(sight, at));
  if (loc.parent === null || without.length === 0) return sight;
  // An inode that is new remembers what it was answered with last: that has to be the directory.
  const own = loc.inode?.linked === false ? loc.inode : loc.parent.table.newInode();
  const keys = volume.linkedKeys(null);
  const nameless = new Loc(own, null, null, gfid);
  const found = yield* task.ownEach(without, 'lookup', () => [nameless, keys]);
  if (own !== loc.inode) own.forgetCtx();
  if (!found.some(isDirectory)) return sight;
  const answers = [...sight.answers];
  without.forEach((at, i) => {
    if (isDirectory(found[i]!)) answers[at] = found[i]!;
  });
  return look(volume, loc, answers);
}

/** Whether a child has another directory of this name. */
const hasOther = (sight: Sight, child: number): boolean => {
  const answer = sight.answers[child]!;
  return isDirectory(answer) && answer.values[1]!.iaGfid !== gfidOf(sight);
};

function* makeOn(task: Task, loc: Loc, sight: Sight, children: readonly number[]): Steps<void> {
  const from = sight.answers[sight.source]!.values[1]!;
  const xdata = new Dict().setGfid(GFID_REQ, from.iaGfid);
  const made = yield* task.ownEach(children, 'mkdir', () => [loc, from.iaProt, 0, xdata]);
  const done = children.filter((_, at) => made[at]!.opRet >= 0);
  const dir = dirLoc(loc, sight);
  yield* task.ownEach(done, 'setattr', () => [dir, from, MODE | UID | GID | ATIME | MTIME, null]);
  const attributes = yield* attributesOf(task, sight.source, dir);
  if (attributes.size > 0) {
    yield* task.ownEach(done, 'setxattr', () => [dir, attributes, 0, sharing(attributes)]);
  }
}

const isMissing = ({ layout }: Sight, child: number): boolean =>
  anomaliesOf([layout.pieces[child]!]).missing > 0;

/** Mode and owner are everywhere what they are on the child whose attributes count. */
function* healAttributes(task: Task, loc: Loc, sight: Sight): Steps<void> {
  const { answers, source } = sight;
  const from = answers[source]!.values[1]!;
  const differing = answers
    .map((_, child) => child)
    .filter((child) => {
      const { opRet, values } = answers[child]!;
      const buf = values[1];
      if (opRet < 0 || buf === null || buf.iaGfid !== from.iaGfid) return false;
      return buf.iaProt !== from.iaProt || buf.iaUid !== from.iaUid || buf.iaGid !== from.iaGid;
    });
  if (differing.length === 0) return;
  const dir = dirLoc(loc, sight);
  yield* task.ownEach(differing, 'setattr', () => [dir, from, MODE | UID | GID, null]);
}

/** Some child has to be the one whose attributes count. */
function* markMds(task: Task, loc: Loc, sight: Sight): Steps<Sight> {
  if (sight.mds !== NOWHERE || gfidOf(sight) === ROOT_GFID) return sight;
  const child = task.volume.hashed(loc);
  if (child === NOWHERE || sight.layout.pieces[child]!.err !== 0) return sight;
  const dict = new Dict().set(task.volume.keys.mds, new Uint8Array(4));
  const set = yield* task.own(child, 'setxattr', dirLoc(loc, sight), dict, 0, null);
  return set.opRet < 0 ? sight : { ...sight, mds: child };
}

/** Ranges are dealt out anew, on all children at once. */
function* healLayout(task: Task, loc: Loc, sight: Sight): Steps<Sight> {
  const { volume } = task;
  const dir = dirLoc(loc, sight);
  if ((yield* lockLayout(task, dir)) !== 0) return sight;
  const now = yield* again(task, dir);
  let healed = now ?? sight;
  const found = now === null ? null : anomaliesOf(now.layout.pieces);
  if (found !== null && isBroken(found) && mayHeal(found) && found.missing === 0) {
    const { layout } = healed;
    const isNew = !layout.pieces.some(takesPart);
    const what = `holes=${found.holes} overlaps=${found.overlaps}`;
    if (!isNew) {
      volume.xl.log.info(`the layout of ${loc.path} is made anew (${what})`, {
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

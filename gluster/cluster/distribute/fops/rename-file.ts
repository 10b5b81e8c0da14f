/**
 * Renames a file, which stays on its child S. The rename on the new name's child H decides: all steps before it
 * can be undone, all after it clean up. O is the child of the old name's hash, D the child of a replaced file.
 *
 *     S is not D                                    S is D
 *     H  linkto, old name   (if H is not S, not O)  H  unlink linkto, new name  (if H is not S)
 *     S  link old, new      (if H is not S)         S  rename old, new
 *     H  rename old, new                            H  linkto, new name         (if H is not S)
 *     S  unlink old         (if H is not S)         O  unlink linkto, old name  (if O is not S)
 *     O  unlink linkto, old (if O is not S, not H)
 *     D  unlink new         (if D is not H)
 * Source: GlusterFS `dht-rename.c` (dht_rename_create_links, dht_do_rename, dht_rename_cbk,
 * dht_rename_cleanup).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import { EEXIST, EIO, EISDIR, ENOENT, ESTALE } from '../../../../runtime/core/errno.ts';
import { IA_IFDIR, type Iatt } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/operands.ts';
import type { LookupReply } from '../directory-view.ts';
import { type Distribute, NO_CHILD } from '../distribute.ts';
import { chownLinkto, INTERNAL_FOP, makeLinkto } from '../heal/make-linkto.ts';
import { isLinkto, readTarget } from '../linkto.ts';
import {
  type LockTarget,
  lockFiles,
  lockNames,
  makeFileUnlocks,
  makeNameUnlocks,
} from '../locks.ts';
import { clearVolatile, fixParentSize } from '../merge.ts';
import {
  makeFailure,
  makeInternalCall,
  makeSuccess,
  type Reply,
  type Steps,
  type Task,
} from '../task.ts';
import { lookupEverywhere, makeUnusedLinktoXdata } from './lookup-everywhere.ts';

type RenameReply = Reply<'rename'>;

/** The most attempts of a rename whose names change before they are locked. */
const MAX_ATTEMPTS = 8;

/** The file that has the new name, and its child. */
interface Target {
  readonly child: number;
  readonly inode: Inode;
}

/** The files, names and children of one rename. */
interface RenamePlan {
  readonly inode: Inode;
  readonly from: Loc;
  readonly to: Loc;
  readonly xdata: Dict | null;
  /** The children S, O, H, D of the header's table; D is NO_CHILD if no file is replaced. */
  readonly sourceChild: number;
  readonly oldHashedChild: number;
  readonly newHashedChild: number;
  readonly targetChild: number;
}

/**
 * Renames a file: locks the files and both names, checks that they did not change before, and performs the steps.
 * @param from the old name, and the child of its hash
 * @param to the new name, and the child of its hash
 */
export function* renameFile(
  task: Task,
  inode: Inode,
  from: LockTarget,
  to: LockTarget,
  xdata: Dict | null,
): Steps<RenameReply> {
  const { volume } = task;
  let target = findKnownTarget(volume, to.loc.inode);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const sourceChild = volume.findFileChild(inode);
    if (sourceChild === NO_CHILD) return makeFailure('rename', ESTALE);
    const files = [{ child: sourceChild, loc: new Loc(inode) }];
    if (target !== null && target.inode !== inode) {
      files.push({ child: target.child, loc: new Loc(target.inode) });
    }
    const lockedFiles = yield* lockFiles(task, files);
    if (typeof lockedFiles === 'number') return makeFailure('rename', lockedFiles);
    const errno = yield* lockNames(task, from, to);
    if (errno !== 0) {
      yield* task.windInternalCalls(makeFileUnlocks(lockedFiles));
      return makeFailure('rename', errno);
    }
    const lockedNames = yield* readLockedNames(task, inode, from.loc, to, sourceChild, target);
    const plan: RenamePlan = {
      inode,
      from: from.loc,
      to: to.loc,
      xdata,
      sourceChild,
      oldHashedChild: from.child,
      newHashedChild: to.child,
      targetChild: target?.child ?? NO_CHILD,
    };
    // From here on a partial rename must be completed or undone.
    task.setIgnoresInterrupts(true);
    const reply =
      lockedNames.reply ?? (lockedNames.areLocksCurrent ? yield* performRename(task, plan) : null);
    const unlocks = [
      makeNameUnlocks(from.child, from.loc),
      makeNameUnlocks(to.child, to.loc),
    ].flat();
    yield* task.windInternalCalls([...makeFileUnlocks(lockedFiles), ...unlocks]);
    if (reply !== null) return reply;
    task.setIgnoresInterrupts(false);
    target = lockedNames.target;
    if (lockedNames.isMoved) {
      const lookup = yield* lookupEverywhere(task, from.loc, null);
      if (lookup.opRet < 0) return makeFailure('rename', lookup.opErrno);
    }
  }
  return makeFailure('rename', ESTALE);
}

/** Makes the target from the known inode of the new name; null if the inode or its child is unknown. */
function findKnownTarget(volume: Distribute, inode: Inode | null): Target | null {
  const child = inode === null ? NO_CHILD : volume.findFileChild(inode);
  return inode === null || child === NO_CHILD ? null : { child, inode };
}

/** The state of both names after they were locked. */
interface LockedNames {
  /** The reply to the rename if it is already decided; else null. */
  readonly reply: RenameReply | null;
  /** Whether the locked files are the ones that have the names now. */
  readonly areLocksCurrent: boolean;
  readonly target: Target | null;
  /** Whether the old name is now a linkto: the file is on another child. */
  readonly isMoved: boolean;
}

/** Looks both names up after they were locked, as they may have changed before. */
function* readLockedNames(
  task: Task,
  inode: Inode,
  from: Loc,
  to: LockTarget,
  sourceChild: number,
  target: Target | null,
): Steps<LockedNames> {
  const makeLockedNames = (parts: Partial<LockedNames>): LockedNames => ({
    reply: null,
    areLocksCurrent: false,
    target,
    isMoved: false,
    ...parts,
  });
  const targets: LockTarget[] = [
    { child: sourceChild, loc: from },
    { child: to.child, loc: to.loc },
  ];
  if (target !== null && target.child !== to.child) {
    targets.push({ child: target.child, loc: to.loc });
  }
  const [oldReply, newReply, targetReply] = yield* lookupNames(task, targets);
  if (oldReply!.opRet < 0)
    return makeLockedNames({ reply: makeFailure('rename', oldReply!.opErrno) });
  const [, buf, xdata] = oldReply!.values;
  if (buf!.iaGfid !== inode.gfid) return makeLockedNames({ reply: makeFailure('rename', ESTALE) });
  if (isLinkto(buf!, xdata, task.volume.xattrNames.linkto))
    return makeLockedNames({ isMoved: true });
  const currentTarget = yield* findCurrentTarget(
    task,
    to,
    target,
    newReply!,
    targetReply ?? newReply!,
  );
  if (typeof currentTarget === 'number') {
    return makeLockedNames({ reply: makeFailure('rename', currentTarget) });
  }
  // Both names belong to one file: POSIX requires that rename keeps both.
  if (currentTarget?.inode === inode) return makeLockedNames({ reply: makeUnchangedReply(buf!) });
  const areLocksCurrent =
    currentTarget?.inode === target?.inode && currentTarget?.child === target?.child;
  return makeLockedNames({ areLocksCurrent, target: currentTarget });
}

/** Looks several names up at once, with temporary inodes. */
function* lookupNames(task: Task, targets: readonly LockTarget[]): Steps<LookupReply[]> {
  const requestXdata = task.volume.addDirectoryRequests(null);
  const inodes = targets.map(({ loc }) => loc.parent!.table.newInode());
  const calls = targets.map(({ child, loc }, index) =>
    makeInternalCall(child, 'lookup', new Loc(inodes[index]!, loc.parent, loc.name), requestXdata),
  );
  const replies = yield* task.windInternalCalls(calls);
  for (const inode of inodes) inode.forgetCtx();
  return replies as LookupReply[];
}

/** Finds the file that has the new name. @returns the file; null if the name is free; or the errno */
function* findCurrentTarget(
  task: Task,
  to: LockTarget,
  target: Target | null,
  newReply: LookupReply,
  targetReply: LookupReply,
): Steps<Target | null | number> {
  const { linkto } = task.volume.xattrNames;
  const isFile = ({ opRet, values }: LookupReply): boolean =>
    opRet >= 0 && !isLinkto(values[1]!, values[2], linkto);
  if (isFile(newReply)) return makeTarget(to.child, to.loc, newReply);
  if (newReply.opRet < 0 && newReply.opErrno !== ENOENT) return newReply.opErrno;
  if (target !== null && isFile(targetReply)) return makeTarget(target.child, to.loc, targetReply);
  if (newReply.opRet < 0) return null;
  const name = readTarget(newReply.values[2], linkto);
  const child = name === undefined ? NO_CHILD : task.volume.findChildByName(name);
  if (child === NO_CHILD || child === target?.child) return null;
  const [fileReply] = yield* lookupNames(task, [{ child, loc: to.loc }]);
  if (fileReply!.opRet < 0) return fileReply!.opErrno === ENOENT ? null : fileReply!.opErrno;
  const isLinkedFile =
    isFile(fileReply!) && fileReply!.values[1]!.iaGfid === newReply.values[1]!.iaGfid;
  return isLinkedFile ? makeTarget(child, to.loc, fileReply!) : null;
}

/** Finds or makes the inode of the file that has the new name. @returns the target, or the errno */
function makeTarget(child: number, loc: Loc, { values: [, buf] }: LookupReply): Target | number {
  if (buf!.iaType === IA_IFDIR) return EISDIR;
  const { table } = loc.parent!;
  const inode = table.find(buf!.iaGfid) ?? table.link(table.newInode(), null, null, buf!);
  return inode === null ? EIO : { child, inode };
}

/** Makes the reply of a rename that succeeds without a change. */
export const makeUnchangedReply = (buf: Iatt | null): RenameReply =>
  makeSuccess('rename', buf, null, null, null, null, null);

const performRename = (task: Task, plan: RenamePlan): Steps<RenameReply> =>
  plan.sourceChild === plan.targetChild
    ? replaceOnSameChild(task, plan)
    : renameToOtherChild(task, plan);

/** Makes the xdata of a fop that no application requested. */
const makeInternalXdata = (): Dict => new Dict().set(INTERNAL_FOP, 'yes');

/** Renames over no file, or over a file on another child. */
function* renameToOtherChild(task: Task, plan: RenamePlan): Steps<RenameReply> {
  const { inode, from, to, xdata, sourceChild, oldHashedChild, newHashedChild } = plan;
  if (newHashedChild === sourceChild) {
    const reply = yield* task.windOne(sourceChild, 'rename', from, to, xdata);
    return reply.opRet < 0 ? reply : makeRenameReply(reply, yield* removeOldFiles(task, plan));
  }
  if (newHashedChild !== oldHashedChild) {
    const errno = yield* makeOldLinkto(task, plan);
    if (errno !== 0) return makeFailure('rename', errno);
  }
  const newLoc = new Loc(inode, to.parent, to.name);
  const attributes = yield* linkSource(task, plan, newLoc);
  if (typeof attributes === 'number') {
    if (newHashedChild !== oldHashedChild)
      yield* task.windInternal(newHashedChild, 'unlink', from, 0, makeUnusedLinktoXdata());
    return makeFailure('rename', attributes);
  }
  let reply = yield* task.windInternal(newHashedChild, 'rename', from, to, xdata);
  if (reply.opRet < 0 && reply.opErrno === ENOENT && newHashedChild === oldHashedChild) {
    // The old name's child had no linkto to the file.
    yield* makeLinkto(task, from, newHashedChild, sourceChild, inode.gfid);
    reply = yield* task.windInternal(newHashedChild, 'rename', from, to, xdata);
  }
  if (reply.opRet < 0) {
    // If the undo fails as well, its errors are ignored: a later rename replaces what is left.
    const undoCalls = [makeInternalCall(sourceChild, 'unlink', newLoc, 0, makeInternalXdata())];
    if (newHashedChild !== oldHashedChild)
      undoCalls.push(makeInternalCall(newHashedChild, 'unlink', from, 0, makeUnusedLinktoXdata()));
    yield* task.windInternalCalls(undoCalls);
    return reply;
  }
  yield* removeOldFiles(task, plan);
  yield* chownLinkto(task, to, newHashedChild, attributes);
  return makeReplyWithoutParents(reply, attributes);
}

/**
 * Makes a linkto of the old name on the new name's child. Replaces a linkto that an interrupted rename left.
 * @returns 0, or the errno
 */
function* makeOldLinkto(task: Task, plan: RenamePlan): Steps<number> {
  const { inode, from, newHashedChild, sourceChild } = plan;
  const makeOnce = (): Steps<Reply<'mknod'>> =>
    makeLinkto(task, from, newHashedChild, sourceChild, inode.gfid);
  let reply = yield* makeOnce();
  if (reply.opRet < 0 && reply.opErrno === EEXIST) {
    const unlinkReply = yield* task.windInternal(
      newHashedChild,
      'unlink',
      from,
      0,
      makeUnusedLinktoXdata(),
    );
    if (unlinkReply.opRet >= 0) reply = yield* makeOnce();
  }
  return reply.opRet < 0 ? reply.opErrno : 0;
}

/** Links the file to its new name. @returns the file's attributes after that, or the errno */
function* linkSource(
  task: Task,
  { inode, from, sourceChild }: RenamePlan,
  newLoc: Loc,
): Steps<Iatt | number> {
  const linkOnce = (): Steps<Reply<'link'>> =>
    task.windInternal(
      sourceChild,
      'link',
      new Loc(inode, from.parent, from.name),
      newLoc,
      makeInternalXdata(),
    );
  let reply = yield* linkOnce();
  if (reply.opRet < 0 && reply.opErrno === EEXIST) {
    const [existing] = yield* lookupNames(task, [{ child: sourceChild, loc: newLoc }]);
    const [, buf, xdata] = existing!.values;
    // An interrupted rename left this link.
    if (buf?.iaGfid === inode.gfid) return buf;
    if (buf !== null && isLinkto(buf, xdata, task.volume.xattrNames.linkto)) {
      const unlinkReply = yield* task.windInternal(
        sourceChild,
        'unlink',
        newLoc,
        0,
        makeUnusedLinktoXdata(),
      );
      if (unlinkReply.opRet >= 0) reply = yield* linkOnce();
    }
  }
  return reply.opRet < 0 ? reply.opErrno : reply.values[1]!;
}

/** Renames over a file on the same child. */
function* replaceOnSameChild(task: Task, plan: RenamePlan): Steps<RenameReply> {
  const { inode, from, to, xdata, sourceChild, newHashedChild } = plan;
  const hasLinkto = newHashedChild !== sourceChild;
  if (hasLinkto) {
    const unlinkReply = yield* task.windInternal(
      newHashedChild,
      'unlink',
      to,
      0,
      makeUnusedLinktoXdata(),
    );
    if (unlinkReply.opRet < 0 && unlinkReply.opErrno !== ENOENT)
      return makeFailure('rename', unlinkReply.opErrno);
  }
  const reply = yield* task.windOne(sourceChild, 'rename', from, to, xdata);
  if (hasLinkto) {
    // The file that has the new name now: after a failure still the old one.
    const remainingInode = reply.opRet >= 0 ? inode : to.inode;
    const linkto =
      remainingInode &&
      (yield* makeLinkto(task, to, newHashedChild, sourceChild, remainingInode.gfid));
    const buf = reply.values[0];
    if (linkto !== null && linkto.opRet >= 0 && buf !== null) {
      yield* chownLinkto(task, to, newHashedChild, buf);
    }
  }
  if (reply.opRet < 0) return reply;
  const hasRemoved = yield* removeOldFiles(task, plan);
  return makeRenameReply(reply, hasLinkto || hasRemoved);
}

/**
 * Removes the old name, and the replaced file.
 * @returns whether further children had to change
 */
function* removeOldFiles(task: Task, plan: RenamePlan): Steps<boolean> {
  const { from, to, sourceChild, oldHashedChild, newHashedChild, targetChild } = plan;
  const renameChild = sourceChild === targetChild ? sourceChild : newHashedChild;
  const calls = [];
  if (sourceChild !== renameChild)
    calls.push(makeInternalCall(sourceChild, 'unlink', from, 0, makeInternalXdata()));
  if (oldHashedChild !== sourceChild && oldHashedChild !== renameChild) {
    calls.push(makeInternalCall(oldHashedChild, 'unlink', from, 0, makeUnusedLinktoXdata()));
  }
  if (targetChild !== NO_CHILD && targetChild !== renameChild) {
    calls.push(makeInternalCall(targetChild, 'unlink', to, 0, makeInternalXdata()));
  }
  yield* task.windInternalCalls(calls);
  return calls.length > 0;
}

/** Makes the reply of a successful rename. @param changesSeveralChildren whether further children removed names */
const makeRenameReply = (reply: RenameReply, changesSeveralChildren: boolean): RenameReply =>
  changesSeveralChildren
    ? makeReplyWithoutParents(reply, reply.values[0])
    : makeSuccess('rename', reply.values[0], ...mergeParents(reply), reply.values[5]);

/** Derives the attributes of both parent directories, before and after the rename, from one child's reply. */
const mergeParents = ({
  values,
}: RenameReply): [Iatt | null, Iatt | null, Iatt | null, Iatt | null] => [
  fixParentSize(values[1]),
  fixParentSize(values[2]),
  fixParentSize(values[3]),
  fixParentSize(values[4]),
];

/** Makes a reply without the directories' attributes: they changed on several children, so a caller must read them. */
const makeReplyWithoutParents = (
  { values: [, , , , , xdata] }: RenameReply,
  buf: Iatt | null,
): RenameReply => makeSuccess('rename', buf && clearVolatile(buf), null, null, null, null, xdata);

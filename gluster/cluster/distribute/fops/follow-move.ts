/**
 * Follows files that a rebalance moves while they are in use.
 *
 * While a file is copied, it has the mode bits set-group-id and sticky: changes go to the source, then to the copy.
 * Then the source becomes a linkto and is removed: requests are repeated on the target, and open files opened there.
 * Source: GlusterFS `dht-helper.c` (dht_rebalance_in_progress_check, dht_rebalance_complete_check),
 * `dht-inode-write.c`.
 */

import { copyBytes } from '../../../../runtime/core/bytes.ts';
import { Dict } from '../../../../runtime/core/dict.ts';
import { EBADF, EBADFD, EIO, ENODATA, ENOENT, ESTALE } from '../../../../runtime/core/errno.ts';
import { findFop } from '../../../../runtime/core/fops.ts';
import type { FopName, FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { Iatt } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { O_CREAT, O_EXCL, O_TRUNC } from '../../../../runtime/core/open-flags.ts';
import { Fd, Loc } from '../../../../runtime/core/operands.ts';
import { IATT_REQ, PROTECT_WRITES } from '../../../../runtime/core/xdata.ts';
import { Move, NO_CHILD } from '../distribute.ts';
import { mayBeLinkto, mayBeMigrating, readTarget, removeMigrationBits } from '../linkto.ts';
import { makeFailure, type Reply, type Steps, type Task } from '../task.ts';
import { lookupEverywhere } from './lookup-everywhere.ts';

/** The signs of a move that a reply may show; a greater number is more certain. */
export const UNMOVED = 0;
const MAYBE_COPYING = 1;
const MOVED_AWAY = 2;

/** The most moves of a file that one fop follows. */
const MAX_MOVES = 8;

/** Names of the file's attributes in replies. */
const IATT_NAMES: ReadonlySet<string> = new Set([
  'buf',
  'stbuf',
  'prebuf',
  'postbuf',
  'statpre',
  'statpost',
]);

/** Fops that must be repeated on the copy. */
const CHANGING_FOPS: ReadonlySet<FopName> = new Set<FopName>([
  'writev',
  'truncate',
  'ftruncate',
  'fallocate',
  'discard',
  'zerofill',
  'setattr',
  'fsetattr',
  'setxattr',
  'fsetxattr',
  'removexattr',
  'fremovexattr',
  'fsync',
]);

/** Changes whose replies carry the file's attributes only on request, in xdata. */
const FOPS_WITHOUT_ATTRIBUTES: ReadonlySet<FopName> = new Set<FopName>([
  'setxattr',
  'fsetxattr',
  'removexattr',
  'fremovexattr',
]);

/** Whether a fop needs `addStatRequest`. */
export const needsStatRequest = (fop: FopName): boolean => FOPS_WITHOUT_ATTRIBUTES.has(fop);

/** Adds a request to a fop's xdata for the file's attributes, which show a move. */
export const addStatRequest = (args: readonly unknown[]): readonly unknown[] =>
  addXdata(args, IATT_REQ);

const addXdata = (args: readonly unknown[], key: string): readonly unknown[] => [
  ...args.slice(0, -1),
  ((args.at(-1) as Dict | null)?.copy() ?? new Dict()).set(key, 1),
];

/** Errnos of a child that no longer has the file, or has not opened the fd. */
const GONE_ERRNOS: ReadonlySet<number> = new Set([ENOENT, ESTALE, EBADF, EBADFD]);

/** Finds the indexes of the file's attributes in a fop's reply. */
const findIattIndexes = (fop: FopName): number[] =>
  findFop(fop)!.reply.flatMap(({ name }, index) => (IATT_NAMES.has(name) ? [index] : []));

/** Makes a function that reads the sign of a move (UNMOVED, MAYBE_COPYING, MOVED_AWAY) in a fop's replies. */
export function makeMoveSignReader(
  fop: FopName,
): (opRet: number, opErrno: number, values: readonly unknown[]) => number {
  const iattIndexes = findIattIndexes(fop);
  const hasStatRequest = needsStatRequest(fop);
  return (opRet, opErrno, values) => {
    if (opRet < 0) return GONE_ERRNOS.has(opErrno) ? MOVED_AWAY : UNMOVED;
    let sign = hasStatRequest ? readMoveSign(readXdataStat(values)) : UNMOVED;
    for (let index = 0; index < iattIndexes.length; index++) {
      sign = Math.max(sign, readMoveSign(values[iattIndexes[index]!] as Iatt | null));
    }
    return sign;
  };
}

function readMoveSign(buf: Iatt | null): number {
  if (buf === null) return UNMOVED;
  if (mayBeLinkto(buf)) return MOVED_AWAY;
  return mayBeMigrating(buf) ? MAYBE_COPYING : UNMOVED;
}

/** Reads the file's attributes from a reply's xdata; null if it has no attributes. */
function readXdataStat(values: readonly unknown[]): Iatt | null {
  const buf = (values.at(-1) as Dict | null)?.get(IATT_REQ);
  return buf instanceof Iatt ? buf : null;
}

/** A fop on a file, as the caller requested it. */
export interface FileRequest<N extends FopName> {
  readonly fop: N;
  readonly args: readonly unknown[];
  /** The first argument that is a loc or an fd. */
  readonly subject: unknown;
  readonly inode: Inode;
}

/** Winds a fop to a file that may have moved, then calls `followMove` for the reply. */
export function* windToMovingFile<N extends FopName>(
  task: Task,
  request: FileRequest<N>,
): Steps<Reply<N>> {
  const { volume } = task;
  const { fop, args, inode } = request;
  const move = volume.findMove(inode);
  // If this fails, so does the fop: the child refuses an fd that it has not opened.
  if (move?.isComplete) yield* openOnChild(task, request, move.target);
  const child = volume.findFileChild(inode);
  const reply = yield* task.windOne(child, fop, ...(args as FopTable[N]['args']));
  // A reply with the file's attributes and no sign of a move shows that the rebalance has stopped copying the file.
  const hasAttributes =
    findIattIndexes(fop).length > 0 || (needsStatRequest(fop) && readXdataStat(reply.values));
  const showsMoveState = reply.opRet >= 0 && hasAttributes;
  const isUnmoved =
    showsMoveState && makeMoveSignReader(fop)(reply.opRet, reply.opErrno, reply.values) === UNMOVED;
  if (isUnmoved && move?.isComplete === false) volume.cancelMove(inode, move);
  return yield* followMove(task, request, child, reply);
}

/**
 * Handles a reply that may show a move: repeats the fop on the copy or the target.
 * @param replyingChild the child that sent the reply
 * @returns the final reply
 */
export function* followMove<N extends FopName>(
  task: Task,
  request: FileRequest<N>,
  replyingChild: number,
  firstReply: Reply<N>,
): Steps<Reply<N>> {
  const { fop, args, inode } = request;
  const readReplySign = makeMoveSignReader(fop);
  let child = replyingChild;
  let reply = firstReply;
  for (let moveCount = 0; moveCount < MAX_MOVES; moveCount++) {
    const sign = readReplySign(reply.opRet, reply.opErrno, reply.values);
    if (sign === UNMOVED) break;
    reply = keepData(fop, reply);
    if (sign === MAYBE_COPYING) {
      const target = yield* findCopyTarget(task, inode, child);
      if (target === NO_CHILD || target === child) return reply;
      if (!CHANGING_FOPS.has(fop)) return hideMigration(fop, reply);
      return yield* changeCopy(task, request, target, reply);
    }
    const target = yield* findCurrentChild(task, inode, child);
    if (target === NO_CHILD || target === child) break;
    task.volume.setMove(inode, new Move(child, target, true));
    if (!(yield* openOnChild(task, request, target))) return makeFailure(fop, EIO);
    child = target;
    reply = yield* task.windOne(child, fop, ...(args as FopTable[N]['args']));
  }
  return reply;
}

/** Copies the data of a read: its memory may be the caller's, which the next request reuses (`Frame.readBuffer`). */
function keepData<N extends FopName>(fop: N, reply: Reply<N>): Reply<N> {
  if (fop !== 'readv' || reply.opRet <= 0) return reply;
  const [vector, ...others] = reply.values as FopTable['readv']['reply'];
  return { ...reply, values: [copyBytes(vector!), ...others] as FopTable[N]['reply'] };
}

/** Finds the child to which a file is copied; the same child if only an application set these mode bits. */
function* findCopyTarget(task: Task, inode: Inode, child: number): Steps<number> {
  const move = task.volume.findMove(inode);
  if (move?.source === child && !move.isComplete) return move.target;
  const target = yield* findCurrentChild(task, inode, child);
  const isNew = move === null && target !== NO_CHILD && target !== child;
  if (isNew) task.volume.setMove(inode, new Move(child, target, false));
  return target;
}

/** Repeats a change on the copy. @returns the source's reply */
function* changeCopy<N extends FopName>(
  task: Task,
  request: FileRequest<N>,
  target: number,
  reply: Reply<N>,
): Steps<Reply<N>> {
  const { fop } = request;
  const args = makeCopyArgs(request);
  if (!(yield* openOnChild(task, request, target))) return makeFailure(fop, EIO);
  const copyReply = yield* task.windOne(target, fop, ...(args as FopTable[N]['args']));
  const hasFailed =
    copyReply.opRet < 0 && !GONE_ERRNOS.has(copyReply.opErrno) && !isAbsentFromCopy(fop, copyReply);
  return hasFailed ? copyReply : hideMigration(fop, reply);
}

/** Whether the xattr to remove is merely absent from the copy. */
const isAbsentFromCopy = (fop: FopName, { opErrno }: { readonly opErrno: number }): boolean =>
  opErrno === ENODATA && (fop === 'removexattr' || fop === 'fremovexattr');

/**
 * Makes the arguments for the copy. The rebalance may have read this part of the file before the write, and would then
 * overwrite the new data. PROTECT_WRITES makes the brick refuse that, and a later rebalance moves the file.
 * The flags of setxattr are cleared: the source has checked them, and the copy may differ from the source.
 * Source: GlusterFS `dht-inode-write.c` (dht_writev_cbk), `posix-helpers.c` (posix_check_internal_writes).
 */
function makeCopyArgs({ fop, args }: FileRequest<FopName>): readonly unknown[] {
  if (fop === 'writev') return addXdata(args, PROTECT_WRITES);
  if (fop !== 'setxattr' && fop !== 'fsetxattr') return args;
  const [subject, dict, _flags, xdata] = args;
  return [subject, dict, 0, xdata];
}

/** Finds the file's child: the one that the source's xattr names, if it has the file; else one that a lookup finds. */
function* findCurrentChild(task: Task, inode: Inode, child: number): Steps<number> {
  const { volume } = task;
  const loc = new Loc(inode);
  const sourceReply = yield* task.windInternal(child, 'lookup', loc, volume.addFileRequests(null));
  const targetName =
    sourceReply.opRet < 0 ? undefined : readTarget(sourceReply.values[2], volume.xattrNames.linkto);
  const target = targetName === undefined ? NO_CHILD : volume.findChildByName(targetName);
  if (target !== NO_CHILD) {
    const targetReply = yield* task.windInternal(
      target,
      'lookup',
      loc,
      volume.addFileRequests(null),
    );
    if (targetReply.opRet >= 0 && targetReply.values[1]?.iaGfid === inode.gfid) return target;
  }
  if (sourceReply.opRet >= 0 && !mayBeLinkto(sourceReply.values[1]!)) return child;
  const lookup = yield* lookupEverywhere(task, loc, null);
  return lookup.opRet < 0 ? NO_CHILD : volume.findFileChild(inode);
}

/** Opens an open file on another child too. @returns whether it is open there */
function* openOnChild<N extends FopName>(
  task: Task,
  { subject, inode, fop }: FileRequest<N>,
  child: number,
): Steps<boolean> {
  if (!(subject instanceof Fd) || fop === 'open') return true;
  const { xl } = task.volume;
  const openChildren = subject.ctxGet(xl) as Set<number> | undefined;
  if (openChildren?.has(child)) return true;
  const flags = subject.flags & ~(O_CREAT | O_EXCL | O_TRUNC);
  const { opRet } = yield* task.windInternal(child, 'open', new Loc(inode), flags, subject, null);
  if (opRet >= 0) subject.ctxSet(xl, (openChildren ?? new Set<number>()).add(child));
  return opRet >= 0;
}

/** Removes the mode bits that mark a file as being copied, so that the caller does not see them. */
function hideMigration<N extends FopName>(fop: N, reply: Reply<N>): Reply<N> {
  const values = [...reply.values] as unknown[];
  for (const index of findIattIndexes(fop)) {
    const buf = values[index] as Iatt | null;
    if (buf !== null && mayBeMigrating(buf)) values[index] = removeMigrationBits(buf);
  }
  return { ...reply, values: values as never };
}

/**
 * Follows files that a rebalance moves while they are in use.
 *
 * While copied, a file has the bits S and T: changes go to the source, then to the copy. Afterwards the source is a
 * linkto, and soon gone: requests are repeated on the target, and open files are opened there.
 * Source: GlusterFS `dht-helper.c` (dht_rebalance_in_progress_check, dht_rebalance_complete_check),
 * `dht-inode-write.c`.
 */

import { constants } from 'node:fs';
import { Dict } from '../../../../runtime/core/dict.ts';
import { EBADF, EIO, ENODATA, ENOENT, ESTALE } from '../../../../runtime/core/errno.ts';
import { Fd } from '../../../../runtime/core/fd.ts';
import { findFop } from '../../../../runtime/core/fops.ts';
import type { FopName, FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { IA_IFREG, Iatt } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { IATT_REQ, PROTECT_WRITES } from '../../../../runtime/core/xdata.ts';
import { Move, NOWHERE } from '../distribute.ts';
import { LINKTO_MODE, maybeMigrating, targetOf, withoutMigration } from '../linkto.ts';
import { failure, type Reply, type Steps, type Task } from '../task.ts';
import { lookupEverywhere } from './lookup-everywhere.ts';

/** Signs of a move in a reply; the greater one is the more certain. */
export const STAYS = 0;
const MAY_BE_COPIED = 1;
const HAS_LEFT = 2;

/** The most moves of a file that one fop follows. */
const MOST_MOVES = 8;

/** Names of the file's attributes in replies. */
const STATS: ReadonlySet<string> = new Set([
  'buf',
  'stbuf',
  'prebuf',
  'postbuf',
  'statpre',
  'statpost',
]);

/** Fops that must be repeated on the copy. */
const CHANGES: ReadonlySet<FopName> = new Set<FopName>([
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
const ASK_FOR_STATS: ReadonlySet<FopName> = new Set<FopName>([
  'setxattr',
  'fsetxattr',
  'removexattr',
  'fremovexattr',
]);

/** Whether a fop needs `askingForStats`. */
export const needsStat = (fop: FopName): boolean => ASK_FOR_STATS.has(fop);

/** Arguments that request the attributes which reveal a move. */
export const withStat = (args: readonly unknown[]): readonly unknown[] => withXdata(args, IATT_REQ);

const withXdata = (args: readonly unknown[], key: string): readonly unknown[] => [
  ...args.slice(0, -1),
  ((args.at(-1) as Dict | null)?.copy() ?? new Dict()).set(key, 1),
];

const GONE: ReadonlySet<number> = new Set([ENOENT, ESTALE, EBADF]);

const statsOf = (fop: FopName): number[] =>
  findFop(fop)!.reply.flatMap(({ name }, index) => (STATS.has(name) ? [index] : []));

const isLinktoNow = ({ iaProt, iaType }: Iatt): boolean =>
  iaType === IA_IFREG && iaProt === LINKTO_MODE;

/** Makes a function that reads the sign in a fop's replies. */
export function signReader(
  fop: FopName,
): (opRet: number, opErrno: number, values: readonly unknown[]) => number {
  const stats = statsOf(fop);
  const asks = needsStat(fop);
  return (opRet, opErrno, values) => {
    if (opRet < 0) return GONE.has(opErrno) ? HAS_LEFT : STAYS;
    let sign = asks ? signIn(statInXdata(values)) : STAYS;
    for (let at = 0; at < stats.length; at++) {
      sign = Math.max(sign, signIn(values[stats[at]!] as Iatt | null));
    }
    return sign;
  };
}

function signIn(buf: Iatt | null): number {
  if (buf === null) return STAYS;
  if (isLinktoNow(buf)) return HAS_LEFT;
  return maybeMigrating(buf) ? MAY_BE_COPIED : STAYS;
}

/** The file's attributes in a reply's xdata; null without. */
function statInXdata(values: readonly unknown[]): Iatt | null {
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

/** Winds a fop to a file that may have moved; handles the reply as `followMove`. */
export function* windMoving<N extends FopName>(
  task: Task,
  request: FileRequest<N>,
): Steps<Reply<N>> {
  const { volume } = task;
  const { fop, args, inode } = request;
  const move = volume.moveOf(inode);
  if (move?.isOver) yield* openOnChild(task, request, move.target);
  const child = volume.childOf(inode);
  const answer = yield* task.one(child, fop, ...(args as FopTable[N]['args']));
  const hasStats = statsOf(fop).length > 0 || (needsStat(fop) && statInXdata(answer.values));
  const says = answer.opRet >= 0 && hasStats;
  const stays = says && signReader(fop)(answer.opRet, answer.opErrno, answer.values) === STAYS;
  if (stays && move?.isOver === false) volume.cancelMove(inode, move);
  return yield* followMove(task, request, child, answer);
}

/** Handles a reply that shows that the file is moved. @returns the final reply */
export function* followMove<N extends FopName>(
  task: Task,
  request: FileRequest<N>,
  from: number,
  first: Reply<N>,
): Steps<Reply<N>> {
  const { fop, args, inode } = request;
  const sign = signReader(fop);
  let child = from;
  let answer = first;
  for (let moves = 0; moves < MOST_MOVES; moves++) {
    const said = sign(answer.opRet, answer.opErrno, answer.values);
    if (said === STAYS) break;
    if (said === MAY_BE_COPIED) {
      const target = yield* copyTarget(task, inode, child);
      if (target === NOWHERE || target === child) return answer;
      if (!CHANGES.has(fop)) return withoutMigrationBits(fop, answer);
      return yield* changeCopy(task, request, target, answer);
    }
    const target = yield* currentChild(task, inode, child);
    if (target === NOWHERE || target === child) break;
    task.volume.setMove(inode, new Move(child, target, true));
    if (!(yield* openOnChild(task, request, target))) return failure(fop, EIO);
    child = target;
    answer = yield* task.one(child, fop, ...(args as FopTable[N]['args']));
  }
  return answer;
}

/** The child to which a file is copied; its own child if it merely has these mode bits. */
function* copyTarget(task: Task, inode: Inode, child: number): Steps<number> {
  const known = task.volume.moveOf(inode);
  if (known?.source === child && !known.isOver) return known.target;
  const target = yield* currentChild(task, inode, child);
  const isNew = known === null && target !== NOWHERE && target !== child;
  if (isNew) task.volume.setMove(inode, new Move(child, target, false));
  return target;
}

/** Repeats a change on the copy. @returns the source's reply */
function* changeCopy<N extends FopName>(
  task: Task,
  request: FileRequest<N>,
  target: number,
  answer: Reply<N>,
): Steps<Reply<N>> {
  const { fop } = request;
  const args = argsForCopy(request);
  if (!(yield* openOnChild(task, request, target))) return failure(fop, EIO);
  const again = yield* task.one(target, fop, ...(args as FopTable[N]['args']));
  const isLost = again.opRet < 0 && !GONE.has(again.opErrno) && !isAbsentFromCopy(fop, again);
  return isLost ? again : withoutMigrationBits(fop, answer);
}

/** Whether the xattr to remove is merely absent from the copy. */
const isAbsentFromCopy = (fop: FopName, { opErrno }: { readonly opErrno: number }): boolean =>
  opErrno === ENODATA && (fop === 'removexattr' || fop === 'fremovexattr');

/**
 * Arguments for the copy. The rebalance may have read this part of the file before the write, and would overwrite it:
 * with the mark, the brick refuses that, and the file is moved another time. The flags of setxattr were checked on
 * the source: the copy may have the xattr already, or not yet.
 * Source: GlusterFS `dht-inode-write.c` (dht_writev_cbk), `posix-helpers.c` (posix_check_internal_writes).
 */
function argsForCopy({ fop, args }: FileRequest<FopName>): readonly unknown[] {
  if (fop === 'writev') return withXdata(args, PROTECT_WRITES);
  if (fop !== 'setxattr' && fop !== 'fsetxattr') return args;
  const [subject, dict, _flags, xdata] = args;
  return [subject, dict, 0, xdata];
}

/** The child that a source names as target, if it has the file; otherwise the child found by a lookup. */
function* currentChild(task: Task, inode: Inode, child: number): Steps<number> {
  const { volume } = task;
  const loc = new Loc(inode);
  const at = yield* task.own(child, 'lookup', loc, volume.fileKeys(null));
  const name = at.opRet < 0 ? undefined : targetOf(at.values[2], volume.keys.linkto);
  const target = name === undefined ? NOWHERE : volume.indexOf(name);
  if (target !== NOWHERE) {
    const there = yield* task.own(target, 'lookup', loc, volume.fileKeys(null));
    if (there.opRet >= 0 && there.values[1]?.iaGfid === inode.gfid) return target;
  }
  if (at.opRet >= 0 && !isLinktoNow(at.values[1]!)) return child;
  const found = yield* lookupEverywhere(task, loc, null);
  return found.opRet < 0 ? NOWHERE : volume.childOf(inode);
}

const { O_CREAT, O_EXCL, O_TRUNC } = constants;

/** Opens an open file on another child too. @returns whether it is open there */
function* openOnChild<N extends FopName>(
  task: Task,
  { subject, inode, fop }: FileRequest<N>,
  child: number,
): Steps<boolean> {
  if (!(subject instanceof Fd) || fop === 'open') return true;
  const { xl } = task.volume;
  const opened = subject.ctxGet(xl) as Set<number> | undefined;
  if (opened?.has(child)) return true;
  const flags = subject.flags & ~(O_CREAT | O_EXCL | O_TRUNC);
  const { opRet } = yield* task.own(child, 'open', new Loc(inode), flags, subject, null);
  if (opRet >= 0) subject.ctxSet(xl, (opened ?? new Set<number>()).add(child));
  return opRet >= 0;
}

/** Removes the mode bits of a file that is being copied. */
function withoutMigrationBits<N extends FopName>(fop: N, answer: Reply<N>): Reply<N> {
  const values = [...answer.values] as unknown[];
  for (const at of statsOf(fop)) {
    const buf = values[at] as Iatt | null;
    if (buf !== null && maybeMigrating(buf)) values[at] = withoutMigration(buf);
  }
  return { ...answer, values: values as never };
}

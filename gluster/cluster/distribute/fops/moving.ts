/**
 * Files that a rebalance moves while they are used.
 *
 * As long as one is copied, it has the bits S and T: what changes it is done where it is, and then again
 * where it will be. At the end it becomes a linkto, and is gone soon after: what is asked of it then is
 * asked again where it is now, with what was open opened there.
 *
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
import { type Answer, failure, type Steps, type Task } from '../task.ts';
import { lookupEverywhere } from './everywhere.ts';

/** What a reply says of where the file is; what says more is greater. */
export const STAYS = 0;
const MAY_BE_COPIED = 1;
const HAS_LEFT = 2;

/** So often a file is followed within one fop. */
const MOST_MOVES = 8;

/** Attributes of the file in a reply. */
const STATS: ReadonlySet<string> = new Set([
  'buf',
  'stbuf',
  'prebuf',
  'postbuf',
  'statpre',
  'statpost',
]);

/** What has to be done to the copy as well. */
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

/** Changes whose replies have the file's attributes only where they are asked for, in xdata. */
const ASK_FOR_STATS: ReadonlySet<FopName> = new Set<FopName>([
  'setxattr',
  'fsetxattr',
  'removexattr',
  'fremovexattr',
]);

/** Whether a fop on a file needs `askingForStats`. */
export const asksForStats = (fop: FopName): boolean => ASK_FOR_STATS.has(fop);

/** The arguments with which the reply says whether the file is moved. */
export const askingForStats = (args: readonly unknown[]): readonly unknown[] =>
  withXdata(args, IATT_REQ);

const withXdata = (args: readonly unknown[], key: string): readonly unknown[] => [
  ...args.slice(0, -1),
  ((args.at(-1) as Dict | null)?.copy() ?? new Dict()).set(key, 1),
];

const GONE: ReadonlySet<number> = new Set([ENOENT, ESTALE, EBADF]);

const statsOf = (fop: FopName): number[] =>
  findFop(fop)!.reply.flatMap(({ name }, index) => (STATS.has(name) ? [index] : []));

const isLinktoNow = ({ iaProt, iaType }: Iatt): boolean =>
  iaType === IA_IFREG && iaProt === LINKTO_MODE;

/** Reads the replies of a fop. */
export function signOf(
  fop: FopName,
): (opRet: number, opErrno: number, values: readonly unknown[]) => number {
  const stats = statsOf(fop);
  const asks = asksForStats(fop);
  return (opRet, opErrno, values) => {
    if (opRet < 0) return GONE.has(opErrno) ? HAS_LEFT : STAYS;
    let sign = asks ? signIn(toldBeside(values)) : STAYS;
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

/** The file's attributes in a reply's xdata; null where they are not. */
function toldBeside(values: readonly unknown[]): Iatt | null {
  const buf = (values.at(-1) as Dict | null)?.get(IATT_REQ);
  return buf instanceof Iatt ? buf : null;
}

/** A fop on a file, as it was asked. */
export interface Asked<N extends FopName> {
  readonly fop: N;
  readonly args: readonly unknown[];
  /** The first of them that is a loc or an fd. */
  readonly subject: unknown;
  readonly inode: Inode;
}

/** Asks a file that may have moved, and goes on as `followMove`. */
export function* askMoved<N extends FopName>(task: Task, asked: Asked<N>): Steps<Answer<N>> {
  const { volume } = task;
  const { fop, args, inode } = asked;
  const move = volume.moveOf(inode);
  if (move?.isOver) yield* openThere(task, asked, move.target);
  const child = volume.cached(inode);
  const answer = yield* task.one(child, fop, ...(args as FopTable[N]['args']));
  const hasStats = statsOf(fop).length > 0 || (asksForStats(fop) && toldBeside(answer.values));
  const says = answer.opRet >= 0 && hasStats;
  const stays = says && signOf(fop)(answer.opRet, answer.opErrno, answer.values) === STAYS;
  if (stays && move?.isOver === false) volume.stayed(inode, move);
  return yield* followMove(task, asked, child, answer);
}

/** A child has answered in a way that says that the file is moved: what to answer at last. */
export function* followMove<N extends FopName>(
  task: Task,
  asked: Asked<N>,
  from: number,
  first: Answer<N>,
): Steps<Answer<N>> {
  const { fop, args, inode } = asked;
  const sign = signOf(fop);
  let child = from;
  let answer = first;
  for (let moves = 0; moves < MOST_MOVES; moves++) {
    const said = sign(answer.opRet, answer.opErrno, answer.values);
    if (said === STAYS) break;
    if (said === MAY_BE_COPIED) {
      const target = yield* copiedTo(task, inode, child);
      if (target === NOWHERE || target === child) return answer;
      if (!CHANGES.has(fop)) return shown(fop, answer);
      return yield* changeCopy(task, asked, target, answer);
    }
    const target = yield* whereTo(task, inode, child);
    if (target === NOWHERE || target === child) break;
    task.volume.moved(inode, new Move(child, target, true));
    if (!(yield* openThere(task, asked, target))) return failure(fop, EIO);
    child = target;
    answer = yield* task.one(child, fop, ...(args as FopTable[N]['args']));
  }
  return answer;
}

/** Where a file is being copied to; itself for one that is not, and has these bits of its own. */
function* copiedTo(task: Task, inode: Inode, child: number): Steps<number> {
  const known = task.volume.moveOf(inode);
  if (known?.source === child && !known.isOver) return known.target;
  const target = yield* whereTo(task, inode, child);
  const isNew = known === null && target !== NOWHERE && target !== child;
  if (isNew) task.volume.moved(inode, new Move(child, target, false));
  return target;
}

/** The same change where the file will be. What is answered is what was done where it is. */
function* changeCopy<N extends FopName>(
  task: Task,
  asked: Asked<N>,
  target: number,
  answer: Answer<N>,
): Steps<Answer<N>> {
  const { fop } = asked;
  const args = argsForCopy(asked);
  if (!(yield* openThere(task, asked, target))) return failure(fop, EIO);
  const again = yield* task.one(target, fop, ...(args as FopTable[N]['args']));
  const isLost = again.opRet < 0 && !GONE.has(again.opErrno) && !isAbsentFromCopy(fop, again);
  return isLost ? again : shown(fop, answer);
}

/** What is no attribute of the copy need not be removed there. */
const isAbsentFromCopy = (fop: FopName, { opErrno }: { readonly opErrno: number }): boolean =>
  opErrno === ENODATA && (fop === 'removexattr' || fop === 'fremovexattr');

/**
 * Who copies the file may have read this part of it before, and would write that over what is written now:
 * from now on the brick refuses that, and the file is moved another time. Whether an extended attribute may
 * be set was decided where the file is: the copy may have it already, or not yet.
 * Source: GlusterFS `dht-inode-write.c` (dht_writev_cbk), `posix-helpers.c` (posix_check_internal_writes).
 */
function argsForCopy({ fop, args }: Asked<FopName>): readonly unknown[] {
  if (fop === 'writev') return withXdata(args, PROTECT_WRITES);
  if (fop !== 'setxattr' && fop !== 'fsetxattr') return args;
  const [subject, dict, _flags, xdata] = args;
  return [subject, dict, 0, xdata];
}

/** Where a child says that a file of its is, or will be; otherwise who has it. */
function* whereTo(task: Task, inode: Inode, child: number): Steps<number> {
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
  return found.opRet < 0 ? NOWHERE : volume.cached(inode);
}

const { O_CREAT, O_EXCL, O_TRUNC } = constants;

/** Opens what is open with another child, too; false where that fails. */
function* openThere<N extends FopName>(
  task: Task,
  { subject, inode, fop }: Asked<N>,
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

/** Without the bits of a file that is copied. */
function shown<N extends FopName>(fop: N, answer: Answer<N>): Answer<N> {
  const values = [...answer.values] as unknown[];
  for (const at of statsOf(fop)) {
    const buf = values[at] as Iatt | null;
    if (buf !== null && maybeMigrating(buf)) values[at] = withoutMigration(buf);
  }
  return { ...answer, values: values as never };
}

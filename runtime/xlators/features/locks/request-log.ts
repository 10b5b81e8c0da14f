/**
 * Logs a line for each lock request and one for its outcome, in GlusterFS's format (`option trace`).
 * Source: GlusterFS `xlators/features/locks/src/common.c` (pl_trace_in, pl_trace_out).
 */
import { EAGAIN, strerror } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import type { Inode } from '../../../core/inode.ts';
import {
  ENTRYLK_LOCK,
  ENTRYLK_LOCK_NB,
  ENTRYLK_RDLCK,
  ENTRYLK_UNLOCK,
  type Flock,
  lockCommands,
  lockTypes,
} from '../../../core/lock.ts';
import { printable } from '../../../core/log.ts';
import type { Xlator } from '../../../core/xlator.ts';
import type { VolumeLocks } from './volume-locks.ts';

/** Logs an outcome: 0, an errno, or that the request waits. */
export type OutcomeLogger = (outcome: number | 'BLOCKED') => void;

const logNothing: OutcomeLogger = () => {};

/**
 * Logs a request with the text of `formatLock`, and returns the function that logs its outcome. With option `trace`
 * off, neither logs anything.
 */
export function logRequest(
  xl: Xlator<VolumeLocks>,
  { root }: Frame,
  inode: Inode,
  formatLock: () => string,
): OutcomeLogger {
  if (!xl.priv.isTracing) return logNothing;
  const locker = `Pid=${root.pid}, lk-owner=${root.lkOwner}, Frame=${root.unique}`;
  const lockee = `gfid=${inode.gfid}, path=${printable(inode.path)}`;
  const text = `Locker = {${locker}} Lockee = {${lockee}} Lock = {${formatLock()}}`;
  xl.log.info(`[REQUEST] ${text}`);
  return (outcome) => xl.log.info(`[${formatOutcome(outcome)}] ${text}`);
}

function formatOutcome(outcome: number | 'BLOCKED'): string {
  if (typeof outcome === 'string') return outcome;
  if (outcome === 0) return 'GRANTED';
  return outcome === EAGAIN ? 'TRYAGAIN' : strerror(outcome);
}

/** The names of entrylk's commands in log lines. */
const ENTRY_COMMAND_NAMES = new Map([
  [ENTRYLK_LOCK, 'LOCK'],
  [ENTRYLK_LOCK_NB, 'LOCK_NB'],
  [ENTRYLK_UNLOCK, 'UNLOCK'],
]);

/** Formats a lock of a range. @param family the kind of lock, as GlusterFS names it */
export const formatRangeLock = (family: string, cmd: number, { type, start, len }: Flock): string =>
  `lock=${family}, cmd=${lockCommands.get(cmd)}, type=${lockTypes.get(type)}, start=${start}, len=${len}`;

/** Formats a lock of a name in a directory; without a `basename`, of all names. */
export const formatEntryLock = (
  cmd: number,
  type: number,
  basename: string | null,
  domain: string,
): string =>
  `lock=ENTRYLK, cmd=${ENTRY_COMMAND_NAMES.get(cmd)}, ` +
  `type=${type === ENTRYLK_RDLCK ? 'READ' : 'WRITE'}, ` +
  `basename=${basename === null ? '(null)' : printable(basename)}, domain: ${domain}`;

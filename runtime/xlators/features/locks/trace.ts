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
import type { Locks } from './locks.ts';

/** Logs an outcome: 0, an errno, or that the request waits. */
export type Trace = (outcome: number | 'BLOCKED') => void;

const silent: Trace = () => {};

/** Logs a request, with the text that `lock` returns; does nothing while trace is off. */
export function traceRequest(
  xl: Xlator<Locks>,
  { root }: Frame,
  inode: Inode,
  lock: () => string,
): Trace {
  if (!xl.priv.trace) return silent;
  const locker = `Pid=${root.pid}, lk-owner=${root.lkOwner}, Frame=${root.unique}`;
  const lockee = `gfid=${inode.gfid}, path=${printable(inode.path)}`;
  const text = `Locker = {${locker}} Lockee = {${lockee}} Lock = {${lock()}}`;
  xl.log.info(`[REQUEST] ${text}`);
  return (outcome) => xl.log.info(`[${verdict(outcome)}] ${text}`);
}

function verdict(outcome: number | 'BLOCKED'): string {
  if (typeof outcome === 'string') return outcome;
  if (outcome === 0) return 'GRANTED';
  return outcome === EAGAIN ? 'TRYAGAIN' : strerror(outcome);
}

const ENTRY_COMMANDS = new Map([
  [ENTRYLK_LOCK, 'LOCK'],
  [ENTRYLK_LOCK_NB, 'LOCK_NB'],
  [ENTRYLK_UNLOCK, 'UNLOCK'],
]);

export const rangeText = (what: string, cmd: number, { type, start, len }: Flock): string =>
  `lock=${what}, cmd=${lockCommands.get(cmd)}, type=${lockTypes.get(type)}, start=${start}, len=${len}`;

export const entryText = (
  cmd: number,
  type: number,
  basename: string | null,
  volume: string,
): string =>
  `lock=ENTRYLK, cmd=${ENTRY_COMMANDS.get(cmd)}, ` +
  `type=${type === ENTRYLK_RDLCK ? 'READ' : 'WRITE'}, ` +
  `basename=${basename === null ? '(null)' : printable(basename)}, domain: ${volume}`;

/**
 * The temporary folder of a run: it goes with the run. What one leaves that was killed, the next removes.
 *
 * As long as it lives, a run holds a lock (flock(2)) on a file in its folder, which no other process
 * inherits: a folder whose lock is free is nobody's any more.
 */
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  realpathSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EAGAIN, EDQUOT, ENOSPC } from '../../runtime/core/errno.ts';
import { LOCK_EX, LOCK_NB } from '../../runtime/sys/constants.ts';
import { flock } from '../../runtime/sys/libc.ts';
import { makeScratch, mountsIn, removeScratch } from '../../server/scratch.ts';
import { unmountLeftover } from '../../server/unmount.ts';
import { Failure } from '../../terminal/exit.ts';
import { reason } from '../../terminal/reason.ts';
import type { Terminal } from '../../terminal/terminal.ts';

const LOCK = 'lock';

export interface Workplace {
  readonly folder: string;
  remove(): void;
}

/** @throws {Failure} */
export async function makeWorkplace(command: string, terminal: Terminal): Promise<Workplace> {
  await removeAbandoned(command, terminal);
  const folder = makeScratch(command);
  let lock: number;
  try {
    lock = openSync(join(folder, LOCK), 'wx');
  } catch (error) {
    removeScratch(folder);
    throw roomless(error, folder);
  }
  const isTaken = flock(lock, LOCK_EX | LOCK_NB) === -EAGAIN;
  if (isTaken || !existsSync(join(folder, LOCK))) {
    // Another run has taken it for one that is left, in the moment before, and removes it.
    closeSync(lock);
    return makeWorkplace(command, terminal);
  }
  const remove = (): void => {
    const isGone = removeScratch(folder);
    closeSync(lock);
    if (isGone) return;
    const mounts = mountsIn(folder).join(', ');
    terminal.err(`glossa ${command}: ${folder} is left, in which is still mounted: ${mounts}`);
  };
  return { folder, remove };
}

/** Whether something failed because a disk is full. */
export const isFull = (error: unknown): boolean => {
  const { errno } = error as NodeJS.ErrnoException;
  return errno === -ENOSPC || errno === -EDQUOT;
};

/** What to say where a run's folder has no room for what it writes; any other error as it is. */
export const roomless = (error: unknown, folder: string): unknown =>
  isFull(error)
    ? new Failure(`cannot write in ${folder}: ${reason(error)}; TMPDIR names another place`)
    : error;

/** Those of this user, and says so. */
async function removeAbandoned(command: string, terminal: Terminal): Promise<void> {
  for (const folder of foldersOf(command)) {
    const lock = openLock(folder);
    if (lock === null) continue;
    try {
      if (flock(lock, LOCK_EX | LOCK_NB) !== 0) continue;
      for (const mount of mountsIn(folder)) await unmountLeftover(mount);
      if (!removeScratch(folder)) continue;
      terminal.err(`glossa ${command}: removed ${folder}, left by a run that was killed`);
    } catch (error) {
      const whose = 'which a run has left that was killed';
      terminal.err(`glossa ${command}: cannot remove ${folder}, ${whose}: ${reason(error)}`);
    } finally {
      closeSync(lock);
    }
  }
}

/**
 * Folders as `makeScratch` makes them; none where that is for it to complain of, or reading is not
 * allowed.
 */
function foldersOf(command: string): string[] {
  try {
    const place = realpathSync(tmpdir());
    return readdirSync(place)
      .filter((name) => name.startsWith(`glossa-${command}-`))
      .map((name) => join(place, name))
      .filter(isOwn);
  } catch {
    return [];
  }
}

/** Somebody else's are not touched, and no links are followed, wherever they lead. */
function isOwn(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.getuid?.();
}

/** Null where there is none. */
function openLock(folder: string): number | null {
  try {
    return openSync(join(folder, LOCK), constants.O_RDWR | constants.O_NOFOLLOW);
  } catch {
    return null;
  }
}

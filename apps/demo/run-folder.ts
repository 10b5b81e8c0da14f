/**
 * Makes the temporary folder of a run and removes it at the end; the folder of a killed run is
 * removed by the next run.
 *
 * A running process holds a lock (flock(2)) on a file in its folder, which no child inherits. A
 * folder whose lock is free is therefore abandoned.
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
import { listMountsIn, makeScratch, removeScratch } from '../../server/scratch-folders.ts';
import { unmountLeftover } from '../../server/unmount.ts';
import { Failure, formatReason } from '../../terminal/exit.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** Name of the file in a run's folder that its process locks. */
const LOCK_FILE_NAME = 'lock';

/** The temporary folder of a run. */
export interface RunFolder {
  /** The path of the folder. */
  readonly folder: string;
  /** Removes the folder, and frees its lock. */
  remove(): void;
}

/** Removes abandoned folders and makes a new one. @throws {Failure} */
export async function makeRunFolder(command: string, terminal: Terminal): Promise<RunFolder> {
  await removeAbandoned(command, terminal);
  const folder = makeScratch(command);
  let lockFd: number;
  try {
    lockFd = openSync(join(folder, LOCK_FILE_NAME), 'wx');
  } catch (error) {
    removeScratch(folder);
    throw convertNoSpaceError(error, folder);
  }
  const isLocked = flock(lockFd, LOCK_EX | LOCK_NB) === -EAGAIN;
  if (isLocked || !existsSync(join(folder, LOCK_FILE_NAME))) {
    // Another run found the folder before it was locked, and removes it as abandoned.
    closeSync(lockFd);
    return makeRunFolder(command, terminal);
  }
  const remove = (): void => {
    const isRemoved = removeScratch(folder);
    closeSync(lockFd);
    if (isRemoved) return;
    const mounts = listMountsIn(folder).join(', ');
    terminal.err(`glossa ${command}: cannot remove ${folder}, as it has mounts: ${mounts}`);
  };
  return { folder, remove };
}

/** Whether an error of node:fs, whose errno is negative, means a full disk or a quota. */
export const isDiskFull = (error: unknown): boolean => {
  const { errno } = error as NodeJS.ErrnoException;
  return errno === -ENOSPC || errno === -EDQUOT;
};

/**
 * Turns an error of a full disk into a message about the run's folder; returns others unchanged.
 */
export const convertNoSpaceError = (error: unknown, folder: string): unknown =>
  isDiskFull(error)
    ? new Failure(`cannot write in ${folder}: ${formatReason(error)}; TMPDIR names another place`)
    : error;

/** Removes this user's folders of killed runs, unmounts what is in them, and prints their names. */
async function removeAbandoned(command: string, terminal: Terminal): Promise<void> {
  for (const folder of listRunFolders(command)) {
    const lockFd = openLock(folder);
    if (lockFd === null) continue;
    try {
      if (flock(lockFd, LOCK_EX | LOCK_NB) !== 0) continue;
      for (const mount of listMountsIn(folder)) await unmountLeftover(mount);
      if (!removeScratch(folder)) continue;
      terminal.err(`glossa ${command}: removed ${folder}, left by a run that was killed`);
    } catch (error) {
      const cause = 'left by a run that was killed';
      terminal.err(`glossa ${command}: cannot remove ${folder}, ${cause}: ${formatReason(error)}`);
    } finally {
      closeSync(lockFd);
    }
  }
}

/** Lists the folders that `makeScratch` has made; none if the temporary folder cannot be read. */
function listRunFolders(command: string): string[] {
  try {
    const tempFolder = realpathSync(tmpdir());
    return readdirSync(tempFolder)
      .filter((name) => name.startsWith(`glossa-${command}-`))
      .map((name) => join(tempFolder, name))
      .filter(isOwnFolder);
  } catch {
    return [];
  }
}

/** Whether a path is a folder of this user, and no symbolic link. */
function isOwnFolder(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.getuid?.();
}

/** Opens the lock file of a folder; null if the folder has no lock file. */
function openLock(folder: string): number | null {
  try {
    return openSync(join(folder, LOCK_FILE_NAME), constants.O_RDWR | constants.O_NOFOLLOW);
  } catch {
    return null;
  }
}

/**
 * Opens the served directory: at the start (`openRoot`), and when it is back after a loss (`openRootWithoutLinks`).
 */
import { constants } from 'node:fs';
import { O_CLOEXEC, O_PATH } from '../../../sys/constants.ts';
import { hasSystemCalls } from '../../../sys/koffi.ts';
import * as libc from '../../../sys/libc.ts';
import { toCString } from '../../../sys/struct.ts';
import { explainOpenError, findMachineProblem, requireLinux } from './directory-check.ts';
import { SELF_PATH } from './paths.ts';

/** Explains why this process cannot run storage/posix; null if it can. */
export const findPosixProblem = (): string | null =>
  findMachineProblem() ??
  (hasSystemCalls ? null : 'needs koffi, whose binary for this machine cannot be loaded');

/**
 * Returns an O_PATH descriptor of the directory.
 * @param volume the volume's name, for the message
 * @throws {InitError} if the directory cannot be opened
 */
export function openRoot(volume: string, directory: string): number {
  requireLinux(findPosixProblem());
  // First without O_PATH, to check permissions: O_PATH opens a directory without read or search permission, too.
  const listFd = libc.open(toCString(directory), constants.O_DIRECTORY | O_CLOEXEC, 0);
  const flags = O_PATH | constants.O_DIRECTORY | O_CLOEXEC;
  const fd = listFd < 0 ? listFd : libc.openat(listFd, SELF_PATH, flags, 0);
  if (listFd >= 0) libc.close(listFd);
  if (fd >= 0) return fd;
  throw explainOpenError(volume, directory, -fd);
}

/**
 * Opens the directory without following a symbolic link in any part of the path; returns an O_PATH descriptor, or minus
 * the errno.
 */
export function openRootWithoutLinks(path: string): number {
  const flags = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW | O_CLOEXEC;
  let fd = libc.open(toCString('/'), flags, 0);
  for (const part of path.split('/')) {
    if (part === '' || fd < 0) continue;
    const partFd = libc.openat(fd, toCString(part), flags, 0);
    libc.close(fd);
    fd = partFd;
  }
  return fd;
}

/** Opening the brick's directory: for the first time, and when it has been away. */
import { constants, existsSync } from 'node:fs';
import { ENOENT, ENOTDIR, strerror } from '../../../core/errno.ts';
import { InitError } from '../../../core/errors.ts';
import { O_CLOEXEC, O_PATH } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { cstring } from '../../../sys/struct.ts';
import { SELF } from './paths.ts';

/** An O_PATH descriptor of the brick's directory. @throws {InitError} when there is none. */
export function openRoot(directory: string): number {
  if (!existsSync('/proc/self/fd')) throw new InitError('storage/posix needs /proc to be mounted');
  // O_PATH alone would also open what can be neither listed nor searched.
  const listed = libc.open(cstring(directory), constants.O_DIRECTORY | O_CLOEXEC, 0);
  const how = O_PATH | constants.O_DIRECTORY | O_CLOEXEC;
  const fd = listed < 0 ? listed : libc.openat(listed, SELF, how, 0);
  if (listed >= 0) libc.close(listed);
  if (fd >= 0) return fd;
  if (fd === -ENOENT) throw new InitError(`directory '${directory}' does not exist`);
  if (fd === -ENOTDIR) throw new InitError(`'${directory}' is not a directory`);
  throw new InitError(`directory '${directory}' cannot be opened: ${strerror(-fd)}`);
}

/** Whether there is such a directory. @throws {InitError} */
export const checkRoot = (directory: string): void => void libc.close(openRoot(directory));

/** The same of a path on which no symbolic link may be; below zero is minus the errno. */
export function openReal(path: string): number {
  const how = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW | O_CLOEXEC;
  let fd = libc.open(cstring('/'), how, 0);
  for (const part of path.split('/')) {
    if (part === '' || fd < 0) continue;
    const next = libc.openat(fd, cstring(part), how, 0);
    libc.close(fd);
    fd = next;
  }
  return fd;
}

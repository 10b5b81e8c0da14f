/** Checks that the served directory can be opened, without libc: `glossa check` needs no more of storage/posix. */
import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { ENOENT, ENOTDIR, strerror } from '../../../core/errno.ts';
import { InitError } from '../../../core/errors.ts';
import { quoteShellWord } from '../../../core/shell-word.ts';

/** Explains why this machine cannot run storage/posix; null if it can. */
export function findMachineProblem(): string | null {
  if (process.platform !== 'linux') return `needs Linux (this is ${process.platform})`;
  // By /proc, descriptors are opened again.
  return existsSync('/proc/self/fd') ? null : 'needs /proc to be mounted';
}

/** Checks that this machine can run storage/posix. @throws {InitError} if not */
export function requireLinux(problem = findMachineProblem()): void {
  if (problem !== null)
    throw new InitError(`storage/posix ${problem}; storage/memory stores files in memory instead`);
}

/**
 * Explains why a directory cannot be opened, and how another is named.
 * @param volume the volume's name
 */
export function explainOpenError(volume: string, directory: string, errno: number): InitError {
  const other = `name another (--xlator-option ${quoteShellWord(volume)}.directory=DIR)`;
  if (errno === ENOENT) {
    return new InitError(
      `directory '${directory}' does not exist; make it (mkdir -p ${quoteShellWord(directory)}), ` +
        `or ${other}`,
    );
  }
  if (errno === ENOTDIR) return new InitError(`'${directory}' is not a directory; ${other}`);
  return new InitError(`directory '${directory}' cannot be opened: ${strerror(errno)}`);
}

/** Checks that a directory can be opened, as a start does (`root.ts`). @throws {InitError} if not */
export function checkDirectory(volume: string, directory: string): void {
  requireLinux();
  try {
    closeSync(openSync(directory, constants.O_DIRECTORY));
  } catch (error) {
    throw explainOpenError(volume, directory, -(error as NodeJS.ErrnoException).errno!);
  }
}

/** Files that must not be in the mount that they are about. */
import { relative } from 'node:path';
import { Failure } from '../terminal/exit.ts';
import { CONSOLE } from './log-sink.ts';

/**
 * Refuses what a server opens, or opens again, while it serves: in its own mount it would wait for
 * itself. The same of a recording: to write it would make requests, which are to be recorded.
 * @param files absolute paths, by what they are. @throws {Failure}
 */
export function refuseInside(
  mountpoint: string,
  files: Readonly<Record<string, string | undefined>>,
): void {
  for (const [what, path] of Object.entries(files)) {
    if (path === undefined || path === CONSOLE) continue;
    if (relative(mountpoint, path).split('/')[0] === '..') continue;
    throw new Failure(
      `the ${what} ${path} is inside the mount point ${mountpoint}: put it elsewhere`,
    );
  }
}

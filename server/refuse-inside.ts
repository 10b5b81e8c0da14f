/** Refuses a log, pid file or recording inside the server's own mount. */
import { relative } from 'node:path';
import { Failure } from '../terminal/exit.ts';
import { CONSOLE } from './log-sink.ts';

/**
 * Refuses files inside the mount point: if the server opened one while it serves, it would wait for
 * itself. A recording there would record the requests that write it.
 * @param files absolute paths, by the words for them in messages
 * @throws {Failure}
 */
export function refuseInside(
  mountpoint: string,
  files: Readonly<Record<string, string | undefined>>,
): void {
  for (const [kind, path] of Object.entries(files)) {
    if (path === undefined || path === CONSOLE) continue;
    if (relative(mountpoint, path).split('/')[0] === '..') continue;
    throw new Failure(
      `the ${kind} ${path} is inside the mount point ${mountpoint}: put it elsewhere`,
    );
  }
}

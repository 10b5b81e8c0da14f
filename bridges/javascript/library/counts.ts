/**
 * Counts the objects that requests left in this interpreter, for tests of leaks:
 * `import { counts } from 'glossa/counts'`.
 */
import { pendingFrames, watchedFrames } from './frame.ts';
import { host } from './host.ts';
import { contexts, Fd } from './inode.ts';
import { countTimers } from './timers.ts';

/**
 * Returns the numbers of pending and watched frames, inodes and fds with a context, timers, and
 * blocks of memory.
 */
export function counts(): number[] {
  host.collect_soon();
  // The collector runs at this allocation, so that only used blocks are counted.
  const cycle = { other: {} };
  cycle.other = cycle;
  return [
    pendingFrames.size,
    watchedFrames.size,
    contexts.size,
    Fd.byId.size,
    countTimers(),
    host.blocks(),
  ];
}

/**
 * Counts the objects that requests left in this interpreter, for tests of leaks:
 * `import { counts } from 'glossa/counts'`.
 */
import { kept, waiting } from './frame.ts';
import { host } from './host.ts';
import { contexts, Fd } from './inode.ts';
import { timerCount } from './loop.ts';

interface Counting {
  collect_soon(): void;
  blocks(): number;
}

/** Frames that wait or are kept, inodes and fds with a context, timers; blocks of memory last. */
export function counts(): number[] {
  const { collect_soon, blocks } = host as unknown as Counting;
  collect_soon();
  const cycle = { other: {} };
  cycle.other = cycle;
  return [waiting.size, kept.size, contexts.size, Fd.known.size, timerCount(), blocks()];
}

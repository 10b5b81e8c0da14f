/**
 * Runs the fuzzer on the mounts that differ most, and in `test:long` on all others: see suite.ts.
 */
import { describeFuzz } from './suite.ts';

describeFuzz(
  {
    posix: 20,
    served: 20,
    uncached: 8,
    cached: 12,
    forgetful: 15,
    writeback: 15,
    locks: 12,
    python: 20,
    files: 12,
    'files-javascript': 12,
    rebuilt: 10,
    awaited: 12,
    'real-brick': 8,
    'own-brick': 8,
    'distribute-mixed': 8,
    'real-client': 8,
    'distribute-real': 6,
    'distribute-own': 6,
    performance: 12,
    'performance-slow': 10,
    'performance-kernel': 10,
    'performance-bricks': 8,
    tutorial: 6,
  },
  20_260_000,
  ['posix', 'writeback', 'locks', 'python', 'distribute-mixed', 'real-client', 'performance'],
);

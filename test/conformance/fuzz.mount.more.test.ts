/** A good look at every mount: see suite.ts. */
import { fuzzOn } from './suite.ts';

fuzzOn(
  {
    posix: 100,
    served: 100,
    uncached: 30,
    cached: 60,
    forgetful: 60,
    writeback: 60,
    locks: 50,
    python: 100,
    rebuilt: 50,
    awaited: 50,
  },
  20_260_000,
);

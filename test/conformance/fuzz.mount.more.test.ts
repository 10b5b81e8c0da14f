/** A good look at every mount: see suite.ts. */
import { fuzzOn } from './suite.ts';

fuzzOn(
  {
    posix: 1200,
    served: 800,
    uncached: 300,
    cached: 500,
    forgetful: 400,
    writeback: 400,
    locks: 400,
    python: 1200,
    rebuilt: 300,
    awaited: 300,
  },
  20_260_000,
);

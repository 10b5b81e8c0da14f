/** A good look at every mount: see suite.ts. */
import { fuzzOn } from './suite.ts';

fuzzOn(
  {
    posix: 50,
    served: 50,
    uncached: 15,
    cached: 30,
    forgetful: 30,
    writeback: 30,
    locks: 25,
    python: 50,
    rebuilt: 25,
    awaited: 25,
  },
  20_260_000,
);

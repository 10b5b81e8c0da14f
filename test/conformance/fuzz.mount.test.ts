/** A look at each mount that somebody would have: see suite.ts. */
import { fuzzOn } from './suite.ts';

fuzzOn({ posix: 6, locks: 4, python: 8 }, 20_261_120);

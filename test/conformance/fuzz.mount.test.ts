/** A look at each mount that somebody would have: see suite.ts. */
import { fuzzOn } from './suite.ts';

fuzzOn({ posix: 12, locks: 8, python: 20 }, 20_261_120);

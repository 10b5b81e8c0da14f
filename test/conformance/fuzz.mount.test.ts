/** A look at each mount that somebody would have: see suite.ts. */
import { fuzzOn } from './suite.ts';

fuzzOn({ posix: 30, locks: 20, python: 40 }, 20_261_120);

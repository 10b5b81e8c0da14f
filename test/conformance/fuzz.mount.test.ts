/** A look at each mount that somebody would have: see suite.ts. */
import { fuzzOn } from './suite.ts';

fuzzOn({ posix: 50, served: 30, writeback: 20, locks: 20, python: 50 }, 20_261_120);

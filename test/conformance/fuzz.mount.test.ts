/** A look at each mount that somebody would have: see suite.ts. */
import { fuzzOn } from './suite.ts';

fuzzOn({ posix: 150, served: 100, writeback: 50, locks: 50, python: 150 }, 20_261_120);

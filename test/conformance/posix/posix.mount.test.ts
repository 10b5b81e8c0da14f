/** The table of POSIX under a module in Python: see suite.ts. */
import { tableOn } from './suite.ts';

tableOn('python');

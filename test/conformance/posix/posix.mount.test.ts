/** The table of POSIX on each mount that somebody would have: see suite.ts. */
import { accessTimes, tableOn } from './suite.ts';

tableOn('posix', 'python');
accessTimes();

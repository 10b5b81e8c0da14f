/** Runs the table of POSIX without a module and under one in Python, and the access times. */
import { accessTimes, tableOn } from './suite.ts';

tableOn('posix');
tableOn('python');
accessTimes();

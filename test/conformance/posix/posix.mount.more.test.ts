/** The table of POSIX without a module and under one in Python; when a read marks its time. */
import { accessTimes, tableOn } from './suite.ts';

tableOn('posix');
tableOn('python');
accessTimes();

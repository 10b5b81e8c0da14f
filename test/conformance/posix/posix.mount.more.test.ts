/** Runs the table of POSIX without a module and under one in Python, and the access times. */
import { describeAccessTimes, describeTable } from './suite.ts';

describeTable('posix');
describeTable('files');
describeTable('python');
describeAccessTimes();

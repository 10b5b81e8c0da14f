/** The same without a module, and in memory; when a read marks its time. */
import { accessTimes, tableOn } from './suite.ts';

tableOn('posix', 'memory');
accessTimes();

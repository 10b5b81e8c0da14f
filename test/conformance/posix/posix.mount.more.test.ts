/** The same without a module, where the kernel caches for long, in memory; when a read marks its time. */
import { accessTimes, tableOn } from './suite.ts';

tableOn('posix', 'cached', 'memory');
accessTimes();

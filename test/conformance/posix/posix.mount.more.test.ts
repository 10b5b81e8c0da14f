/** The same without a module, and where the kernel caches for long; when a read marks its time. */
import { accessTimes, tableOn } from './suite.ts';

tableOn('posix', 'cached');
accessTimes();

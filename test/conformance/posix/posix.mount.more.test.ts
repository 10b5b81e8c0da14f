/** The same without a module; when a read marks its time. */
import { accessTimes, tableOn } from './suite.ts';

tableOn('posix');
accessTimes();

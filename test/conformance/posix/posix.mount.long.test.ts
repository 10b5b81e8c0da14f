/** The same in memory; and where the kernel caches for long, what is about that is in the random scripts, too. */
import { tableOn } from './suite.ts';

tableOn('memory', 'cached');

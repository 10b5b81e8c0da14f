/** The same where the kernel caches for minutes what it was told: see suite.ts. */
import { tableOn } from './suite.ts';

tableOn('believing');

/**
 * Runs the table of POSIX in memory. Random scripts cover the mounts whose kernel caches for long.
 */
import { tableOn } from './suite.ts';

tableOn('memory', 'cached');

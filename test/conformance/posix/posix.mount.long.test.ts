/**
 * Runs the table of POSIX in memory. Random scripts cover the mounts whose kernel caches for long.
 */
import { describeTable } from './suite.ts';

describeTable('memory', 'cached');

/**
 * To be imported before anything else by a file of tests that only `test:more` runs: its groups are
 * registered for bricks, too.
 */
import { wanted } from './wanted.ts';

wanted.bricks = wanted.first;

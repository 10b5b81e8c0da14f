/**
 * To be imported before anything else by a file of tests that only `test:long` runs: the groups of all
 * ways are registered, by every front end and on every stack (see other-front-ends.ts).
 */
import { wanted } from './wanted.ts';

wanted.bricks = true;
wanted.others = true;

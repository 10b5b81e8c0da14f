/**
 * Runs the tests of JavaScript's limits and attacks again with modules in their own threads.
 * Loading, promises and messages are the same there; bridge-javascript and bridges/javascript test
 * them.
 */
import { isolated, usuallyBy } from '../../support/module.ts';

usuallyBy(isolated);
await import('../../../bridges/javascript/attacks.engine.test.ts');
await import('../../../bridges/javascript/limits.engine.more.test.ts');

/**
 * Runs the tests of JavaScript's limits and attacks again with modules in their own threads.
 * Loading, promises and messages are the same there; bridge-javascript and bridges/javascript test
 * them.
 */
import { isolatedLanguage, setDefaultLanguage } from '../../support/module.ts';

setDefaultLanguage(isolatedLanguage);
await import('../../../bridges/javascript/attacks.engine.test.ts');
await import('../../../bridges/javascript/limits.engine.more.test.ts');

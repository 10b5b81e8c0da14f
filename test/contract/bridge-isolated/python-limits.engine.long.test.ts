/**
 * Runs the tests of Python's limits, attacks and files again with modules in their own threads.
 * Messages about mistakes are the same there; bridge-python tests them.
 */
import { isolatedLanguage, setDefaultLanguage } from '../../support/module.ts';

setDefaultLanguage(isolatedLanguage);
await import('../../../bridges/python/attacks.engine.more.test.ts');
await import('../../../bridges/python/files.engine.test.ts');
await import('../bridge-python/limits.engine.more.test.ts');
await import('../bridge-python/own-lookups.engine.test.ts');

/**
 * What is tried against limits and the sandbox in Python, again in threads of their own: what ends a
 * script, and files, which the thread finds by itself; packages it finds in the same way. What is said of
 * mistakes is the same host in a thread as outside: bridge-python has it.
 */
import { isolated, usuallyBy } from '../../support/module.ts';

usuallyBy(isolated);
await import('../../../bridges/python/attacks.engine.test.ts');
await import('../../../bridges/python/files.engine.test.ts');
await import('../bridge-python/limits.engine.more.test.ts');
await import('../bridge-python/own-lookups.engine.test.ts');

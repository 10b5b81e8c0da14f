/**
 * What is tried against limits and the sandbox in JavaScript, again in threads of their own: what ends
 * a script that goes on, has too much, or waits.
 *
 * What a script can name, how its promises go on, and what is said of its mistakes, is the same
 * interpreter and host in a thread as outside: bridge-javascript and bridges/javascript have it. That
 * words and refusals come out of the thread is part of this and of the contract.
 */
import { isolated, usuallyBy } from '../../support/module.ts';

usuallyBy(isolated);
await import('../../../bridges/javascript/attacks.engine.test.ts');
await import('../../../bridges/javascript/limits.engine.more.test.ts');

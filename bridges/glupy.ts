/**
 * Exports features/glupy, which runs an author's module (Python, JavaScript, C, …) as a translator.
 * Volfiles load it by this type. It has all languages, and Node as its machine.
 */
import { makeGlupy } from './host/index.ts';
import { hostedLanguages } from './languages.ts';
import { nodeMachine } from './machine/node/index.ts';

// The third argument starts guests in threads of their own; its code is loaded on first use.
export default makeGlupy(hostedLanguages, nodeMachine, () => import('./thread/start.ts'));

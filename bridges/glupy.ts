/**
 * features/glupy, as volfiles name it: the host translator with every language that there is, in
 * Node.
 */
import { glupyFor } from './host/index.ts';
import { isolation } from './isolation/main/index.ts';
import { hostedLanguages } from './languages.ts';
import { nodeMachine } from './machine/node/index.ts';

export default glupyFor(hostedLanguages, nodeMachine, isolation);

/** The thread of an isolated volume, in Node: features/glupy as in any graph, and one volume of it. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Translator } from '../runtime/core/xlator.ts';
import { type Glupy, glupyFor } from './host/index.ts';
import type { WorkerData } from './isolation/kinds.ts';
import { IsolatedVolume } from './isolation/worker/index.ts';
import { hostedLanguages } from './languages.ts';
import { nodeMachine } from './machine/node/index.ts';

const port = parentPort!;
// Without isolation, each of its volumes is here.
const glupy = glupyFor(hostedLanguages, nodeMachine) as unknown as Translator<Glupy>;
const volume = new IsolatedVolume(workerData as WorkerData, nodeMachine, glupy, {
  call: () => port.postMessage(0),
  later: (what) => void setImmediate(what),
});
port.on('message', () => volume.called());
await volume.start();

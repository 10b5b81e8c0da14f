/**
 * Runs features/glupy for one isolated volume, as the entry point of its worker thread on Node.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Translator } from '../runtime/core/xlator.ts';
import { type GlupyState, makeGlupy } from './host/index.ts';
import type { WorkerData } from './isolation/message-kinds.ts';
import { IsolatedVolume } from './isolation/worker/index.ts';
import { hostedLanguages } from './languages.ts';
import { nodeMachine } from './machine/node/index.ts';

const port = parentPort!;
// Made without thread support, so each of its volumes runs in this thread.
const glupy = makeGlupy(hostedLanguages, nodeMachine) as unknown as Translator<GlupyState>;
const volume = new IsolatedVolume(workerData as WorkerData, nodeMachine, glupy, {
  wakeMainThread: () => port.postMessage(0),
  runAfterTurn: (callback) => void setImmediate(callback),
});
port.on('message', () => volume.takeMessages());
void volume.start();

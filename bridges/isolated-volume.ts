/** Runs the guest of an isolated volume, as the entry point of its thread on Node. */
import { parentPort, workerData } from 'node:worker_threads';
import { hostedLanguages } from './languages.ts';
import { nodeMachine } from './machine/node/index.ts';
import { GuestThread } from './thread/guest-thread.ts';
import type { GuestThreadData } from './thread/messages.ts';

const port = parentPort!;
const thread = new GuestThread(workerData as GuestThreadData, nodeMachine, {
  wakeMainThread: () => port.postMessage(0),
  runAfterTurn: (callback) => void setImmediate(callback),
});
port.on('message', () => thread.serve());
void thread.start(hostedLanguages);

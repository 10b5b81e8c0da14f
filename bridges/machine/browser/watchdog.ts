/**
 * The watchdog (host/limits/watchdog.ts) in a browser: a worker that shares memory with the one that the graph
 * runs in, which takes a page that is isolated from other origins. It interrupts what looks at its word;
 * it cannot end a call that never does. Of that it tells whoever has the other end of a port: the page,
 * which can end the worker.
 */
import {
  CONSTANTS,
  makeLooks,
  newSlot,
  resting,
  type Watch,
  wake,
} from '../../host/limits/watchdog.ts';
import { type WebWorker, web } from './web.ts';

/** What is told of a call that has outlived its limits. */
export interface Lost {
  /** The volume's name. */
  readonly volume: string;
  readonly seconds: number;
}

const WORKER = `'use strict';
const CONSTANTS = ${JSON.stringify(CONSTANTS)};
const { lookAtAll } = (${makeLooks})(CONSTANTS);
const { RUNNING, SETTLE_MS } = CONSTANTS;
const slots = new Map(), ends = { cpu: () => NaN, end() {}, lost };
let resting, port, active = 0, last = 0;
function lost(slot) {
  if (slot.told) return;
  slot.told = true;
  if (port) port.postMessage({ volume: slot.name, seconds: slot.spent / 1000 });
}
function turn() {
  const now = performance.now(), passed = now - last;
  last = now;
  const { runs, pause } = lookAtAll(slots.values(), passed, ends);
  if (runs) active = now;
  if (now - active > 1000 && Atomics.waitAsync) rest();
  else setTimeout(turn, Math.max(1, pause));
}
async function rest() {
  Atomics.store(resting, 0, 1);
  // Engines store plainly: one that did not see this yet is seen to run when that time is over.
  let idle = await Atomics.waitAsync(resting, 0, 1, SETTLE_MS).value === 'timed-out';
  for (const slot of slots.values()) idle &&= (Atomics.load(slot.word, 0) & RUNNING) === 0;
  if (idle) await Atomics.waitAsync(resting, 0, 1).value;
  Atomics.store(resting, 0, 0);
  active = last = performance.now();
  turn();
}
onmessage = ({ data: { id, slot, words, lost } }) => {
  if (words) {
    resting = words;
    port = lost;
    active = last = performance.now();
    turn();
    postMessage('ready');
  } else if (slot) slots.set(id, slot);
  else slots.delete(id);
};
`;

/** A watch that has begun; undefined, and why, where threads can share nothing or there are none. */
export async function startWatch(
  lost: object | undefined,
): Promise<{ readonly watch: Watch } | { readonly why: string }> {
  const { crossOriginIsolated, Worker } = web;
  if (crossOriginIsolated !== true) {
    return { why: 'the page is not isolated from other origins (COOP and COEP)' };
  }
  if (Worker === undefined) return { why: 'a worker cannot start another here' };
  const url = URL.createObjectURL(new Blob([WORKER], { type: 'text/javascript' }));
  const worker = new Worker(url, { name: 'glossa watchdog' });
  try {
    await begin(worker, lost);
  } catch (error) {
    worker.terminate();
    return { why: `its worker does not start: ${(error as Error).message}` };
  } finally {
    URL.revokeObjectURL(url);
  }
  return { watch: watchBy(worker) };
}

/** Its first message: from then on it is heard also while this thread does something else. */
const begin = (worker: WebWorker, lost: object | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = ({ message }) => reject(new Error(message ?? 'no reason is told'));
    worker.postMessage({ words: resting, lost }, lost === undefined ? [] : [lost]);
  });

function watchBy(worker: WebWorker): Watch {
  let engines = 0;
  return (watched) => {
    engines += 1;
    const id = engines;
    worker.postMessage({ id, slot: newSlot(watched, false) });
    wake();
    return () => worker.postMessage({ id });
  };
}

/**
 * A worker thread that ends calls which run too long: one per process, started for the first engine
 * with a time limit, and never a reason for the process to stay.
 *
 * Each engine has a word of shared memory: bit 0 running, bit 1 interrupt wanted, bit 2 leave by
 * force, bit 3 in the host, the rest a count of calls. The engine writes it on entry and on return;
 * the worker looks at it eight times per limit and adds up how long one count has been running
 * outside the host. At the limit it sets bit 1 (the script sees an exception it is not meant to
 * catch), at 1¾ limits bit 2 (the call is abandoned and the engine is lost). Both are set by
 * compare-and-swap on the count, so no later call can be hit. No clock is read on entry.
 */
import { Worker } from 'node:worker_threads';

export const RUNNING = 1;
export const INTERRUPT = 2;
export const FORCE = 4;
export const IN_HOST = 8;
export const COUNT = 16;

/**
 * Word 0: the worker rests, because nothing has run for a second, and the next entry has to wake
 * it. Word 1: how many messages were sent to it.
 */
export const resting = new Int32Array(new SharedArrayBuffer(8));

let worker: Worker | undefined;
let engines = 0;

/** An engine, as the worker sees it. */
export interface Slot {
  readonly word: Int32Array;
  /** In milliseconds, as what is spent is. */
  readonly limit: number;
  /** The count of the call that was seen last, and how long it has been seen to run. */
  seen: number;
  spent: number;
  /** The bit that was set for it last; 0 for none. */
  asked: number;
}

/** How often a slot is looked at within its limit. */
export const LOOKS = 8;

/**
 * One look at an engine, so many milliseconds after the last: sets the bit that is due, and says
 * whether a call runs. The worker gets it as text: it may use its arguments and the bits alone.
 */
export function look(slot: Slot, passed: number): boolean {
  const value = Atomics.load(slot.word, 0);
  if ((value & RUNNING) === 0) return false;
  if (value >> 4 !== slot.seen) {
    slot.seen = value >> 4;
    slot.spent = slot.asked = 0;
  } else if ((value & IN_HOST) === 0) {
    // Time in which the worker itself did not run, as on a machine that slept, counts little.
    slot.spent += Math.min(passed, slot.limit / 4);
    const bit = slot.spent >= slot.limit * 1.75 ? FORCE : INTERRUPT;
    // Once per stage: a script that took the interrupt has until the next to come to an end.
    if (
      slot.spent >= slot.limit &&
      slot.asked !== bit &&
      Atomics.compareExchange(slot.word, 0, value, value | bit) === value
    ) {
      slot.asked = bit;
    }
  }
  return true;
}

const WORKER = `
const RUNNING = ${RUNNING}, INTERRUPT = ${INTERRUPT}, FORCE = ${FORCE}, IN_HOST = ${IN_HOST};
const look = ${look};
const { parentPort, receiveMessageOnPort, workerData } = require('node:worker_threads');
const resting = workerData, slots = new Map();
let active = performance.now(), last = active;
for (;;) {
  const news = Atomics.load(resting, 1);
  for (let m; (m = receiveMessageOnPort(parentPort)) !== undefined; ) {
    const { id, word, limit } = m.message;
    if (word === undefined) slots.delete(id);
    else slots.set(id, { word, limit, seen: 0, spent: 0, asked: 0 });
  }
  const now = performance.now(), passed = now - last;
  last = now;
  let pause = 1000;
  for (const slot of slots.values()) {
    pause = Math.min(pause, slot.limit / ${LOOKS});
    if (look(slot, passed)) active = now;
  }
  if (now - active > 1000) {
    Atomics.store(resting, 0, 1);
    let idle = true;
    for (const slot of slots.values()) idle &&= (Atomics.load(slot.word, 0) & RUNNING) === 0;
    if (idle) Atomics.wait(resting, 0, 1);
    Atomics.store(resting, 0, 0);
    active = last = performance.now();
  } else Atomics.wait(resting, 1, news, Math.max(1, pause));
}
`;

/** Watches `word` with a limit in milliseconds; returns the function that ends the watching. */
export function watch(word: Int32Array, limit: number): () => void {
  worker ??= startWorker();
  engines += 1;
  const id = engines;
  tell({ id, word, limit });
  return () => tell({ id });
}

function tell(message: object): void {
  worker?.postMessage(message);
  Atomics.add(resting, 1, 1);
  Atomics.notify(resting, 1);
  wake();
}

/** Lets the worker look again, after it has rested. */
export function wake(): void {
  Atomics.store(resting, 0, 0);
  Atomics.notify(resting, 0);
}

function startWorker(): Worker {
  const started = new Worker(WORKER, {
    eval: true,
    workerData: resting,
    execArgv: [],
    env: {},
    name: 'glossa watchdog',
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
  });
  started.unref();
  started.on('exit', () => {
    worker = undefined;
  });
  return started;
}

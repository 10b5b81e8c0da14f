/**
 * The watchdog (host/limits/watchdog.ts) of a process: a worker thread, started for the first engine with a
 * time limit, and never a reason for the process to stay. It can end a call that nothing interrupts
 * (sys/end-turn.ts), and the process when not even that helps.
 */
import { readlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { formatTime } from '../../../runtime/core/log.ts';
import { END_TURN, makeEndable } from '../../../runtime/sys/end-turn.ts';
import { lastWords } from '../../../runtime/sys/last-words.ts';
import {
  CONSTANTS,
  makeLooks,
  newSlot,
  resting,
  type Watched,
  wake,
} from '../../host/limits/watchdog.ts';

let worker: Worker | undefined;
let engines = 0;

const WORKER = `
const CONSTANTS = ${JSON.stringify(CONSTANTS)};
const { lookAtAll } = (${makeLooks})(CONSTANTS);
const { RUNNING, SETTLE_MS } = CONSTANTS;
const formatTime = ${formatTime};
const { appendFileSync, readFileSync, writeSync } = require('node:fs');
const { parentPort, receiveMessageOnPort, workerData } = require('node:worker_threads');
const { resting, koffi, log, times } = workerData, slots = new Map();
// Not before it is needed: a process that ended while native code is loaded here would abort.
const load = () => require(koffi).load(null).func(${JSON.stringify(END_TURN)});
let endTurn = null;
function end() {
  endTurn ??= load();
  endTurn();
}
function lost({ name, spent }) {
  if (log === null) return;
  const seconds = (spent / 1000).toFixed(1);
  const line = '[' + formatTime(Date.now()) + '] C [watchdog:0:-] 0-' + name + ': a call has run for ' +
    seconds + ' s and cannot be ended (option time-limit): the process is, for others to go on\\n';
  try {
    if (log === '-') writeSync(2, line);
    else appendFileSync(log, line);
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}
// Milliseconds that the engines' thread has had of a CPU, and those that it has waited for one.
function ofThread() {
  try {
    return readFileSync(times, 'latin1').split(' ', 2).map((nanoseconds) => nanoseconds / 1e6);
  } catch {
    return [NaN, 0];
  }
}
const cpu = () => ofThread()[0];
let active = performance.now(), last = active, waited = ofThread()[1];
for (;;) {
  const news = Atomics.load(resting, 1);
  for (let m; (m = receiveMessageOnPort(parentPort)) !== undefined; ) {
    const { id, slot } = m.message;
    if (slot === undefined) slots.delete(id);
    else slots.set(id, slot);
  }
  const now = performance.now(), before = waited;
  waited = ofThread()[1];
  // Less than nothing where the kernel tells late of a long wait.
  const passed = now - last - (waited - before);
  last = now;
  const { runs, pause } = lookAtAll(slots.values(), passed, { cpu, end, lost });
  if (runs) active = now;
  if (now - active > 1000) {
    Atomics.store(resting, 0, 1);
    // Engines store plainly: one that did not see this yet is seen to run when that time is over.
    let idle = Atomics.wait(resting, 0, 1, SETTLE_MS) === 'timed-out';
    for (const slot of slots.values()) idle &&= (Atomics.load(slot.word, 0) & RUNNING) === 0;
    if (idle) Atomics.wait(resting, 0, 1);
    Atomics.store(resting, 0, 0);
    active = last = performance.now();
    waited = ofThread()[1];
  } else Atomics.wait(resting, 1, news, Math.max(1, pause));
}
`;

/** Watches an engine; returns the function that ends the watching. */
export function watch(watched: Watched): () => void {
  const endable = makeEndable();
  worker ??= startWorker(endable);
  engines += 1;
  const id = engines;
  tell({ id, slot: newSlot(watched, endable) });
  return () => tell({ id });
}

function tell(message: object): void {
  worker?.postMessage(message);
  Atomics.add(resting, 1, 1);
  Atomics.notify(resting, 1);
  wake();
}

/**
 * proc(5): where the kernel says how many nanoseconds this thread has had of a CPU, and how many it
 * has waited for one while others had it.
 */
function timesOfThread(): string {
  try {
    return `/proc/${readlinkSync('/proc/thread-self')}/schedstat`;
  } catch {
    // Without /proc nobody tells.
    return '';
  }
}

function startWorker(endable: boolean): Worker {
  const koffi = endable ? createRequire(import.meta.url).resolve('koffi') : null;
  const started = new Worker(WORKER, {
    eval: true,
    workerData: { resting, koffi, log: lastWords.log, times: timesOfThread() },
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

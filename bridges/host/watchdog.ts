/**
 * A worker thread that ends calls which run too long: one per process, started for the first engine
 * with a time limit, and never a reason for the process to stay.
 *
 * Each engine has a word of shared memory: bits that say what its call does and what is wanted of it,
 * the rest a count of calls. The engine writes it on entry and on return (inside.ts); the worker looks
 * at it eight times per limit and adds up how long one count has been running outside the host.
 *
 * | at | bit | and |
 * |---|---|---|
 * | the second look | SLOW | others go first when it has returned (`turn.slow` in core/turn.ts) |
 * | the limit | INTERRUPT | the interpreter sees an exception that it is not meant to catch |
 * | 1¾ limits | FORCE | the interpreter leaves the call when it looks; it is lost |
 * | 2 limits | END | code that never looks: the turn is ended (core/turn.ts), the interpreter is lost |
 * | 0.7 s more | | nothing helps: the process ends, so that who waits for it gets an error |
 *
 * The bits are set by compare-and-swap on the count, so no later call can be hit. A call that returns
 * with END set waits for its end to come. No clock is read on entry.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { formatTime } from '../../runtime/core/log.ts';
import { END_TURN, makeEndable } from '../../runtime/sys/end-turn.ts';
import { lastWords } from '../../runtime/sys/last-words.ts';

export const RUNNING = 1;
export const INTERRUPT = 2;
export const FORCE = 4;
/** The host does something for the call: its time does not count, and it is not ended in it. */
export const IN_HOST = 8;
export const END = 16;
/** The same, but its time counts: what is so short that it only counts when there is much of it. */
export const HELD = 32;
/** The call has been seen to run for a while. */
export const SLOW = 64;
export const COUNT = 128;

/** A word, and behind it how many milliseconds the call had been seen to run when a bit was set. */
export const newWord = (): Int32Array => new Int32Array(new SharedArrayBuffer(8));

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
  /** Whether its calls run in turns that can be ended. */
  readonly endable: boolean;
  /** The volume, for last words. */
  readonly name: string;
  /** The call that was seen last, and how long it has been seen to run. */
  seen: number;
  spent: number;
  /** How many stages that call has come to. */
  stage: number;
  /** Its turn was told to end. */
  told: boolean;
  /** What `cpu` was when END was set. */
  used: number;
}

/** How often a slot is looked at within its limit, and at most so many milliseconds apart. */
export const LOOKS = 8;
export const LOOK_MS = 250;
/** What is set at the stages; at the last, where not even END has helped, nothing. */
export const STAGES = [INTERRUPT, FORCE, END, 0] as const;
export const ENDING = 3;
export const LOST = 4;
/**
 * How long END is waited for, from its look on: looks included, that is within a second. But where
 * others have the CPU, the end may just not have had its turn: until the call has had so much of it,
 * there is more time.
 */
export const LOST_MS = 700;
export const LOST_CPU_MS = 400;
export const LATEST_MS = 2000;
/** Longer than a plain store takes to be seen by another thread, and nothing for one that rests. */
const SETTLE_MS = 10;

/**
 * One look at an engine, so many milliseconds after the last: sets the bit that is due, and says
 * whether a call runs. The worker gets it as text: it may use its arguments and the constants alone.
 * @param cpu milliseconds of CPU that the thread of the engines has had; NaN where nobody knows
 */
export function look(slot: Slot, passed: number, cpu: () => number): boolean {
  const { word, limit, stage } = slot;
  const value = Atomics.load(word, 0);
  if ((value & RUNNING) === 0) return false;
  const call = value & -COUNT;
  if (call !== slot.seen) {
    slot.seen = call;
    slot.spent = slot.stage = 0;
    slot.told = false;
    return true;
  }
  if ((value & IN_HOST) !== 0) return true;
  // Time in which the worker itself did not run, as on a machine that slept, counts little.
  slot.spent += Math.min(passed, Math.max(limit / 4, LOOK_MS));
  if ((value & SLOW) === 0) {
    Atomics.compareExchange(word, 0, value, value | SLOW);
    return true;
  }
  const due = [limit, limit * 1.75, limit * 2, limit * 2 + LOST_MS][stage];
  if (due === undefined || slot.spent < due) return true;
  if (stage === ENDING && slot.spent < limit * 2 + LATEST_MS) {
    const hears = slot.told || !slot.endable;
    if (!hears || !(cpu() - slot.used >= LOST_CPU_MS)) return true;
  }
  // One stage a look: a script that took the interrupt has until the next to come to an end.
  const bit = stage + 1 === ENDING && !slot.endable ? 0 : STAGES[stage]!;
  Atomics.store(word, 1, slot.spent);
  if (Atomics.compareExchange(word, 0, value, value | bit) === value) slot.stage += 1;
  if (slot.stage === ENDING) slot.used = cpu();
  return true;
}

/** Whether the turn of a call is to be ended now, for which it is not told twice. */
export function isDue(slot: Slot): boolean {
  if (slot.stage !== ENDING || slot.told || !slot.endable) return false;
  // What the host is in the middle of is brought to its end first: the call waits behind it.
  slot.told = (Atomics.load(slot.word, 0) & (IN_HOST | HELD)) === 0;
  return slot.told;
}

const CONSTANTS = {
  ...{ RUNNING, IN_HOST, HELD, SLOW, COUNT, LOOK_MS, ENDING, LOST },
  ...{ LOST_MS, LOST_CPU_MS, LATEST_MS, SETTLE_MS },
};

const WORKER = `
const { ${Object.keys(CONSTANTS).join(', ')} } = ${JSON.stringify(CONSTANTS)};
const STAGES = ${JSON.stringify(STAGES)};
const look = ${look};
const isDue = ${isDue};
const formatTime = ${formatTime};
const { appendFileSync, readFileSync, writeSync } = require('node:fs');
const { parentPort, receiveMessageOnPort, workerData } = require('node:worker_threads');
const { resting, koffi, log } = workerData, slots = new Map();
// Not before it is needed: a process that ended while native code is loaded here would abort.
const load = () => require(koffi).load(null).func(${JSON.stringify(END_TURN)});
let endTurn = null;
function end({ name, spent }) {
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
// proc(5): nanoseconds that the main thread, whose number is the process's, has had of a CPU.
const times = '/proc/' + process.pid + '/task/' + process.pid + '/schedstat';
function cpu() {
  try {
    return Number.parseInt(readFileSync(times, 'latin1'), 10) / 1e6;
  } catch {
    return NaN;
  }
}
let active = performance.now(), last = active;
for (;;) {
  const news = Atomics.load(resting, 1);
  for (let m; (m = receiveMessageOnPort(parentPort)) !== undefined; ) {
    const { id, slot } = m.message;
    if (slot === undefined) slots.delete(id);
    else slots.set(id, slot);
  }
  const now = performance.now(), passed = now - last;
  last = now;
  let pause = 1000;
  for (const slot of slots.values()) {
    pause = Math.min(pause, slot.limit / ${LOOKS}, LOOK_MS);
    if (!look(slot, passed, cpu)) continue;
    active = now;
    if (slot.stage === ENDING && !slot.told) pause = 1;
    if (isDue(slot)) (endTurn ??= load())();
    if (slot.stage === LOST) end(slot);
  }
  if (now - active > 1000) {
    Atomics.store(resting, 0, 1);
    // Engines store plainly: one that did not see this yet is seen to run when that time is over.
    let idle = Atomics.wait(resting, 0, 1, SETTLE_MS) === 'timed-out';
    for (const slot of slots.values()) idle &&= (Atomics.load(slot.word, 0) & RUNNING) === 0;
    if (idle) Atomics.wait(resting, 0, 1);
    Atomics.store(resting, 0, 0);
    active = last = performance.now();
  } else Atomics.wait(resting, 1, news, Math.max(1, pause));
}
`;

/** What is watched, and for whom. */
export interface Watched {
  readonly word: Int32Array;
  /** In milliseconds. */
  readonly limit: number;
  /** The volume's name. */
  readonly name: string;
}

/** Watches an engine; returns the function that ends the watching. */
export function watch({ word, limit, name }: Watched): () => void {
  const endable = makeEndable();
  worker ??= startWorker(endable);
  engines += 1;
  const id = engines;
  const fresh = { seen: 0, spent: 0, stage: 0, told: false, used: 0 };
  const slot: Slot = { word, limit, endable, name, ...fresh };
  tell({ id, slot });
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

function startWorker(endable: boolean): Worker {
  const koffi = endable ? createRequire(import.meta.url).resolve('koffi') : null;
  const started = new Worker(WORKER, {
    eval: true,
    workerData: { resting, koffi, log: lastWords.log },
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

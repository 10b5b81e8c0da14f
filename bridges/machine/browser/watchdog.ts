/**
 * Runs the watchdog (host/limits/watchdog.ts) in a browser: a worker that shares memory with the
 * graph's worker, on a page isolated from other origins. It interrupts an engine by a word that the
 * engine checks. A call that never checks it is reported to the page, which can end the worker.
 */
import {
  CONSTANTS,
  makeSampling,
  makeSlot,
  type Slot,
  type WatchEngine,
  wakeWatchdog,
  watchdogSleep,
} from '../../host/limits/watchdog.ts';
import { type WebWorker, web } from './worker-globals.ts';

/** The report of a call that exceeded all its limits. */
export interface Lost {
  /** The volume's name. */
  readonly volume: string;
  /** The time that the call has run. */
  readonly seconds: number;
}

/**
 * A message to the watchdog's worker. The first has `words`. Each later one adds the engine `id`, or
 * removes it if `slot` is absent.
 */
interface Message {
  readonly id?: number;
  readonly slot?: Slot;
  /** `watchdogSleep` of host/limits/watchdog.ts. */
  readonly words?: Int32Array;
  /** The port that gets a message about each lost interpreter. */
  readonly lostPort?: object | undefined;
}

/** The watchdog worker's program. It is started from its source text, so it uses arguments only. */
function runWatchdog(
  worker: Pick<WebWorker, 'onmessage' | 'postMessage'>,
  constants: typeof CONSTANTS,
  sampling: typeof makeSampling,
): void {
  const { sampleAll } = sampling(constants);
  const { RUNNING, SETTLE_MS } = constants;
  const slots = new Map<number, Slot>();
  /** Milliseconds without a running call after which the worker sleeps. */
  const IDLE_MS = 1000;
  // Atomics.waitAsync is of ECMAScript 2024; without it the worker never sleeps.
  const { waitAsync } = Atomics as unknown as {
    waitAsync?(words: Int32Array, index: number, value: number, ms?: number): { value: unknown };
  };
  let words: Int32Array = new Int32Array(0);
  let lostPort: Pick<WebWorker, 'postMessage'> | undefined;
  let lastActiveMs = 0;
  let lastSampleMs = 0;
  function reportLost(slot: Slot): void {
    if (slot.isEndRequested) return;
    slot.isEndRequested = true;
    lostPort?.postMessage({ volume: slot.name, seconds: slot.spentMs / 1000 });
  }
  // A browser reports no CPU time, and cannot end a turn.
  const actions = { cpuMs: () => Number.NaN, endTurn() {}, reportLost };
  function sample(): void {
    const nowMs = performance.now();
    const elapsedMs = nowMs - lastSampleMs;
    lastSampleMs = nowMs;
    const { isAnyRunning, pauseMs } = sampleAll(slots.values(), elapsedMs, actions);
    if (isAnyRunning) lastActiveMs = nowMs;
    if (nowMs - lastActiveMs > IDLE_MS && waitAsync !== undefined) void waitWhileIdle(waitAsync);
    else setTimeout(sample, Math.max(1, pauseMs));
  }
  /** Sleeps until a call runs, then samples again. */
  async function waitWhileIdle(wait: NonNullable<typeof waitAsync>): Promise<void> {
    // Word 0 is 1 while the watchdog sleeps.
    Atomics.store(words, 0, 1);
    // Engines use plain stores: one that is not yet visible is visible after SETTLE_MS.
    let isIdle = (await wait(words, 0, 1, SETTLE_MS).value) === 'timed-out';
    for (const { word } of slots.values()) isIdle &&= (Atomics.load(word, 0) & RUNNING) === 0;
    if (isIdle) await wait(words, 0, 1).value;
    Atomics.store(words, 0, 0);
    lastActiveMs = lastSampleMs = performance.now();
    sample();
  }
  worker.onmessage = ({ data }) => {
    const message = data as Message;
    if (message.words !== undefined) {
      words = message.words;
      lostPort = message.lostPort as typeof lostPort;
      lastActiveMs = lastSampleMs = performance.now();
      sample();
      worker.postMessage('ready');
    } else if (message.slot !== undefined) slots.set(message.id!, message.slot);
    else slots.delete(message.id!);
  };
}

/** The worker's program as text; the constants and functions that it uses are its arguments. */
const WORKER_SOURCE = `(${runWatchdog})(globalThis, ${JSON.stringify(CONSTANTS)}, ${makeSampling})`;

/**
 * Starts the watchdog; returns its `watch` function, or the reason why it cannot run: threads or
 * shared memory are missing.
 */
export async function startWatch(
  lostPort: object | undefined,
): Promise<{ readonly watch: WatchEngine } | { readonly reason: string }> {
  const { crossOriginIsolated, Worker } = web;
  if (crossOriginIsolated !== true) {
    return { reason: 'the page is not isolated from other origins (COOP and COEP)' };
  }
  if (Worker === undefined) return { reason: 'a worker cannot start another here' };
  const url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: 'text/javascript' }));
  const worker = new Worker(url, { name: 'glossa watchdog' });
  try {
    await awaitStart(worker, lostPort);
  } catch (error) {
    worker.terminate();
    return { reason: `its worker does not start: ${(error as Error).message}` };
  } finally {
    URL.revokeObjectURL(url);
  }
  return { watch: makeWatch(worker) };
}

/** Waits for the worker's first message; it then runs also while this thread is busy. */
const awaitStart = (worker: WebWorker, lostPort: object | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = ({ message }) => reject(new Error(message ?? 'the browser gives no reason'));
    const message: Message = { words: watchdogSleep, lostPort };
    worker.postMessage(message, lostPort === undefined ? [] : [lostPort]);
  });

/** Makes the function that watches an engine, by messages to the watchdog's worker. */
function makeWatch(worker: WebWorker): WatchEngine {
  let engineCount = 0;
  return (engine) => {
    engineCount += 1;
    const id = engineCount;
    worker.postMessage({ id, slot: makeSlot(engine, false) });
    wakeWatchdog();
    return () => worker.postMessage({ id });
  };
}

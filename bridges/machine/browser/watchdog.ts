/**
 * The watchdog (host/limits/watchdog.ts) in a browser: a worker that shares memory with the graph's
 * worker, on a page isolated from other origins. It interrupts engines that check their word; a
 * call that never checks is reported by a port to the page, which can end the worker.
 */
import {
  CONSTANTS,
  makeSampling,
  newSlot,
  resting,
  type Slot,
  type Watch,
  wake,
} from '../../host/limits/watchdog.ts';
import { type WebWorker, web } from './worker-globals.ts';

/** The report of a call that exceeded all its limits. */
export interface Lost {
  /** The volume's name. */
  readonly volume: string;
  readonly seconds: number;
}

/** A message to the watchdog's worker: the shared memory first, then engines to watch or not. */
interface Message {
  readonly id?: number;
  readonly slot?: Slot;
  readonly words?: Int32Array;
  readonly reportLost?: object | undefined;
}

/** The worker's program. It crosses as text, so it uses only its arguments. */
function run(
  worker: Pick<WebWorker, 'onmessage' | 'postMessage'>,
  constants: typeof CONSTANTS,
  sampling: typeof makeSampling,
): void {
  const { sampleAll } = sampling(constants);
  const { RUNNING, SETTLE_MS } = constants;
  const slots = new Map<number, Slot>();
  // ECMAScript 2024.
  const { waitAsync } = Atomics as unknown as {
    waitAsync?(words: Int32Array, at: number, value: number, ms?: number): { value: unknown };
  };
  let words: Int32Array = new Int32Array(0);
  let port: Pick<WebWorker, 'postMessage'> | undefined;
  let active = 0;
  let last = 0;
  function reportLost(slot: Slot): void {
    if (slot.isEndRequested) return;
    slot.isEndRequested = true;
    port?.postMessage({ volume: slot.name, seconds: slot.spentMs / 1000 });
  }
  const ends = { cpuMs: () => Number.NaN, endTurn() {}, reportLost };
  function turn(): void {
    const now = performance.now();
    const passed = now - last;
    last = now;
    const { runs, pause } = sampleAll(slots.values(), passed, ends);
    if (runs) active = now;
    if (now - active > 1000 && waitAsync !== undefined) void rest(waitAsync);
    else setTimeout(turn, Math.max(1, pause));
  }
  async function rest(wait: NonNullable<typeof waitAsync>): Promise<void> {
    Atomics.store(words, 0, 1);
    // Engines use plain stores: a store missed now is visible after this time.
    let idle = (await wait(words, 0, 1, SETTLE_MS).value) === 'timed-out';
    for (const { word } of slots.values()) idle &&= (Atomics.load(word, 0) & RUNNING) === 0;
    if (idle) await wait(words, 0, 1).value;
    Atomics.store(words, 0, 0);
    active = last = performance.now();
    turn();
  }
  worker.onmessage = ({ data }) => {
    const told = data as Message;
    if (told.words !== undefined) {
      words = told.words;
      port = told.reportLost as typeof port;
      active = last = performance.now();
      turn();
      worker.postMessage('ready');
    } else if (told.slot !== undefined) slots.set(told.id!, told.slot);
    else slots.delete(told.id!);
  };
}

const WORKER = `(${run})(globalThis, ${JSON.stringify(CONSTANTS)}, ${makeSampling})`;

/** Starts the watchdog; undefined with the reason if threads or shared memory are missing. */
export async function startWatch(
  reportLost: object | undefined,
): Promise<{ readonly watch: Watch } | { readonly why: string }> {
  const { crossOriginIsolated, Worker } = web;
  if (crossOriginIsolated !== true) {
    return { why: 'the page is not isolated from other origins (COOP and COEP)' };
  }
  if (Worker === undefined) return { why: 'a worker cannot start another here' };
  const url = URL.createObjectURL(new Blob([WORKER], { type: 'text/javascript' }));
  const worker = new Worker(url, { name: 'glossa watchdog' });
  try {
    await begin(worker, reportLost);
  } catch (error) {
    worker.terminate();
    return { why: `its worker does not start: ${(error as Error).message}` };
  } finally {
    URL.revokeObjectURL(url);
  }
  return { watch: watchBy(worker) };
}

/** Waits for the worker's first message; it then runs also while this thread is busy. */
const begin = (worker: WebWorker, reportLost: object | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = ({ message }) => reject(new Error(message ?? 'the browser gives no reason'));
    worker.postMessage(
      { words: resting, lost: reportLost },
      reportLost === undefined ? [] : [reportLost],
    );
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

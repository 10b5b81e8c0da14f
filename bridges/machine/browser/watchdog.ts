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
  type Slot,
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

/** What the page's worker is told: first where they meet, then which engines are watched, or no longer. */
interface Message {
  readonly id?: number;
  readonly slot?: Slot;
  readonly words?: Int32Array;
  readonly lost?: object | undefined;
}

/** The worker's program. It crosses as text, so it uses only its arguments. */
function run(
  worker: Pick<WebWorker, 'onmessage' | 'postMessage'>,
  constants: typeof CONSTANTS,
  looks: typeof makeLooks,
): void {
  const { lookAtAll } = looks(constants);
  const { RUNNING, SETTLE_MS } = constants;
  const slots = new Map<number, Slot>();
  // Of ECMAScript 2024.
  const { waitAsync } = Atomics as unknown as {
    waitAsync?(words: Int32Array, at: number, value: number, ms?: number): { value: unknown };
  };
  let words: Int32Array = new Int32Array(0);
  let port: Pick<WebWorker, 'postMessage'> | undefined;
  let active = 0;
  let last = 0;
  function lost(slot: Slot): void {
    if (slot.told) return;
    slot.told = true;
    port?.postMessage({ volume: slot.name, seconds: slot.spent / 1000 });
  }
  const ends = { cpu: () => Number.NaN, end() {}, lost };
  function turn(): void {
    const now = performance.now();
    const passed = now - last;
    last = now;
    const { runs, pause } = lookAtAll(slots.values(), passed, ends);
    if (runs) active = now;
    if (now - active > 1000 && waitAsync !== undefined) void rest(waitAsync);
    else setTimeout(turn, Math.max(1, pause));
  }
  async function rest(wait: NonNullable<typeof waitAsync>): Promise<void> {
    Atomics.store(words, 0, 1);
    // Engines store plainly: one that did not see this yet is seen to run when that time is over.
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
      port = told.lost as typeof port;
      active = last = performance.now();
      turn();
      worker.postMessage('ready');
    } else if (told.slot !== undefined) slots.set(told.id!, told.slot);
    else slots.delete(told.id!);
  };
}

const WORKER = `(${run})(globalThis, ${JSON.stringify(CONSTANTS)}, ${makeLooks})`;

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

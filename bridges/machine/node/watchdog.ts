/**
 * The watchdog (host/limits/watchdog.ts) of a process: a worker thread, started for the first
 * engine with a time limit, that does not keep the process alive. It can end a call that ignores
 * interrupts (sys/end-turn.ts), and as the last resort the process.
 */
import { readlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { formatTime } from '../../../runtime/core/log.ts';
import { crashLog } from '../../../runtime/sys/crash-log.ts';
import { END_TURN, enableTurnEnding } from '../../../runtime/sys/end-turn.ts';
import {
  CONSTANTS,
  makeSampling,
  newSlot,
  resting,
  type Slot,
  type WatchedEngine,
  wake,
} from '../../host/limits/watchdog.ts';

let worker: Worker | undefined;
let engines = 0;

interface WorkerData {
  readonly resting: Int32Array;
  /** The path of koffi; null if turns cannot be ended. */
  readonly koffi: string | null;
  /** The log's file, `-` for standard error, null for none. */
  readonly log: string | null;
  /** The result of `timesOfThread`. */
  readonly times: string;
}

/** Adds an engine by its number, or without `slot` removes it. */
interface Message {
  readonly id: number;
  readonly slot?: Slot;
}

/** The worker's program. It crosses as text, so it uses only its arguments. */
function run(
  constants: typeof CONSTANTS,
  sampling: typeof makeSampling,
  timeText: typeof formatTime,
  symbol: string,
  load: NodeJS.Require,
): void {
  const { appendFileSync, readFileSync, writeSync } = load('node:fs') as typeof import('node:fs');
  const threads = load('node:worker_threads') as typeof import('node:worker_threads');
  const { resting, koffi, log, times } = threads.workerData as WorkerData;
  const { RUNNING, SETTLE_MS } = constants;
  const slots = new Map<number, Slot>();
  let endTurn: (() => void) | undefined;
  function end(): void {
    // On demand: a process that ends while native code loads here would abort.
    endTurn ??= (load(koffi!) as typeof import('koffi')).load(null).func(symbol);
    endTurn();
  }
  function reportLost({ name, spentMs: spent }: Slot): void {
    if (log === null) return;
    const took = `a call has run for ${(spent / 1000).toFixed(1)} s and cannot be ended`;
    const line =
      `[${timeText(Date.now())}] C [watchdog:0:-] 0-${name}: ${took} (option time-limit): ` +
      'the process is, for others to go on\n';
    try {
      if (log === '-') writeSync(2, line);
      else appendFileSync(log, line);
    } finally {
      process.kill(process.pid, 'SIGKILL');
    }
  }
  /** Milliseconds that the engines' thread has had of a CPU, and has waited for one. */
  function ofThread(): number[] {
    try {
      const [had, waited] = readFileSync(times, 'latin1').split(' ', 2);
      return [Number(had) / 1e6, Number(waited) / 1e6];
    } catch {
      return [Number.NaN, 0];
    }
  }
  const ends = { cpuMs: () => ofThread()[0]!, endTurn: end, reportLost };
  const { sampleAll } = sampling(constants);
  let active = performance.now();
  let last = active;
  let waited = ofThread()[1]!;
  for (;;) {
    const news = Atomics.load(resting, 1);
    for (;;) {
      const { message } = threads.receiveMessageOnPort(threads.parentPort!) ?? {};
      if (message === undefined) break;
      const { id, slot } = message as Message;
      if (slot === undefined) slots.delete(id);
      else slots.set(id, slot);
    }
    const now = performance.now();
    const before = waited;
    waited = ofThread()[1]!;
    // Negative when the kernel reports a long wait late.
    const passed = now - last - (waited - before);
    last = now;
    const { runs, pause } = sampleAll(slots.values(), passed, ends);
    if (runs) active = now;
    if (now - active <= 1000) {
      Atomics.wait(resting, 1, news, Math.max(1, pause));
      continue;
    }
    Atomics.store(resting, 0, 1);
    // Engines use plain stores: a store missed now is visible after this time.
    let idle = Atomics.wait(resting, 0, 1, SETTLE_MS) === 'timed-out';
    for (const { word } of slots.values()) idle &&= (Atomics.load(word, 0) & RUNNING) === 0;
    if (idle) Atomics.wait(resting, 0, 1);
    Atomics.store(resting, 0, 0);
    active = last = performance.now();
    waited = ofThread()[1]!;
  }
}

const WORKER = `(${run})(${JSON.stringify(CONSTANTS)}, ${makeSampling}, ${formatTime}, ${JSON.stringify(END_TURN)}, require)`;

/** Watches an engine; returns the function that ends the watching. */
export function watch(watched: WatchedEngine): () => void {
  const endable = enableTurnEnding();
  worker ??= startWorker(endable);
  engines += 1;
  const id = engines;
  send({ id, slot: newSlot(watched, endable) });
  return () => send({ id });
}

function send(message: Message): void {
  worker?.postMessage(message);
  Atomics.add(resting, 1, 1);
  Atomics.notify(resting, 1);
  wake();
}

/** The file in /proc with this thread's nanoseconds on a CPU, and waiting for one (proc(5)). */
function timesOfThread(): string {
  try {
    return `/proc/${readlinkSync('/proc/thread-self')}/schedstat`;
  } catch {
    // Without /proc there are no times.
    return '';
  }
}

function startWorker(endable: boolean): Worker {
  const koffi = endable ? createRequire(import.meta.url).resolve('koffi') : null;
  const started = new Worker(WORKER, {
    eval: true,
    workerData: { resting, koffi, log: crashLog.log, times: timesOfThread() } satisfies WorkerData,
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

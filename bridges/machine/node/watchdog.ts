/**
 * Runs the watchdog (host/limits/watchdog.ts) of a process: a worker thread, started for the first
 * engine with a time limit, that does not keep the process alive. It can abort the turn of a call
 * that ignores interrupts (sys/end-turn.ts). As the last resort it kills the process.
 *
 * The start of a thread of Node makes that of a mount some 40 ms longer. While all engines are such
 * that are only ended, V8 ends their calls at first, and the thread starts once the mount is there.
 */
import { readlinkSync } from 'node:fs';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { formatTime } from '../../../runtime/core/log.ts';
import { crashLog } from '../../../runtime/sys/crash-log.ts';
import { END_TURN_PROTOTYPE, enableTurnEnding } from '../../../runtime/sys/end-turn.ts';
import { koffiPath } from '../../../runtime/sys/koffi.ts';
import {
  CONSTANTS,
  makeSampling,
  makeSlot,
  type Slot,
  type WatchedEngine,
  wakeWatchdog,
  watchdog,
  watchdogSleep,
} from '../../host/limits/watchdog.ts';

/** Milliseconds until a thread that may start later does so. */
const LATER_MS = 250;

/** The thread's port here, while it runs. */
let worker: MessagePort | undefined;
let engineCount = 0;
/** The messages for a thread that is not started yet. */
let waitingMessages: Message[] = [];

/** The data that the worker gets at its start. */
interface WorkerData {
  readonly watchdogSleep: Int32Array;
  /** Has the messages: Deno reads those of the thread's own port in turns of its event loop only. */
  readonly port: MessagePort;
  /** The path of the package koffi; null if the worker cannot end turns. */
  readonly koffiPath: string | null;
  /** The log's file; `-` for standard error, null if there is no log. */
  readonly logFile: string | null;
  /** The result of `findThreadTimes`. */
  readonly timesFile: string;
}

/** A message to the worker: adds an engine by its number; without `slot`, removes the engine. */
interface Message {
  readonly id: number;
  readonly slot?: Slot;
}

/** The watchdog thread's program. It is started from its source text, so it uses arguments only. */
function runWatchdog(
  constants: typeof CONSTANTS,
  sampling: typeof makeSampling,
  formatLogTime: typeof formatTime,
  endTurnSymbol: string,
  load: NodeJS.Require,
): void {
  const { appendFileSync, readFileSync, writeSync } = load('node:fs') as typeof import('node:fs');
  const threads = load('node:worker_threads') as typeof import('node:worker_threads');
  const { watchdogSleep, port, koffiPath, logFile, timesFile } = threads.workerData as WorkerData;
  const { RUNNING, SETTLE_MS } = constants;
  const slots = new Map<number, Slot>();
  let endTurn: (() => void) | undefined;
  function endTurnNow(): void {
    // Loaded on demand: a process that ends while native code loads here would abort.
    endTurn ??= (load(koffiPath!) as typeof import('koffi')).load(null).func(endTurnSymbol);
    endTurn();
  }
  /** Logs why, and kills the process; without a log, does neither. */
  function killProcess({ name, spentMs }: Slot): void {
    if (logFile === null) return;
    const problem = `a call has run for ${(spentMs / 1000).toFixed(1)} s and cannot be ended`;
    const line =
      `[${formatLogTime(Date.now())}] C [watchdog:0:-] 0-${name}: ${problem} (option time-limit): ` +
      'the process is, for others to go on\n';
    try {
      if (logFile === '-') writeSync(2, line);
      else appendFileSync(logFile, line);
    } finally {
      process.kill(process.pid, 'SIGKILL');
    }
  }
  /** Returns the milliseconds that the engines' thread has spent on a CPU, and waiting for one. */
  function readThreadTimes(): number[] {
    try {
      const [cpuNs, waitedNs] = readFileSync(timesFile, 'latin1').split(' ', 2);
      return [Number(cpuNs) / 1e6, Number(waitedNs) / 1e6];
    } catch {
      return [Number.NaN, 0];
    }
  }
  const actions = {
    cpuMs: () => readThreadTimes()[0]!,
    endTurn: endTurnNow,
    reportLost: killProcess,
  };
  const { sampleAll } = sampling(constants);
  /** Milliseconds without a running call after which the thread sleeps until a call wakes it. */
  const IDLE_MS = 1000;
  let lastActiveMs = performance.now();
  let lastSampleMs = lastActiveMs;
  // The time that the engines' thread has waited for a CPU does not count as a call's time.
  let waitedMs = readThreadTimes()[1]!;
  for (;;) {
    // Word 1 counts the messages; word 0 is 1 while the watchdog sleeps.
    const messageCount = Atomics.load(watchdogSleep, 1);
    for (;;) {
      const { message } = threads.receiveMessageOnPort(port) ?? {};
      if (message === undefined) break;
      const { id, slot } = message as Message;
      if (slot === undefined) slots.delete(id);
      else slots.set(id, slot);
    }
    const nowMs = performance.now();
    const previousWaitedMs = waitedMs;
    waitedMs = readThreadTimes()[1]!;
    // The elapsed time is negative if the kernel reports a long wait late.
    const elapsedMs = nowMs - lastSampleMs - (waitedMs - previousWaitedMs);
    lastSampleMs = nowMs;
    const { isAnyRunning, pauseMs } = sampleAll(slots.values(), elapsedMs, actions);
    if (isAnyRunning) lastActiveMs = nowMs;
    if (nowMs - lastActiveMs <= IDLE_MS) {
      Atomics.wait(watchdogSleep, 1, messageCount, Math.max(1, pauseMs));
      continue;
    }
    Atomics.store(watchdogSleep, 0, 1);
    // Engines use plain stores: one that is not yet visible is visible after SETTLE_MS.
    let isIdle = Atomics.wait(watchdogSleep, 0, 1, SETTLE_MS) === 'timed-out';
    for (const { word } of slots.values()) isIdle &&= (Atomics.load(word, 0) & RUNNING) === 0;
    if (isIdle) Atomics.wait(watchdogSleep, 0, 1);
    Atomics.store(watchdogSleep, 0, 0);
    lastActiveMs = lastSampleMs = performance.now();
    waitedMs = readThreadTimes()[1]!;
  }
}

/** The worker's program as text; the constants and functions that it uses are its arguments. */
const WORKER_SOURCE = `(${runWatchdog})(${JSON.stringify(CONSTANTS)}, ${makeSampling}, ${formatTime}, ${JSON.stringify(END_TURN_PROTOTYPE)}, require)`;

/** Starts the thread, which takes a while, beside the loading of the first engine. */
export function startWatchdog(): void {
  if (worker !== undefined) return;
  worker = startWorker(enableTurnEnding());
  watchdog.isRunning = true;
  for (const message of waitingMessages) worker.postMessage(message);
  waitingMessages = [];
}

/** Watches an engine; returns a function that stops watching. */
export function watch(engine: WatchedEngine): () => void {
  if (engine.isOnlyEnded && enableTurnEnding()) startLater();
  else startWatchdog();
  engineCount += 1;
  const id = engineCount;
  sendToWorker({ id, slot: makeSlot(engine, enableTurnEnding()) });
  return () => sendToWorker({ id });
}

/** Starts the thread soon, unless it runs already; V8 ends calls until then. */
function startLater(): void {
  if (worker !== undefined || !watchdog.isRunning) return;
  watchdog.isRunning = false;
  watchdog.start = startWatchdog;
  setTimeout(startWatchdog, LATER_MS).unref();
}

/** Sends a message, and wakes the worker from either of its waits. */
function sendToWorker(message: Message): void {
  if (worker === undefined) waitingMessages.push(message);
  else worker.postMessage(message);
  Atomics.add(watchdogSleep, 1, 1);
  Atomics.notify(watchdogSleep, 1);
  wakeWatchdog();
}

/**
 * Finds the file in /proc with this thread's nanoseconds on a CPU, and waiting for one (proc(5));
 * '' if the kernel has no such file.
 */
function findThreadTimes(): string {
  try {
    return `/proc/${readlinkSync('/proc/thread-self')}/schedstat`;
  } catch {
    // The system has no /proc.
    return '';
  }
}

/** Starts the watchdog's worker. @param canEndTurns whether it may abort the turn of a call */
function startWorker(canEndTurns: boolean): MessagePort {
  const { port1: ours, port2: port } = new MessageChannel();
  const newWorker = new Worker(WORKER_SOURCE, {
    eval: true,
    workerData: {
      watchdogSleep,
      port,
      koffiPath: canEndTurns ? koffiPath : null,
      logFile: crashLog.target,
      timesFile: findThreadTimes(),
    } satisfies WorkerData,
    transferList: [port],
    execArgv: [],
    env: {},
    name: 'glossa watchdog',
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
  });
  newWorker.unref();
  newWorker.on('exit', () => {
    worker = undefined;
  });
  ours.unref();
  return ours;
}

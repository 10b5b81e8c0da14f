/**
 * Makes V8 free the memory of ended interpreters, what the start of one left, and the memory of clients that have left.
 * By itself, its garbage collector runs only on allocation, and V8 14 (Node 26) does not count memory of WebAssembly as
 * such: a mount would hold hundreds of MB. Several runs are needed, as each frees only what the one before made
 * unreachable (realm, instance, memory). Pauses separate the runs, as each blocks the thread for some 10 ms.
 */

import { runInNewContext } from 'node:vm';
import { trimMemory } from './malloc.ts';
import { setV8Flag } from './v8-flags.ts';

/** Runs V8's garbage collector on demand, for measurements and for tests of leaks. */
type Collector = () => void;
let collector: Collector | undefined;

/** Gets V8's `gc` function. The flag is reset, so that no other code gets the function. */
function findCollector(): Collector {
  setV8Flag('expose-gc', true);
  const gc = runInNewContext('gc') as Collector;
  setV8Flag('expose-gc', false);
  return gc;
}

/** Collects garbage now: takes some tens of milliseconds, more with a large heap. */
export function collectGarbage(): void {
  collector ??= findCollector();
  collector();
}

/** Milliseconds without another start or end of an interpreter before the collector runs. */
const QUIET_MS = 1000;
/**
 * Every fourth start or end runs the collector at once, so that a burst of them does not wait.
 */
const BURST_SIZE = 4;
/** So does the end of interpreters with as much memory. */
const MAX_RELEASED_BYTES = 32 * 2 ** 20;
/** The most collector runs for one start or end. */
const MAX_RUNS = 8;
/** The number of runs without effect after which the collector stops: V8 may count late by one. */
const MAX_IDLE_RUNS = 2;
/** A pause lasts this multiple of a run, so that the collector gets a tenth of the time. */
const PAUSE_FACTOR = 9;
/**
 * Milliseconds before one more run: V8 gives back the memory for new objects, up to 16 MB, only if little was allocated
 * in the last seconds (`Heap::HasLowAllocationRate` in its `src/heap/heap.cc`, `kThroughputTimeFrameMs`).
 */
const SHRINK_DELAY_MS = 6000;
/** The least freed bytes that justify another run. */
const WORTHWHILE_BYTES = 2 ** 20;
/**
 * The largest heap for which the collector runs: a run takes a millisecond for each megabyte, in which no request is
 * served, and V8 collects larger heaps often enough by itself.
 */
const MAX_HEAP_BYTES = 128 * 2 ** 20;

/** The bytes that a collector run may free. */
interface UsedBytes {
  /** Bytes of the heap, and of the external memory that V8 counts. */
  readonly counted: number;
  /** Bytes of the process: memory of WebAssembly, which newer V8 do not count, is among them. */
  readonly resident: number;
}

function readUsedBytes(): UsedBytes {
  const { heapUsed, external, rss } = process.memoryUsage();
  return { counted: heapUsed + external, resident: rss };
}

const isCollectable = (): boolean => process.memoryUsage().heapUsed <= MAX_HEAP_BYTES;

/** The timer of the next run. */
let timer: NodeJS.Timeout | undefined;
let changeCount = 0;
/** Memory of the interpreters that have ended since the last run. */
let releasedBytes = 0;
/** Whether the next run is to be at once. */
let isUrgent = false;

/**
 * Schedules collector runs after an interpreter has started or ended, or clients with much memory have left.
 * @param endedBytes memory of an interpreter that has ended
 */
export function scheduleCollection(endedBytes = 0): void {
  clearTimeout(timer);
  changeCount += 1;
  releasedBytes += endedBytes;
  isUrgent ||= changeCount % BURST_SIZE === 0 || releasedBytes >= MAX_RELEASED_BYTES;
  timer = startTimer(isUrgent ? 0 : QUIET_MS, () => {
    isUrgent = false;
    releasedBytes = 0;
    runCollector(MAX_RUNS, 0, readUsedBytes());
  });
}

/** Starts a timer that does not keep the process alive. */
const startTimer = (ms: number, fn: () => void): NodeJS.Timeout => setTimeout(fn, ms).unref();

/**
 * Runs the collector, up to `remainingRuns` times.
 * @param previousIdleRuns number of immediately preceding runs without effect
 * @param before bytes in use before this run
 */
function runCollector(remainingRuns: number, previousIdleRuns: number, before: UsedBytes): void {
  if (!isCollectable()) return;
  const startMs = performance.now();
  collectGarbage();
  const durationMs = performance.now() - startMs;
  const after = readUsedBytes();
  const freedBytes = Math.max(before.counted - after.counted, before.resident - after.resident);
  const idleRuns = freedBytes < WORTHWHILE_BYTES ? previousIdleRuns + 1 : 0;
  if (remainingRuns === 1 || idleRuns === MAX_IDLE_RUNS) {
    trimMemory();
    timer = startTimer(SHRINK_DELAY_MS, () => {
      if (isCollectable()) collectGarbage();
    });
  } else {
    timer = startTimer(durationMs * PAUSE_FACTOR, () =>
      runCollector(remainingRuns - 1, idleRuns, after),
    );
  }
}

/**
 * Makes V8 free the memory of ended interpreters: its garbage collector runs by itself only on
 * allocation, so an idle mount would hold some hundred MB. Several runs are needed, as the realm,
 * the instance and its memory go one after the other; pauses separate them, as each takes some 10
 * ms.
 */
import { collectGarbage } from '../../../runtime/sys/garbage-collector.ts';
import { trimMemory } from '../../../runtime/sys/malloc.ts';

/** While interpreters end in quick succession, the collector runs at every fourth. */
const QUIET_MS = 1000;
const AT_ONCE = 4;
const MOST_RUNS = 8;
/** Fruitless runs at most: memory may be counted one run late. */
const MOST_IDLE = 2;
/** Pause as a multiple of a run: the collector gets a tenth of the time. */
const PAUSE = 9;
/** Freed bytes that justify another run. */
const WORTH = 2 ** 20;
/** Larger heaps are left to V8, which collects them often enough. */
const HEAP_MAX = 512 * 2 ** 20;

/** Bytes of the heap, and of external memory that it owns. */
function inUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

let timer: NodeJS.Timeout | undefined;
let ended = 0;

/** Schedules collector runs after an interpreter has ended. */
export function discarded(): void {
  clearTimeout(timer);
  ended += 1;
  timer = after(ended % AT_ONCE === 0 ? 0 : QUIET_MS, () => run(MOST_RUNS, 0, inUse()));
}

const after = (ms: number, fn: () => void): NodeJS.Timeout => setTimeout(fn, ms).unref();

/** One of `left` runs, after `idle` fruitless ones; `before` bytes were in use at the last. */
function run(left: number, idle: number, before: number): void {
  if (process.memoryUsage().heapUsed > HEAP_MAX) return;
  const began = performance.now();
  collectGarbage();
  const took = performance.now() - began;
  const now = inUse();
  const idleNow = before - now < WORTH ? idle + 1 : 0;
  if (left === 1 || idleNow === MOST_IDLE) trimMemory();
  else timer = after(took * PAUSE, () => run(left - 1, idleNow, now));
}

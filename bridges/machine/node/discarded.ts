/**
 * Asks for the memory of interpreters that have ended. Only V8's garbage collector gives it back, and
 * by itself it runs when something is allocated: a mount at rest would keep some hundred MB.
 *
 * It takes several runs: the realm, the instance and its memory each go in one after what led to them
 * has gone. Each keeps the process busy for some tens of milliseconds, so there is time between them.
 */
import { collectGarbage } from '../../../runtime/sys/garbage-collector.ts';
import { trimMemory } from '../../../runtime/sys/malloc.ts';

/** As long as one interpreter ends soon after the other, it is asked for at every fourth. */
const QUIET_MS = 1000;
const AT_ONCE = 4;
const MOST_RUNS = 8;
/** What a run makes free may be counted after the next: one that brought nothing is not the last. */
const MOST_IDLE = 2;
/** Of the time, at most a tenth is the collector's. */
const PAUSE = 9;
/** So much less is worth another run, in bytes. */
const WORTH = 2 ** 20;
/** A larger heap takes long to look through; with so much in it, V8 does that often enough. */
const HEAP_MAX = 512 * 2 ** 20;

/** Bytes of the heap, and of what lies outside of it and belongs to something in it. */
function inUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

let timer: NodeJS.Timeout | undefined;
let ended = 0;

/** An interpreter has ended. */
export function discarded(): void {
  clearTimeout(timer);
  ended += 1;
  timer = after(ended % AT_ONCE === 0 ? 0 : QUIET_MS, () => run(MOST_RUNS, 0, inUse()));
}

const after = (ms: number, fn: () => void): NodeJS.Timeout => setTimeout(fn, ms).unref();

/** One run of `left`. The `idle` ones before brought nothing; `before` was in use at the last. */
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

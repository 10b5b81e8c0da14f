/**
 * Lets V8 allocate data before it collects all garbage. V8 counts the data of ArrayBuffers that were made since the last
 * full collection with the heap, and the heap may grow by a tenth, or 8 MB. The heap of a mount has some 12 MB, so a
 * mount whose translators keep data (performance/read-ahead, io-cache, write-behind) would collect everything after
 * each 10 to 30 MB of data: 20 times a second, for a third of its time.
 *
 * Source: V8's `src/heap/heap-controller.cc` (`GrowingFactor`, `BoundAllocationLimit`) and
 * `Heap::IncrementalMarkingLimitReached`.
 */
import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { setV8Flag } from './v8-flags.ts';

/** Bytes by which a small heap may grow: twice what V8 lets ArrayBuffers take before a collection of new objects. */
const ROOM_BYTES = 64 * 2 ** 20;
/** The growth is a multiple of this, in percent, and at least this. */
const GROWTH_STEP = 50;
/** The largest heap that may grow so: V8 chooses the growth of larger ones. */
const MAX_HEAP_BYTES = 256 * 2 ** 20;

/** The growth of a heap after a full collection, in percent; 0 lets V8 choose. */
export const computeGrowth = (heapBytes: number): number =>
  heapBytes > MAX_HEAP_BYTES
    ? 0
    : Math.ceil((100 * ROOM_BYTES) / heapBytes / GROWTH_STEP) * GROWTH_STEP;

let growth = 0;

function setGrowth(percent: number): void {
  if (percent === growth) return;
  growth = percent;
  setV8Flag('heap-growing-percent', percent);
}

const adapt = (): void => setGrowth(computeGrowth(getHeapStatistics().used_heap_size));

/** Adapts the growth of the heap, now and after each collection, for a process that serves data. */
export function leaveRoomForData(): void {
  adapt();
  new PerformanceObserver(adapt).observe({ entryTypes: ['gc'] });
  // A compile cache is written at the end, and V8 uses only what was compiled with the same options.
  process.prependListener('exit', () => setGrowth(0));
}

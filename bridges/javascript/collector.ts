/** Triggers QuickJS's cycle collector, which runs only at a threshold of memory. */
import type { Values } from './values.ts';
import type { Instance, Pointer, QuickJS } from './wasm.ts';

/** The initial threshold in bytes (JS_NewRuntime2), by which `findThreshold` finds the field. */
const GC_THRESHOLD = 256 * 1024;
/** Bytes of a runtime that are searched for the field. */
const RUNTIME_BYTES = 512;

/** Finds the address of a runtime's collector threshold; 0 if this build of QuickJS hides it. */
export function findThreshold({ memory }: Instance, runtime: Pointer): Pointer {
  const words = new Int32Array(memory.buffer, runtime, RUNTIME_BYTES / 4);
  const index = words.indexOf(GC_THRESHOLD);
  return index < 0 || words.includes(GC_THRESHOLD, index + 1) ? 0 : runtime + index * 4;
}

/** Sets the threshold to 0, so that the collector runs at the next allocation; false if its address is unknown. */
export function lowerThreshold(words: Int32Array, threshold: Pointer): boolean {
  if (threshold !== 0) words[threshold >> 2] = 0;
  return threshold !== 0;
}

/** Counts the memory blocks of a runtime's values. */
export function countBlocks(quickjs: QuickJS, runtime: Pointer, values: Values): number {
  const usage = quickjs.QTS_RuntimeComputeMemoryUsage(runtime, values.context);
  const count = values.get(usage, 'malloc_count')!;
  const blocks = values.readNumber(count);
  for (const value of [usage, count]) quickjs.QTS_FreeValuePointer(values.context, value);
  return blocks;
}

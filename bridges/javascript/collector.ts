/** Triggers QuickJS's cycle collector, which runs only at a threshold of memory. */
import type { Values } from './values.ts';
import type { Instance, Pointer, QuickJS } from './wasm.ts';

/** The initial threshold (JS_NewRuntime2), by which its field is found. */
const GC_THRESHOLD = 256 * 1024;
/** Bytes of a runtime that are searched for the field. */
const RUNTIME_BYTES = 512;

/** Finds the address of a runtime's collector threshold; 0 if it is hidden. */
export function findThreshold({ memory }: Instance, runtime: Pointer): Pointer {
  const words = new Int32Array(memory.buffer, runtime, RUNTIME_BYTES / 4);
  const found = words.indexOf(GC_THRESHOLD);
  return found < 0 || words.includes(GC_THRESHOLD, found + 1) ? 0 : runtime + found * 4;
}

/** Makes the collector run at the next allocation; false without a threshold. */
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

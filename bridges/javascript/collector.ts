/**
 * Makes QuickJS's cycle collector run early, and counts the memory blocks of an interpreter. By
 * itself, the collector runs only when the used memory reaches a threshold.
 */
import type { Values } from './values.ts';
import type { Instance, Pointer, QuickJS } from './wasm.ts';

/** The initial threshold in bytes (JS_NewRuntime2), by which `findThreshold` finds the field. */
const INITIAL_GC_THRESHOLD = 256 * 1024;
/** The first bytes of a runtime, which `findThreshold` searches for the field. */
const RUNTIME_BYTES = 512;

/** Finds the address of a runtime's collector threshold; 0 if this build of QuickJS hides it. */
export function findThreshold({ memory }: Instance, runtime: Pointer): Pointer {
  const words = new Int32Array(memory.buffer, runtime, RUNTIME_BYTES / 4);
  // The field is certain only if one word has this value.
  const index = words.indexOf(INITIAL_GC_THRESHOLD);
  return index < 0 || words.includes(INITIAL_GC_THRESHOLD, index + 1) ? 0 : runtime + index * 4;
}

/**
 * Sets the threshold to 0, so that the collector runs at the next allocation.
 * @param address the threshold's; 0 if it is unknown: then this does nothing, and returns false
 */
export function lowerThreshold(words: Int32Array, address: Pointer): boolean {
  if (address !== 0) words[address >> 2] = 0;
  return address !== 0;
}

/** Counts the memory blocks of a runtime's values. */
export function countBlocks(quickjs: QuickJS, runtime: Pointer, values: Values): number {
  const usage = quickjs.QTS_RuntimeComputeMemoryUsage(runtime, values.context);
  const count = values.getProperty(usage, 'malloc_count')!;
  const blocks = values.readNumber(count);
  for (const value of [usage, count]) quickjs.QTS_FreeValuePointer(values.context, value);
  return blocks;
}

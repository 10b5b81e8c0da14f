/** QuickJS's collector of cycles runs when its memory has grown so far; nothing else makes it run. */
import type { Values } from './values.ts';
import type { Instance, Pointer, QuickJS } from './wasm.ts';

/** What the garbage collector starts with (JS_NewRuntime2): a mark to find the field by. */
const GC_THRESHOLD = 256 * 1024;
/** Bytes of a runtime in which that field is looked for. */
const RUNTIME_BYTES = 512;

/** Where a runtime keeps how much memory makes its collector run; 0 when it is not to be found. */
export function findThreshold({ memory }: Instance, runtime: Pointer): Pointer {
  const words = new Int32Array(memory.buffer, runtime, RUNTIME_BYTES / 4);
  const found = words.indexOf(GC_THRESHOLD);
  return found < 0 || words.includes(GC_THRESHOLD, found + 1) ? 0 : runtime + found * 4;
}

/** Lets the collector run at the next allocation; false without a threshold. */
export function lowerThreshold(words: Int32Array, threshold: Pointer): boolean {
  if (threshold !== 0) words[threshold >> 2] = 0;
  return threshold !== 0;
}

/** Blocks of memory that a runtime's values take. */
export function countBlocks(quickjs: QuickJS, runtime: Pointer, values: Values): number {
  const usage = quickjs.QTS_RuntimeComputeMemoryUsage(runtime, values.context);
  const count = values.get(usage, 'malloc_count')!;
  const blocks = values.readNumber(count);
  for (const value of [usage, count]) quickjs.QTS_FreeValuePointer(values.context, value);
  return blocks;
}

/** A bench for tests: a plain folder, in which nothing is mounted. */
import type { Bench } from '../bench/bench.ts';
import { Cleanup } from '../bench/cleanup.ts';
import { Tools } from '../bench/tools.ts';

export const benchIn = (folder: string): Bench => ({
  quick: true,
  tools: new Tools(),
  cleanup: new Cleanup(),
  signal: new AbortController().signal,
  folder,
  data: folder,
  inMemory: false,
  say() {},
});

/** A bench for tests: a plain folder without mounts. */
import { Cleanup } from '../../apps/bench/run/cleanup.ts';
import type { Bench } from '../bench/bench.ts';

export const makeBench = (folder: string): Bench => ({
  quick: true,
  cleanup: new Cleanup(),
  signal: new AbortController().signal,
  folder,
  data: folder,
  log() {},
});

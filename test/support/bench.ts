/** A bench for tests: a plain folder without mounts; and groups of tests that need a compiler. */
import { describe } from 'vitest';
import { Cleanup } from '../../apps/bench/run/cleanup.ts';
import { runToEnd } from '../../apps/bench/run/others/implementation.ts';
import type { Bench } from '../bench/bench.ts';
import { isSkipped } from './obstacle.ts';

export const makeBench = (folder: string): Bench => ({
  quick: true,
  cleanup: new Cleanup(),
  signal: new AbortController().signal,
  folder,
  data: folder,
  log() {},
});

const canCompile = runToEnd(['cc', '--version']).status === 0;

/** A group of tests that need a compiler. */
export function describeCompiled(name: string, body: () => void): void {
  describe.skipIf(isSkipped(name, canCompile ? '' : 'gcc is missing'))(name, body);
}

/** A bench for tests: a plain folder, in which nothing is mounted; and groups that compile. */
import { describe } from 'vitest';
import type { Bench } from '../bench/bench.ts';
import { Cleanup } from '../bench/cleanup.ts';
import { Tools } from '../bench/tools.ts';
import { isSkipped } from './obstacle.ts';

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

const canCompile = await new Tools().has('gcc');

/** A group of tests of what the bench compiles. */
export function describeCompiled(name: string, body: () => void): void {
  describe.skipIf(isSkipped(name, canCompile ? '' : 'gcc is missing'))(name, body);
}

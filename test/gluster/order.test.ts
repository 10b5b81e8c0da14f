import { expect, test } from 'vitest';
import distribute from '../../gluster/cluster/distribute/index.ts';
import type { Translator } from '../../runtime/core/xlator.ts';
import mdCache from '../../runtime/xlators/performance/md-cache/index.ts';
import nlCache from '../../runtime/xlators/performance/nl-cache/index.ts';
import openBehind from '../../runtime/xlators/performance/open-behind/index.ts';
import quickRead from '../../runtime/xlators/performance/quick-read/index.ts';
import writeBehind from '../../runtime/xlators/performance/write-behind/index.ts';
import { FakeContext, HeldLeaf, makeGraph, startGraph } from '../support/core.ts';

/** Warnings about a stack, listed from the storage up. */
async function doubts(...stack: unknown[]): Promise<string[]> {
  const lines: string[] = [];
  const context = Object.assign(new FakeContext(), {
    warn: (text: string) => void lines.push(text),
  });
  const all = [new HeldLeaf().translator, ...stack] as Translator<unknown>[];
  await startGraph(
    all.map((translator) => ({ translator })),
    context,
  );
  return lines;
}

test("glusterd's order of performance translators causes no warning", async () => {
  expect(await doubts(writeBehind, openBehind, quickRead, mdCache)).toEqual([]);
});

test.each([
  [
    'a volume that belongs above is below',
    [mdCache, writeBehind],
    "belongs below 'v1' (performance/md-cache)",
  ],
  [
    'a volume that belongs above is several volumes below',
    [quickRead, mdCache, openBehind],
    "belongs below 'v1' (performance/quick-read)",
  ],
  [
    'nl-cache is below distribute',
    [nlCache, distribute],
    "belongs below 'v1' (performance/nl-cache)",
  ],
  [
    'md-cache is below distribute',
    [mdCache, distribute],
    "belongs below 'v1' (performance/md-cache)",
  ],
  ['a type occurs twice', [mdCache, writeBehind, mdCache], 'is of the same type: one is enough'],
])(
  'a graph causes a warning about the order of its translators if %s',
  async (_what, stack, problem) => {
    expect((await doubts(...stack)).join('\n')).toContain(problem);
  },
);

test('write-behind refuses an aggregate-size larger than its window', async () => {
  const options = { 'aggregate-size': '1MB', 'window-size': '512KB' };
  const graph = makeGraph(
    [
      { translator: new HeldLeaf().translator },
      { translator: writeBehind as unknown as Translator<unknown>, options },
    ],
    new FakeContext(),
  );
  await expect(graph.start()).rejects.toThrow('aggregate-size (1048576 bytes) is larger');
});

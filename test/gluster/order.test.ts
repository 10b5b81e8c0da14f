import { expect, test } from 'vitest';
import distribute from '../../gluster/cluster/distribute/index.ts';
import type { Translator } from '../../runtime/core/xlator.ts';
import mdCache from '../../runtime/xlators/performance/md-cache/index.ts';
import nlCache from '../../runtime/xlators/performance/nl-cache/index.ts';
import openBehind from '../../runtime/xlators/performance/open-behind/index.ts';
import quickRead from '../../runtime/xlators/performance/quick-read/index.ts';
import writeBehind from '../../runtime/xlators/performance/write-behind/index.ts';
import { FakeContext, HeldLeaf, makeGraph, startGraph } from '../support/core.ts';

/** What is pointed out of a stack, from the storage up. */
async function doubts(...stack: unknown[]): Promise<string[]> {
  const said: string[] = [];
  const context = Object.assign(new FakeContext(), {
    warn: (text: string) => void said.push(text),
  });
  const all = [new HeldLeaf().translator, ...stack] as Translator<unknown>[];
  await startGraph(
    all.map((translator) => ({ translator })),
    context,
  );
  return said;
}

test('the order of glusterd is right', async () => {
  expect(await doubts(writeBehind, openBehind, quickRead, mdCache)).toEqual([]);
});

test.each([
  [
    'what belongs above it is below',
    [mdCache, writeBehind],
    "belongs below 'v1' (performance/md-cache)",
  ],
  ['however far', [quickRead, mdCache, openBehind], "belongs below 'v1' (performance/quick-read)"],
  [
    'a cache of names or attributes is below many bricks',
    [nlCache, distribute],
    "belongs below 'v1' (performance/nl-cache)",
  ],
  ['the other one is', [mdCache, distribute], "belongs below 'v1' (performance/md-cache)"],
  ['there are two', [mdCache, writeBehind, mdCache], 'is of the same type: one is enough'],
])('is pointed out where %s', async (_what, stack, doubt) => {
  expect((await doubts(...stack)).join('\n')).toContain(doubt);
});

test('write-behind does not join more than its window holds', async () => {
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

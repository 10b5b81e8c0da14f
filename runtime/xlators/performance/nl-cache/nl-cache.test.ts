import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ask,
  FakeContext,
  HeldLeaf,
  makeLoc,
  reconfigure,
  startGraph,
} from '../../../../test/support/core.ts';
import { anyHistories, World } from '../../../../test/support/performance.ts';
import { type Dict, timeoutsOf } from '../../../core/dict.ts';
import { ENOENT } from '../../../core/errno.ts';
import type { Translator } from '../../../core/xlator.ts';
import nlCache from './index.ts';

const translator = nlCache as unknown as Translator<unknown>;

test('nl-cache returns ENOENT only for a name that was absent between the request and the reply', async () => {
  const turns: Record<string, string>[] = [{ 'pass-through': 'on' }, { 'nl-cache-limit': '200B' }];
  await fc.assert(
    fc.asyncProperty(
      anyHistories({ lookup: 12, create: 6, unlink: 4, rename: 4 }),
      async (steps) => {
        const stack = [{ translator }];
        const world = await World.start({ stack, turns, tells: true, timeoutMs: 60_000 });
        for (const step of steps) world.step(step);
        world.settle();
      },
    ),
    { numRuns: 60 },
  );
});

test('in a folder that was made here, nl-cache returns ENOENT only for a name that is absent, whichever client made it', async () => {
  const lines = { 'nl-cache-timeout': '600', 'nl-cache-positive-entry': 'on' };
  const turns: Record<string, string>[] = [
    { 'nl-cache-limit': '700B' },
    lines,
    { 'pass-through': 'on' },
    lines,
  ];
  const stack = [{ translator, options: lines }];
  let unseen = 0;
  await fc.assert(
    fc.asyncProperty(
      anyHistories({
        ...{
          lookup: 20,
          create: 5,
          unlink: 2,
          rename: 3,
          link: 2,
          othersRename: 5,
          act: 20,
          answer: 20,
        },
        ...{ stat: 0, fstat: 0, open: 0, read: 0, write: 0, chmod: 0, setxattr: 0, getxattr: 0 },
        ...{ close: 0, truncate: 0, ftruncate: 0, readdirp: 0, flush: 0, fsync: 0, others: 0 },
      }),
      async (steps) => {
        const world = await World.start({
          stack,
          turns,
          tells: true,
          timeoutMs: 600_000,
          isFolderNew: true,
        });
        for (const step of steps) world.step(step);
        unseen += Number(nlCache.dump!(world.top as never).unseen);
        world.settle();
      },
    ),
    { numRuns: 300 },
  );
  expect(unseen).toBeGreaterThan(0);
});

test('the kernel caches no existing name as absent over nl-cache, whichever client created it', async () => {
  const lines = { 'nl-cache-timeout': '600', 'kernel-timeout': '500' };
  const turns: Record<string, string>[] = [
    { ...lines, 'nl-cache-limit': '200B' },
    { ...lines, 'kernel-timeout': '0' },
    { 'pass-through': 'on' },
    lines,
  ];
  const stack = [{ translator, options: lines }];
  let believed = 0;
  await fc.assert(
    fc.asyncProperty(
      anyHistories({ lookup: 12, create: 6, unlink: 4, rename: 4 }),
      async (steps) => {
        const world = await World.start({ stack, turns, tells: true, timeoutMs: 600_000 });
        for (const step of steps) {
          world.step(step);
          if (step[0] === 'answer') world.drain();
        }
        world.settle();
        believed += world.kernel.believed;
      },
    ),
    { numRuns: 100 },
  );
  expect(believed).toBeGreaterThan(0);
});

test('the kernel caches an absent name no longer than nl-cache, and forgets names that nl-cache evicts', async () => {
  const leaf = new HeldLeaf();
  leaf.onRequest = ({ answer }) => answer(-1, ENOENT, null, null, null, null);
  const options = { 'nl-cache-timeout': '100', 'kernel-timeout': '60', 'nl-cache-limit': '1KB' };
  const context = new FakeContext();
  const volumes = [{ translator: leaf.translator }, { translator, options }];
  const graph = await startGraph(volumes, context);
  const { root } = graph.inodes;
  const takenBack: string[] = [];
  graph.listen((_event, data) => void takenBack.push((data as { name: string }).name));
  const told = (name: string) =>
    timeoutsOf(ask(graph, 'lookup', makeLoc(root, name), null).values[2] as Dict | null).negative;
  expect(told('a')).toBe(60);
  context.advance(70_000);
  expect(told('a')).toBe(30);
  // Names evicted here are invalidated in the kernel.
  for (let at = 0; at < 20; at++) told(`name-${at}`);
  expect(takenBack).toContain('a');
  expect(takenBack).not.toContain('name-19');
});

test('absent names take no more memory than nl-cache-limit, and a created name is forgotten', async () => {
  const leaf = new HeldLeaf();
  leaf.onRequest = ({ name, answer }) =>
    name === 'lookup' ? answer(-1, ENOENT, null, null, null, null) : answer(0, 0, null);
  const options = { 'nl-cache-limit': '1KB' };
  const volumes = [{ translator: leaf.translator }, { translator, options }];
  const graph = await startGraph(volumes, new FakeContext());
  const { root } = graph.inodes;
  const dump = () => nlCache.dump!(graph.top as never);
  for (let at = 0; at < 100; at++) ask(graph, 'lookup', makeLoc(root, `name-${at}`), null);
  const { bytes, names, evicted } = dump();
  expect(bytes).toBeLessThanOrEqual(1024);
  expect(names).toBeGreaterThan(0);
  expect(Number(names) + Number(evicted)).toBe(100);
  ask(graph, 'lookup', makeLoc(root, 'name-99'), null);
  expect(dump().hits).toBe(1);
  ask(graph, 'mknod', makeLoc(root, 'name-99'), 0o644, 0, 0, null);
  ask(graph, 'lookup', makeLoc(root, 'name-99'), null);
  expect(dump()).toMatchObject({ hits: 1, misses: 101 });
});

test('a name that is created from pass-through is found, though it was absent after pass-through had ended', async () => {
  const leaf = new HeldLeaf();
  const options = (passThrough: string) => ({ 'pass-through': passThrough });
  const volumes = [{ translator: leaf.translator }, { translator, options: options('on') }];
  const graph = await startGraph(volumes, new FakeContext());
  const { root } = graph.inodes;
  ask(graph, 'mknod', makeLoc(root, 'late'), 0o644, 0, 0, null);
  reconfigure(graph.top, options('off'));
  ask(graph, 'lookup', makeLoc(root, 'late'), null);
  const [mknod, lookup] = leaf.requests;
  lookup!.answer(-1, ENOENT, null, null, null, null);
  mknod!.answer(0, 0, null);
  ask(graph, 'lookup', makeLoc(root, 'late'), null);
  expect(leaf.requests).toHaveLength(3);
});

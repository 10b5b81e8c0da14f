/** performance/md-cache against a model of the storage: no reply is older than its request. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unknownDirectories } from '../../../../test/support/core.ts';
import type { Step } from '../../../../test/support/histories.ts';
import { anyHistories, World } from '../../../../test/support/performance.ts';
import type { Translator } from '../../../core/xlator.ts';
import mdCache from './index.ts';

const translator = mdCache as unknown as Translator<unknown>;

/** A write and an open with O_TRUNC that began in pass-through end after a chmod that began later. */
const overtakenInPassThrough: Step[] = [
  ...(['reconfigure', 'create', 'answer', 'write', 'open', 'reconfigure', 'chmod'] as const).map(
    (action): Step => [action, 0, 0, 0],
  ),
  ['act', 2, 0, 0],
  ['answer', 0, 0, 0],
];

/** A write that began in pass-through ends after its file's attributes were cached, and takes effect after them. */
const changedInPassThrough: Step[] = [
  ...(['create', 'reconfigure', 'answer', 'write', 'reconfigure', 'ftruncate'] as const).map(
    (action): Step => [action, 0, 0, 0],
  ),
  ['act', 3, 0, 0],
  ['others', 1, 0, 0],
  ['stat', 0, 0, 0],
];

/** A file that another client has renamed is written, and the lost name is looked up. */
const renamedMeanwhile: Step[] = [
  ['create', 1, 0, 0],
  ['answer', 0, 0, 0],
  ['othersRename', 1, 0, 0],
  ['write', 0, 0, 0],
  ['answer', 0, 0, 0],
  ['lookup', 10, 0, 0],
];

test('the kernel caches no outdated attributes or names over md-cache, whichever client changes them', async () => {
  const lines = { 'md-cache-timeout': '600', 'cache-invalidation': 'on', 'kernel-timeout': '500' };
  const stack = [{ translator, options: lines }];
  const turns = [{ ...lines, 'kernel-timeout': '0' }, { 'pass-through': 'on' }, lines];
  let believed = 0;
  await fc.assert(
    fc.asyncProperty(anyHistories({ lookup: 10, others: 4, readdirp: 3 }), async (steps) => {
      const world = await World.start({ stack, turns, tells: true, timeoutMs: 600_000 });
      // Drains now and then: with requests under way no value is certain.
      for (const step of steps) {
        world.step(step);
        if (step[0] === 'others' || step[0] === 'answer') world.drain();
      }
      world.settle();
      believed += world.kernel.believed;
    }),
    { numRuns: 100, examples: [[overtakenInPassThrough], [changedInPassThrough]] },
  );
  expect(believed).toBeGreaterThan(0);
});

test('md-cache replies with attributes that the file had between the request and the reply', async () => {
  const options = { 'md-cache-timeout': '600', 'cache-invalidation': 'on' };
  const turns = [{ ...options, 'md-cache-timeout': '300' }, { 'pass-through': 'on' }, options];
  await fc.assert(
    fc.asyncProperty(anyHistories(), async (steps) => {
      const stack = [{ translator, options }];
      const world = await World.start({ stack, turns, tells: true, timeoutMs: 600_000 });
      for (const step of steps) world.step(step);
      world.settle();
    }),
    { numRuns: 60 },
  );
});

test('md-cache replies with such attributes, too, to lookups for which it looked names up ahead', async () => {
  const options = { 'md-cache-timeout': '600', 'cache-invalidation': 'on' };
  const stack = [{ translator: unknownDirectories }, { translator, options }];
  let aheadCount = 0;
  await fc.assert(
    fc.asyncProperty(anyHistories({ lookup: 12, readdirp: 6, others: 4 }), async (steps) => {
      const world = await World.start({ stack, tells: true, timeoutMs: 600_000 });
      for (const step of steps) world.step(step);
      world.settle();
      aheadCount += Number(translator.dump!(world.top).lookups_ahead);
    }),
    { numRuns: 200 },
  );
  expect(aheadCount).toBeGreaterThan(0);
});

test('md-cache lists names that existed between the open of a directory and the reply, and leaves out no others', async () => {
  const options = { 'md-cache-timeout': '600', 'cache-invalidation': 'on' };
  const turns = [{ ...options, 'cache-invalidation': 'off' }, { 'pass-through': 'on' }, options];
  // A kernel would look up a name that another client has made before it removes or replaces it; these clients do not.
  const own = { create: 6, link: 3, lookup: 3, rename: 0, unlink: 0 };
  const weights = { ...own, readdirp: 16, others: 2, othersRename: 4 };
  let hits = 0;
  await fc.assert(
    fc.asyncProperty(anyHistories(weights), async (steps) => {
      const stack = [{ translator, options }];
      const world = await World.start({ stack, turns, tells: true, timeoutMs: 600_000 });
      // Drains now and then: else few listings come to an end.
      for (const step of steps) {
        world.step(step);
        if (step[0] === 'answer') world.drain();
      }
      hits += Number(translator.dump!(world.top).listing_hits);
      world.settle();
    }),
    { numRuns: 200, examples: [[renamedMeanwhile]] },
  );
  expect(hits).toBeGreaterThan(0);
});

/** performance/md-cache against what the storage has: whatever it answers was so in the meantime. */
import fc from 'fast-check';
import { test } from 'vitest';
import { histories, World } from '../../../../test/support/performance.ts';
import type { Translator } from '../../../core/xlator.ts';
import mdCache from './index.ts';

const translator = mdCache as unknown as Translator<unknown>;

test('answers what was so at some time since it was asked', async () => {
  const options = { 'md-cache-timeout': '600', 'cache-invalidation': 'on' };
  const turns = [{ ...options, 'md-cache-timeout': '300' }, { 'pass-through': 'on' }, options];
  await fc.assert(
    fc.asyncProperty(histories(), async (steps) => {
      const stack = [{ translator, options }];
      const world = await World.start({ stack, turns, tells: true, timeoutMs: 600_000 });
      for (const step of steps) world.step(step);
      world.settle();
    }),
    { numRuns: 60 },
  );
});

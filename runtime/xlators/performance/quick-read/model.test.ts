/** performance/quick-read against a model of the storage: no reply is older than its request. */
import fc from 'fast-check';
import { test } from 'vitest';
import { anyHistories, World } from '../../../../test/support/performance.ts';
import type { Translator } from '../../../core/xlator.ts';
import quickRead from './index.ts';

const translator = quickRead as unknown as Translator<unknown>;

test('a read through quick-read returns data that the file had between the request and the reply', async () => {
  const options = { 'cache-timeout': '600', 'cache-size': '1100B' };
  const turns: Record<string, string>[] = [
    { ...options, 'max-file-size': '8B' },
    { 'pass-through': 'on' },
    { ...options, 'cache-size': '300B' },
    options,
  ];
  await fc.assert(
    fc.asyncProperty(anyHistories({ read: 12, lookup: 9 }), async (steps) => {
      const stack = [{ translator, options }];
      const world = await World.start({ stack, turns, tells: true, timeoutMs: 600_000 });
      for (const step of steps) {
        world.step(step);
        const { bytes, limit } = quickRead.dump!(world.top as never);
        if (bytes! > limit!) throw new Error(`${bytes} bytes of ${limit}`);
      }
      world.settle();
    }),
    { numRuns: 60 },
  );
});

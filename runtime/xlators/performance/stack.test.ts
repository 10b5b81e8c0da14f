/** All of performance/ in glusterd's order: each cache relies on the replies of the next. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyHistories, World } from '../../../test/support/performance.ts';
import { performanceStack as stack } from '../../../test/support/performance-stack.ts';

test("glusterd's whole stack of caches never replies with data older than the request", async () => {
  await fc.assert(
    fc.asyncProperty(anyHistories(), async (steps) => {
      const world = await World.start({ stack, tells: true, timeoutMs: 600_000 });
      for (const step of steps) world.step(step);
      world.settle();
      for (const xl of world.graph.xlators.slice(3)) {
        const { bytes, pending } = xl.translator.dump?.(xl) ?? {};
        if (xl.type === 'performance/write-behind') expect(bytes).toBe(0);
        expect(pending ?? 0).toBe(0);
      }
    }),
    { numRuns: 60 },
  );
});

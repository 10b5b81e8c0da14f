import { expect, it } from 'vitest';
import {
  demo,
  expectClean,
  inUnmountable,
  isRoot,
  lookupsOf,
  seed,
} from '../../../test/support/demo.ts';
import { describeMounts, withScratch } from '../../../test/support/mount.ts';

const searches = 300;

const expected = lookupsOf(searches);

/** The counts of each stack: they follow from the seed, and are the same in both languages. */
const counts = [
  { name: 'baseline', lookups: expected.all, answered: 0, forwarded: expected.all },
  ...['typescript', 'python'].map((name) => ({
    ...{ name, lookups: expected.all, answered: expected.answered, forwarded: expected.left },
  })),
  // What the kernel had to forget, Python still knows.
  {
    ...{ name: 'python-kernel', lookups: expected.askedByKernel },
    ...{ answered: expected.answeredToKernel, forwarded: expected.left },
  },
];

const { lookups, unavoidable } = expected;

/** Without a kernel, which would remember names that are there. */
const alone = counts.slice(0, 3).map(({ name }) => ({
  ...{ name, lookups },
  ...(name === 'baseline'
    ? { answered: 0, forwarded: lookups }
    : { answered: lookups - unavoidable, forwarded: unavoidable }),
}));

describeMounts('glossa demo', () => {
  it('measures four mounts twice, and prints nothing but JSON when asked to', () =>
    withScratch(async (scratch) => {
      const flags = ['--json', '--searches', `${searches}`, '--delay', '0.02'];
      const { status, out, err } = await demo(scratch, flags);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      const report = JSON.parse(out);
      const stacks = counts.map((stack) => ({
        ...stack,
        meanMs: expect.any(Number),
        p99Ms: expect.any(Number),
        busy: expect.objectContaining({ others: expect.any(Number), load: expect.any(Number) }),
      }));
      expect(report).toEqual({
        ...{ seed, searches, mounted: true },
        busy: expect.toSatisfy((why: unknown) => why === null || typeof why === 'string'),
        passes: [
          { bricks: 0, delayMs: 0, stacks },
          { bricks: 2, delayMs: 0.02, stacks },
        ],
      });
      const [near, away] = report.passes;
      for (const { meanMs, p99Ms } of [...near.stacks, ...away.stacks]) {
        expect(meanMs).toBeGreaterThan(0);
        expect(p99Ms).toBeGreaterThan(0);
      }
      // No request is answered before its time.
      const [{ meanMs, forwarded }] = away.stacks;
      expect(meanMs * searches).toBeGreaterThan(forwarded * 0.02);
      await expectClean(scratch);
    }));

  it.runIf(isRoot)('runs the graphs in its own process where nothing can be mounted', () =>
    withScratch(async (scratch) => {
      const flags = ['--json', '--searches', `${searches}`, '--delay', '0.02'];
      const { status, out, err } = await inUnmountable(scratch, flags);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      const { mounted, passes } = JSON.parse(out);
      expect(mounted).toBe(false);
      expect(passes).toMatchObject([{ stacks: alone }, { stacks: alone }]);
      await expectClean(scratch);
    }),
  );
});

it('refuses what makes no sense', () =>
  withScratch(async (scratch) => {
    for (const flags of [['--searches', '0'], ['--seed', 'x'], ['--delay', '0.001'], ['folder']]) {
      expect((await demo(scratch, flags)).status).toBe(2);
    }
  }));

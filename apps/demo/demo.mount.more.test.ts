import { expect, it } from 'vitest';
import {
  expectClean,
  expectLookups,
  isRoot,
  runDemo,
  runUnmountable,
  seed,
} from '../../test/support/demo.ts';
import { describeMounts, withScratch } from '../../test/support/mount.ts';
import { NEAR_SEARCH_FACTOR } from './stacks.ts';

const searches = 300;

const expected = expectLookups(searches, 300);
const { lookups } = expected;
/** Lookups of the searches over the folder, which are more for the same files. */
const near = expectLookups(NEAR_SEARCH_FACTOR * searches, 300);

/** Lookups that reached the storage, by stack: the seed fixes them, in both languages. */
const expectedForwarded = {
  baseline: expected.all,
  typescript: expected.left,
  python: expected.left,
};

const expectedForwardedNear = { baseline: near.all, python: near.left };

const comparison = expect.objectContaining({
  ratio: expect.any(Number),
  low: expect.any(Number),
  high: expect.any(Number),
});

const expectedStacks = (forwarded: Readonly<Record<string, unknown>>, lookupCount = lookups) =>
  Object.entries(forwarded).map(([name, count], at) => ({
    ...{ name, lookups: lookupCount, answered: expect.any(Number), forwarded: count },
    ...{ meanMs: expect.any(Number), p99Ms: expect.any(Number) },
    roundsMs: expect.any(Array),
    toFirst: at === 0 ? null : comparison,
  }));

describeMounts('glossa demo', () => {
  it('measures two mounts over a folder and three over bricks, and prints only JSON with --json', () =>
    withScratch(async (scratch) => {
      const flags = ['--json', '--searches', `${searches}`, '--delay', '0.02'];
      const { status, out, err } = await runDemo(scratch, flags);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      const report = JSON.parse(out);
      const stacks = expectedStacks(expectedForwarded);
      const busy = expect.objectContaining({
        others: expect.any(Number),
        load: expect.any(Number),
      });
      expect(report).toEqual({
        ...{ seed, searches, inProcess: false },
        passes: [
          {
            ...{ storage: 'folder', bricks: 0, delayMs: 0 },
            busy,
            stacks: expectedStacks(expectedForwardedNear, near.lookups),
          },
          { storage: 'bricks', bricks: 2, delayMs: 0.02, busy, stacks },
        ],
      });
      const [, away] = report.passes;
      for (const { meanMs, p99Ms, roundsMs, ...counts } of [
        ...report.passes[0].stacks,
        ...away.stacks,
      ]) {
        expect(meanMs).toBeGreaterThan(0);
        expect(p99Ms).toBeGreaterThan(0);
        expect(roundsMs).toHaveLength(20);
        expect(counts.answered + counts.forwarded).toBe(counts.lookups);
      }
      // No reply comes before the delay.
      const [{ meanMs, forwarded }] = away.stacks;
      expect(meanMs * searches).toBeGreaterThan(forwarded * 0.02);
      await expectClean(scratch);
    }));

  it.runIf(isRoot)(
    'runs without a mount where mounts are impossible, and names the reason and the remedy',
    () =>
      withScratch(async (scratch) => {
        const { status, out, err } = await runUnmountable(scratch, ['--searches', '20']);
        expect({ status, err }).toEqual({ status: 0, err: '' });
        const text = out.replaceAll(/\s+/g, ' ');
        expect(text).toMatch(
          /^Nothing can be mounted here: mount: Invalid argument .*\. So the stacks run in processes of their own, /,
        );
        expect(text).toMatch(/ reached .* Python \d+ \d+ /);
        await expectClean(scratch);
      }),
  );
});

it('glossa demo refuses wrong flags', () =>
  withScratch(async (scratch) => {
    for (const flags of [['--searches', '19'], ['--seed', 'x'], ['--delay', '0.001'], ['folder']]) {
      expect((await runDemo(scratch, flags)).status).toBe(2);
    }
  }));

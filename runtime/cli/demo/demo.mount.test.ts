import { expect, it } from 'vitest';
import { demo, expectClean, seed } from '../../../test/support/demo.ts';
import { describeMounts, GLOSSA, run, withScratch } from '../../../test/support/mount.ts';
import { expectationOf, planWorkload } from '../../bench/searches.ts';

const searches = 300;

const expectation = expectationOf(planWorkload({ seed, searches }));

/** The counts of each stack: they follow from the seed, and are the same in both languages. */
const counts = [
  { name: 'baseline', lookups: expectation.lookups, answered: 0, forwarded: expectation.lookups },
  ...['typescript', 'python'].map((name) => ({
    name,
    lookups: expectation.lookups,
    answered: expectation.lookups - expectation.unavoidable,
    forwarded: expectation.unavoidable,
  })),
];

describeMounts('glossa demo', () => {
  it('measures three mounts, and prints nothing but JSON when asked to', () =>
    withScratch(async (scratch) => {
      const { status, out, err } = await demo(scratch, ['--json', '--searches', `${searches}`]);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      const report = JSON.parse(out);
      expect(report).toEqual({
        seed,
        searches,
        stacks: counts.map((stack) => ({
          ...stack,
          meanMs: expect.any(Number),
          p99Ms: expect.any(Number),
        })),
      });
      for (const { meanMs, p99Ms } of report.stacks) {
        expect(meanMs).toBeGreaterThan(0);
        expect(p99Ms).toBeGreaterThan(0);
      }
      await expectClean(scratch);
    }));

  it('prints a table for people', () =>
    withScratch(async (scratch) => {
      const { status, out, err } = await demo(scratch, ['--searches', '50']);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      for (const name of ['baseline', 'TypeScript', 'Python']) {
        expect(out).toMatch(
          new RegExp(`^  ${name} +\\d+ +\\d+ +\\d+ +[\\d.]+ ms +[\\d.]+ ms$`, 'm'),
        );
      }
      expect(out).toContain('option module-name negative');
      // Progress is for terminals.
      expect(out).not.toMatch('\r');
      await expectClean(scratch);
    }));

  it.runIf(process.getuid?.() === 0)(
    'runs the graphs in its own process where nothing can be mounted, and says why',
    () =>
      withScratch(async (scratch) => {
        const TMPDIR = await scratch.folder('tmp');
        const script =
          'mount --bind /dev/null /dev/fuse && exec "$0" "$@" demo --json --seed 7 --searches 300';
        const args = ['--mount', 'sh', '-c', script, process.execPath, GLOSSA];
        const { status, out, err } = await run(scratch, 'unshare', args, { env: { TMPDIR } });
        expect({ status, err }).toEqual({ status: 0, err: '' });
        expect(JSON.parse(out).stacks).toMatchObject(counts);
        await expectClean(scratch);
      }),
  );
});

it('refuses what makes no sense', () =>
  withScratch(async (scratch) => {
    for (const flags of [['--searches', '0'], ['--seed', 'x'], ['folder']]) {
      expect((await demo(scratch, flags)).status).toBe(2);
    }
  }));

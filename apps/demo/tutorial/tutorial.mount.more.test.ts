/** The tutorial on mounts over bricks of glossa and GlusterFS: complete and interrupted runs. */
import { describe, expect, it, vi } from 'vitest';
import {
  expectClean,
  expectEndBy,
  expectLookups,
  findServers,
  isRoot,
  killWhenMounted,
  PATIENCE,
  runTutorial,
  runUnmountable,
  seed,
} from '../../../test/support/demo.ts';
import { findBrickObstacle, isWithoutBricks } from '../../../test/support/gluster.ts';
import { describeMounts, GLOSSA, run, withScratch } from '../../../test/support/mount.ts';
import { isSkipped } from '../../../test/support/obstacle.ts';
import { onlyInFirst, selectVariants } from '../../../test/support/test-selection.ts';
import { skipFor } from '../../../test/support/tools.ts';

const searches = 300;
const expected = expectLookups(searches);

/** The share of each stack's lookups that goes to a brick, and its time in the talk. */
const stacks = [
  { name: 'baseline', sent: expected.all, talkMs: 7.357 },
  { name: 'native', sent: expected.left, talkMs: 1.095 },
  { name: 'python', sent: expected.left, talkMs: 1.286 },
  { name: 'python-kernel', sent: expected.left, talkMs: null },
].map((stack, at) => ({
  ...stack,
  lookups: expected.lookups,
  meanMs: expect.any(Number),
  p99Ms: expect.any(Number),
  roundsMs: expect.any(Array),
  toFirst: at === 0 ? null : expect.objectContaining({ ratio: expect.any(Number) }),
}));

const busy = expect.objectContaining({ others: expect.any(Number), load: expect.any(Number) });

/** Matches brick processes of glossa and of GlusterFS. */
const BRICK = 'brick[01]';

const hasNoRoot = isSkipped('glossa tutorial', isRoot ? '' : 'it is for root');
const describeRoot = hasNoRoot ? describe.skip : describeMounts;

const signals = ['SIGINT', 'SIGTERM'] as const;

describeRoot('glossa tutorial', () => {
  onlyInFirst(testSearches);

  it.each(selectVariants(signals, () => false))(
    'cleans up after %s, over bricks of glossa',
    (signal) => expectEndBy(signal, runTutorial, ['--bricks', 'glossa']),
  );

  it.skipIf(isWithoutBricks()).each(selectVariants(signals, () => false))(
    'cleans up after %s, over bricks of GlusterFS',
    (signal) => expectEndBy(signal, runTutorial, ['--bricks', 'glusterfs']),
  );

  it.each(selectVariants(['glossa', 'glusterfs'], () => false))(
    'names the brick and cleans up when a brick of %s dies',
    (by) =>
      withScratch(async (scratch) => {
        if (by === 'glusterfs') skipFor(findBrickObstacle());
        let killing: Promise<unknown> | undefined;
        const flags = ['--searches', '200000', '--bricks', by];
        const { status, err } = await runTutorial(scratch, flags, () => {
          killing = vi
            .waitFor(() => {
              const mounts = scratch.findMounts();
              expect(mounts.some((path) => path.endsWith('baseline-mnt'))).toBe(true);
            }, PATIENCE)
            .then(() => {
              for (const pid of findServers(scratch, 'directory=.*brick1'))
                process.kill(pid, 'SIGKILL');
            });
        });
        await killing;
        expect(status).toBe(1);
        expect(err).toMatch(/^glossa: the brick \S+brick1\.vol ended unexpectedly; /);
        await expectClean(scratch);
      }),
  );
});

/** Tests that `test:long` does not repeat. */
function testSearches(): void {
  it('searches four stacks over bricks of glossa, and prints only JSON with --json', () =>
    withScratch(async (scratch) => {
      const flags = ['--json', '--searches', `${searches}`, '--delay', '0.2', '--bricks', 'glossa'];
      const { status, out, err } = await runTutorial(scratch, flags);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      const report = JSON.parse(out);
      expect(report).toEqual({
        ...{ seed, searches, delayMs: 0.2 },
        bricks: { by: 'glossa', version: expect.stringMatching(/^\d+\.\d+/), why: null },
        busy,
        stacks,
      });
      // No request reaches a brick before the delay.
      const [{ meanMs, sent }] = report.stacks;
      expect(meanMs * searches).toBeGreaterThan(sent * 0.2);
      await expectClean(scratch);
    }));

  it('uses bricks of glossa if GlusterFS is not installed, and prints the reason', () =>
    withScratch(async (scratch) => {
      const flags = ['--searches', '20'];
      const nowhere = await scratch.makeFolder('nowhere');
      const { status, out, err } = await runTutorial(scratch, flags, undefined, { PATH: nowhere });
      expect({ status, err }).toEqual({ status: 0, err: '' });
      const text = out.replaceAll(/\s+/g, ' ');
      expect(text).toMatch(/over two bricks of glossa \d\S+ on this machine\. They are not of/);
      expect(text).toMatch(/GlusterFS: glusterfsd is not installed/);
      await expectClean(scratch);
    }));

  it.skipIf(isWithoutBricks())(
    "prints the talk's times beside those over bricks of GlusterFS",
    () =>
      withScratch(async (scratch) => {
        let bricksSeen: Promise<unknown> | undefined;
        const { status, out, err } = await runTutorial(scratch, ['--searches', '100'], () => {
          const expectBricks = () =>
            expect(findServers(scratch, BRICK).length).toBeGreaterThanOrEqual(2);
          bricksSeen = vi.waitFor(expectBricks, PATIENCE);
        });
        await bricksSeen;
        expect({ status, err }).toEqual({ status: 0, err: '' });
        expect(out.replaceAll(/\s+/g, ' ')).toMatch(
          /over two bricks of GlusterFS 1?\d\.\d+ on this/,
        );
        const rows = [
          ['no cache', '7.357 ms'],
          ['native', '1.095 ms  6.7 ×'],
          ['Python', '1.286 ms  5.7 ×'],
          ['Python \\+ kernel', '-'],
        ];
        for (const [name, talk] of rows) {
          const here = '([\\d.]+ ms|-)( +(too noisy|no difference|[\\d.]+ × \\[.*\\]))?';
          const line = `^  ${name} +\\d+ +\\d+ +${here} +${talk!.replace(/ +/g, ' +')}$`;
          expect(out).toMatch(new RegExp(line, 'm'));
        }
        // Progress is shown only at terminals.
        expect(out).not.toMatch('\r');
        await expectClean(scratch);
      }),
  );

  it.skipIf(isWithoutBricks())('leaves no process and no mount after SIGKILL', () =>
    withScratch((scratch) => killWhenMounted(scratch, runTutorial, ['--searches', '200000'])),
  );

  it.runIf(isRoot)('exits with 1 and names the reason where mounts are impossible', () =>
    withScratch(async (scratch) => {
      const { status, out, err } = await runUnmountable(scratch, [], 'tutorial');
      expect({ status, out }).toEqual({ status: 1, out: '' });
      expect(err).toMatch(/^glossa: nothing can be mounted here: /m);
      await expectClean(scratch);
    }),
  );
}

onlyInFirst(() => {
  it.runIf(isRoot)('glossa tutorial refuses users other than root', () =>
    withScratch(async (scratch) => {
      const args = [
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        '--',
        process.execPath,
        GLOSSA,
      ];
      const { status, out, err } = await run(scratch, 'setpriv', [...args, 'tutorial']);
      expect({ status, out }).toEqual({ status: 1, out: '' });
      expect(err).toMatch(
        /^glossa: the tutorial needs root: .*; run glossa demo as another user$/m,
      );
    }),
  );

  it('glossa tutorial refuses wrong flags', () =>
    withScratch(async (scratch) => {
      const wrongFlags = [
        ['--searches', '19'],
        ['--seed', 'x'],
        ['--delay', '0.001'],
        ['--delay', '101'],
        ['--bricks', 'clay'],
        ['folder'],
      ];
      for (const flags of wrongFlags) expect((await runTutorial(scratch, flags)).status).toBe(2);
    }));
});

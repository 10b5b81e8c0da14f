/** Signals to the demo, and deaths of its servers, at several moments; more in `test:long`. */
import { expect, it, vi } from 'vitest';
import {
  expectClean,
  expectEndBy,
  findServers,
  type Moment,
  PATIENCE,
  runDemo,
  stop,
} from '../../test/support/demo.ts';
import { describeMounts, type Scratch, withScratch } from '../../test/support/mount.ts';
import { selectVariants } from '../../test/support/test-selection.ts';

/** Ends a process that may have ended by itself. */
function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

describeMounts('glossa demo', () => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  it.each(selectVariants(signals, (signal) => signal === 'SIGHUP'))(
    'cleans up after %s',
    (signal) => expectEndBy(signal),
  );

  // A delay of 100 ms keeps the second pass running until the signal comes.
  const slowFlags = ['--searches', '50', '--delay', '100'];
  const startsBricks: Moment = (scratch) => expect(findServers(scratch, 'brick1')).not.toEqual([]);
  const searchesAway: Moment = (scratch) =>
    expect(scratch.findMounts().join()).toMatch(/baseline-away-mnt/);

  const signalMoments: [string, Moment][] = [
    ['starts its bricks', startsBricks],
    ['searches over them', searchesAway],
    [
      'searches over them, and none answers',
      async (scratch) => {
        await searchesAway(scratch);
        stop(findServers(scratch, 'brick[01]'));
      },
    ],
    [
      'searches over them, and its server does not answer',
      async (scratch) => {
        await searchesAway(scratch);
        stop(findServers(scratch, 'baseline-away-mnt'));
      },
    ],
  ];
  it.each(selectVariants(signalMoments, ([name]) => name === 'searches over them'))(
    'cleans up after SIGTERM while it %s',
    (_when, moment) =>
      withScratch(async (scratch) => {
        let stopping: Promise<unknown> | undefined;
        const { status } = await runDemo(scratch, slowFlags, (child) => {
          stopping = vi.waitFor(() => moment(scratch), PATIENCE).then(() => child.kill('SIGTERM'));
        });
        await stopping;
        expect(status).toBe(143);
        await expectClean(scratch);
      }),
  );

  const deaths: [string, Moment][] = [
    ['starts its bricks', startsBricks],
    ['searches over them', searchesAway],
  ];
  it.each(selectVariants(deaths, () => false))(
    'names the brick and cleans up when a brick dies while it %s',
    (_when, moment) =>
      withScratch(async (scratch) => {
        let killing: Promise<unknown> | undefined;
        const { status, out, err } = await runDemo(scratch, slowFlags, () => {
          killing = vi
            .waitFor(() => moment(scratch), PATIENCE)
            .then(() => findServers(scratch, 'brick1').forEach(killIfAlive));
        });
        await killing;
        expect(status).toBe(1);
        expect(err).toMatch(/^glossa: the brick brick1 ended unexpectedly; /);
        expect(out).not.toMatch(/reached/);
        await expectClean(scratch);
      }),
  );

  const mountpoint = 'baseline-mnt';
  /** When a server is killed. */
  const moments: [string, (scratch: Scratch) => void][] = [
    ['starts', (scratch) => expect(findServers(scratch, mountpoint)).not.toEqual([])],
    [
      'has just mounted',
      (scratch) =>
        expect(scratch.findMounts().some((path) => path.endsWith(mountpoint))).toBe(true),
    ],
  ];
  it.each(selectVariants(moments, () => true))(
    'names the server and cleans up when a server dies that %s',
    (_when, expectMoment) =>
      withScratch(async (scratch) => {
        let killing: Promise<unknown> | undefined;
        // Too many searches to finish before the server is killed.
        const { status, err } = await runDemo(scratch, ['--searches', '200000'], () => {
          killing = vi
            .waitFor(() => expectMoment(scratch), PATIENCE)
            .then(() => findServers(scratch, mountpoint).forEach(killIfAlive));
        });
        await killing;
        expect(status).toBe(1);
        expect(err).toMatch(
          /^glossa: the server of .*\.vol ended unexpectedly; (the end of its log:\n.*\[|it has logged nothing)/,
        );
        await expectClean(scratch);
      }),
  );
});

/**
 * Signals to the tutorial and its death at several moments: it leaves no mount, process or file.
 * `test:long` has more moments.
 */
import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import {
  expectClean,
  expectEndBy,
  findServers,
  isRoot,
  killWhenMounted,
  type Moment,
  PATIENCE,
  runDemo,
  runTutorial,
  stop,
} from '../../../test/support/demo.ts';
import { isWithoutBricks } from '../../../test/support/gluster.ts';
import { describeMounts, GLOSSA, withScratch } from '../../../test/support/mount.ts';
import { isSkipped } from '../../../test/support/obstacle.ts';
import { PseudoTerminal } from '../../../test/support/pty.ts';
import { selectVariants } from '../../../test/support/test-selection.ts';

const hasNoRoot = isSkipped('glossa tutorial, ended', isRoot ? '' : 'it is for root');
const describeRoot = hasNoRoot ? describe.skip : describeMounts;

const MANY_SEARCHES = ['--searches', '200000'];

const expectMounted =
  (name: string): Moment =>
  (scratch) =>
    expect(scratch.findMounts().some((path) => path.endsWith(name))).toBe(true);

const expectRunning =
  (pattern: string): Moment =>
  (scratch) =>
    expect(findServers(scratch, pattern)).not.toEqual([]);

const moments: [string, Moment][] = [
  [
    'has made its folder',
    async (scratch) => expect(await readdir(scratch.at('tmp'))).not.toEqual([]),
  ],
  ['starts the first brick', expectRunning('brick0')],
  ['starts the second brick', expectRunning('brick1')],
  ['starts the mount to make its files in', expectRunning('files-mnt')],
  ['makes its files', expectMounted('files-mnt')],
  ['starts a mount to search through', expectRunning('baseline-mnt')],
  ['searches', expectMounted('baseline-mnt')],
];

describeRoot('glossa tutorial leaves no mount, process or file', () => {
  const early = ['starts the second brick', 'makes its files'];
  it.each(selectVariants(moments, ([name]) => early.includes(name)))(
    'when SIGTERM comes while it %s, over bricks of glossa',
    (_when, moment) => expectEndBy('SIGTERM', runTutorial, ['--bricks', 'glossa'], moment),
  );

  it.skipIf(isWithoutBricks()).each(selectVariants(moments.slice(1, 3), () => false))(
    'when SIGINT comes while it %s, over bricks of GlusterFS',
    (_when, moment) => expectEndBy('SIGINT', runTutorial, ['--bricks', 'glusterfs'], moment),
  );

  const silentMoments = [
    ['makes files, and no brick answers', 'files-mnt', 'brick[01]'],
    ['makes files, and its server does not answer', 'files-mnt', 'files-mnt'],
    ['searches, and no brick answers', 'baseline-mnt', 'brick[01]'],
    // Clients of this mount would wait for ever.
    ['searches, and its server does not answer', 'baseline-mnt', 'baseline-mnt'],
    ['searches, and neither bricks nor server answer', 'baseline-mnt', '(brick[01]|baseline-mnt)'],
  ] as const;
  it.each(selectVariants(silentMoments, () => false))(
    'when it %s',
    (_when, mountpoint, stoppedPattern) =>
      expectEndBy('SIGINT', runTutorial, ['--bricks', 'glossa'], async (scratch) => {
        await expectMounted(mountpoint)(scratch);
        stop(findServers(scratch, stoppedPattern));
      }),
  );

  const brickPatterns = selectVariants(['brick[01]'], () => false);
  it.skipIf(isWithoutBricks()).each(brickPatterns)(
    'after SIGINT while it searches and no %s of GlusterFS answers',
    (bricks) =>
      expectEndBy('SIGINT', runTutorial, ['--bricks', 'glusterfs'], async (scratch) => {
        await expectMounted('baseline-mnt')(scratch);
        stop(findServers(scratch, bricks));
      }),
  );

  const progress = [/the bricks/, /the files/, /4 stacks: starting/, /█.*4 stacks/];
  it.each(selectVariants(progress, ({ source }) => source === 'the files'))(
    'when Ctrl-C is typed while the terminal shows %s',
    (progressPattern) =>
      withScratch(async (scratch) => {
        const TMPDIR = await scratch.makeFolder('tmp');
        const line = [process.execPath, GLOSSA, 'tutorial', '--bricks', 'glossa', ...MANY_SEARCHES];
        const terminal = new PseudoTerminal(`exec ${line.join(' ')}`, scratch.path, { TMPDIR });
        await terminal.readUntil(progressPattern);
        terminal.type('\x03');
        await terminal.readUntil(/glossa tutorial: interrupted/);
        expect(await terminal.end()).toBe(130);
        await expectClean(scratch);
      }),
  );
});

describeRoot('after SIGKILL,', () => {
  const commands = [
    ['demo', runDemo],
    ['tutorial', runTutorial],
  ] as const;
  it.each(selectVariants(commands, ([command]) => command === 'tutorial'))(
    'the temporary folder of glossa %s is removed by the next run, unless it is in use',
    (command, start) =>
      withScratch(async (scratch) => {
        const folders = (): Promise<string[]> => readdir(scratch.at('tmp'));
        await killWhenMounted(scratch, start, MANY_SEARCHES);
        const [left, ...more] = await folders();
        expect({ left, more }).toEqual({
          left: expect.stringMatching(`glossa-${command}-`),
          more: [],
        });
        // A user's folder whose name only resembles a run's.
        await scratch.makeFolder('tmp', `glossa-${command}-notes`);
        // A second run starts and ends while the first one works.
        let secondRun: Promise<unknown> | undefined;
        const first = await start(scratch, MANY_SEARCHES, (child) => {
          secondRun = (async () => {
            await vi.waitFor(() => expect(scratch.findMounts()).not.toEqual([]), PATIENCE);
            const before = await folders();
            // A run removes abandoned folders before it makes its own.
            const expectOwnFolder = async (): Promise<void> =>
              expect((await folders()).length).toBeGreaterThan(before.length);
            let interrupting: Promise<unknown> | undefined;
            const second = await start(scratch, MANY_SEARCHES, (other) => {
              interrupting = vi.waitFor(expectOwnFolder, PATIENCE).then(() => other.kill('SIGINT'));
            });
            await interrupting;
            const err = `glossa ${command}: interrupted\n`;
            expect(second).toMatchObject({ status: 130, err });
            expect(await folders()).toEqual(before);
            child.kill('SIGINT');
          })();
        });
        await secondRun;
        expect(first.status).toBe(130);
        expect(first.err).toBe(
          `glossa ${command}: removed ${scratch.at('tmp', left!)}, left by a run that was killed\n` +
            `glossa ${command}: interrupted\n`,
        );
        expect(await folders()).toEqual([`glossa-${command}-notes`]);
      }),
  );
});

describeRoot('glossa tutorial in a folder without space', () => {
  it.each([
    ['for its lock', 'nr_inodes=2'],
    ['for its files', 'nr_inodes=600'],
  ])('%s names the error and leaves no file', (_what, limit) =>
    withScratch(async (scratch) => {
      const tmp = await scratch.makeFolder('tmp');
      execFileSync('mount', ['-t', 'tmpfs', '-o', limit, 'glossa-test', tmp]);
      try {
        const { status, out } = await runTutorial(scratch, ['--bricks', 'glossa', '--json']);
        const { error } = JSON.parse(out);
        expect(error).toMatch(
          /^cannot write in .*\/tmp\/glossa-tutorial-\w+: No space left on device; TMPDIR/,
        );
        expect(status).toBe(1);
        expect(await readdir(tmp)).toEqual([]);
      } finally {
        execFileSync('umount', [tmp]);
      }
    }),
  );
});

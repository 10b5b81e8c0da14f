/**
 * Signals to the tutorial and its death at several moments: it leaves no mount, process or file.
 * `test:long` has more moments.
 */
import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import {
  demo,
  endsBy,
  expectClean,
  isRoot,
  killed,
  type Moment,
  PATIENCE,
  servers,
  stop,
  tutorial,
} from '../../../test/support/demo.ts';
import { noBricks } from '../../../test/support/gluster.ts';
import { GLOSSA, groupOfMounts, withScratch } from '../../../test/support/mount.ts';
import { isSkipped } from '../../../test/support/obstacle.ts';
import { PseudoTerminal } from '../../../test/support/pty.ts';
import { wantedOf } from '../../../test/support/wanted.ts';

const hasNoRoot = isSkipped('glossa tutorial, ended', isRoot ? '' : 'it is for root');
const describeRoot = hasNoRoot ? describe.skip : groupOfMounts;

const MANY = ['--searches', '200000'];

const isMountedAt =
  (name: string): Moment =>
  (scratch) =>
    expect(scratch.mounts().some((path) => path.endsWith(name))).toBe(true);

const runs =
  (pattern: string): Moment =>
  (scratch) =>
    expect(servers(scratch, pattern)).not.toEqual([]);

const moments: [string, Moment][] = [
  [
    'has made its folder',
    async (scratch) => expect(await readdir(scratch.at('tmp'))).not.toEqual([]),
  ],
  ['starts the first brick', runs('brick0')],
  ['starts the second brick', runs('brick1')],
  ['starts the mount to make its files in', runs('files-mnt')],
  ['makes its files', isMountedAt('files-mnt')],
  ['starts a mount to search through', runs('baseline-mnt')],
  ['searches', isMountedAt('baseline-mnt')],
];

describeRoot('glossa tutorial leaves no mount, process or file', () => {
  const early = ['starts the second brick', 'makes its files'];
  it.each(wantedOf(moments, ([name]) => early.includes(name)))(
    'when SIGTERM comes while it %s, over bricks of glossa',
    (_when, moment) => endsBy('SIGTERM', tutorial, ['--bricks', 'glossa'], moment),
  );

  it.skipIf(noBricks()).each(wantedOf(moments.slice(1, 3), () => false))(
    'when SIGINT comes while it %s, over bricks of GlusterFS',
    (_when, moment) => endsBy('SIGINT', tutorial, ['--bricks', 'glusterfs'], moment),
  );

  const silent = [
    ['makes files, and no brick answers', 'files-mnt', 'brick[01]'],
    ['makes files, and its server does not answer', 'files-mnt', 'files-mnt'],
    ['searches, and no brick answers', 'baseline-mnt', 'brick[01]'],
    // Clients of this mount would wait for ever.
    ['searches, and its server does not answer', 'baseline-mnt', 'baseline-mnt'],
    ['searches, and neither bricks nor server answer', 'baseline-mnt', '(brick[01]|baseline-mnt)'],
  ] as const;
  it.each(wantedOf(silent, () => false))('when it %s', (_when, mountpoint, stopped) =>
    endsBy('SIGINT', tutorial, ['--bricks', 'glossa'], async (scratch) => {
      await isMountedAt(mountpoint)(scratch);
      stop(servers(scratch, stopped));
    }),
  );

  const ofGlusterfs = wantedOf(['brick[01]'], () => false);
  it.skipIf(noBricks()).each(ofGlusterfs)(
    'when it searches, and no %s of GlusterFS answers',
    (bricks) =>
      endsBy('SIGINT', tutorial, ['--bricks', 'glusterfs'], async (scratch) => {
        await isMountedAt('baseline-mnt')(scratch);
        stop(servers(scratch, bricks));
      }),
  );

  const progress = [/the bricks/, /the files/, /4 stacks: starting/, /█.*4 stacks/];
  it.each(wantedOf(progress, ({ source }) => source === 'the files'))(
    'when Ctrl-C is typed as a terminal shows %s',
    (shown) =>
      withScratch(async (scratch) => {
        const TMPDIR = await scratch.folder('tmp');
        const line = [process.execPath, GLOSSA, 'tutorial', '--bricks', 'glossa', ...MANY];
        const terminal = new PseudoTerminal(`exec ${line.join(' ')}`, scratch.path, { TMPDIR });
        await terminal.until(shown);
        terminal.type('\x03');
        await terminal.until(/glossa tutorial: interrupted/);
        expect(await terminal.end()).toBe(130);
        await expectClean(scratch);
      }),
  );
});

describeRoot('the folder', () => {
  const commands = [
    ['demo', demo],
    ['tutorial', tutorial],
  ] as const;
  it.each(wantedOf(commands, ([command]) => command === 'tutorial'))(
    'the folder of a killed %s is removed by the next run, and a folder in use stays',
    (command, start) =>
      withScratch(async (scratch) => {
        const folders = (): Promise<string[]> => readdir(scratch.at('tmp'));
        await killed(scratch, start, MANY);
        const [left, ...more] = await folders();
        expect({ left, more }).toEqual({
          left: expect.stringMatching(`glossa-${command}-`),
          more: [],
        });
        // A user's folder whose name only resembles a run's.
        await scratch.folder('tmp', `glossa-${command}-notes`);
        // A second run starts and ends while the first one works.
        let during: Promise<unknown> | undefined;
        const first = await start(scratch, MANY, (child) => {
          during = (async () => {
            await vi.waitFor(() => expect(scratch.mounts()).not.toEqual([]), PATIENCE);
            const before = await folders();
            // A run removes abandoned folders before it makes its own.
            const own = async (): Promise<void> =>
              expect((await folders()).length).toBeGreaterThan(before.length);
            let going: Promise<unknown> | undefined;
            const second = await start(scratch, MANY, (other) => {
              going = vi.waitFor(own, PATIENCE).then(() => other.kill('SIGINT'));
            });
            await going;
            const err = `glossa ${command}: interrupted\n`;
            expect(second).toMatchObject({ status: 130, err });
            expect(await folders()).toEqual(before);
            child.kill('SIGINT');
          })();
        });
        await during;
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
  ])('%s names the error, and leaves no file', (_what, limit) =>
    withScratch(async (scratch) => {
      const tmp = await scratch.folder('tmp');
      execFileSync('mount', ['-t', 'tmpfs', '-o', limit, 'glossa-test', tmp]);
      try {
        const { status, out } = await tutorial(scratch, ['--bricks', 'glossa', '--json']);
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

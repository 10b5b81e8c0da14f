import type { ChildProcess } from 'node:child_process';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { expect, it, vi } from 'vitest';
import {
  describeMounts,
  GLOSSA,
  type Outcome,
  run,
  runGlossa,
  type Scratch,
  withScratch,
} from '../test/support/mount.ts';

const memory = 'volume mem\n    type storage/memory\nend-volume\n';

/** Runs a command in a mount whose folder is made in the scratch folder's `tmp`. */
async function runIn(
  scratch: Scratch,
  command: readonly string[],
  { flags = [], onStart }: { flags?: string[]; onStart?: (child: ChildProcess) => void } = {},
): Promise<Outcome> {
  const env = { TMPDIR: await scratch.makeFolder('tmp') };
  await scratch.writeFile('test.vol', memory);
  const args = ['run', 'test.vol', ...flags, '--', ...command];
  return runGlossa(scratch, args, onStart === undefined ? { env } : { env, onStart });
}

/** Expects that a run has left nothing. */
async function expectClean(scratch: Scratch): Promise<void> {
  expect(scratch.findMounts()).toEqual([]);
  expect(await readdir(scratch.at('tmp'))).toEqual([]);
}

describeMounts('glossa run', () => {
  it('runs a command in a temporary mount, and unmounts it afterwards', () =>
    withScratch(async (scratch) => {
      const script = 'echo hello >greeting && cat greeting && pwd && stat -f -c %T .';
      const { status, out, err } = await runIn(scratch, ['sh', '-c', script]);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      const [text, folder, type] = out.split('\n');
      expect(text).toBe('hello');
      expect(folder).toMatch(`${scratch.at('tmp')}/glossa-run-`);
      expect(type).toBe('fuseblk');
      await expectClean(scratch);
    }));

  it('can start a program that is stored in the mount', () =>
    withScratch(async (scratch) => {
      const script = 'printf "#!/bin/sh\\necho ran\\n" >p && chmod +x p && exec ./p';
      expect(await runIn(scratch, ['sh', '-c', script])).toMatchObject({ status: 0, out: 'ran\n' });
    }));

  it('passes the arguments of the command on unchanged', () =>
    withScratch(async (scratch) => {
      const args = ['printf', '%s|', '-N', '--help', '--', 'a b', ''];
      expect(await runIn(scratch, args)).toMatchObject({ out: '-N|--help|--|a b||' });
    }));

  it.each([
    ['its own status', ['sh', '-c', 'exit 7'], 7, ''],
    ['the status of a signal', ['sh', '-c', 'kill -9 $$'], 128 + constants.signals.SIGKILL, ''],
    [
      '127 for an absent command',
      ['no-such-command'],
      127,
      "glossa run: cannot run 'no-such-command': No such file or directory\n",
    ],
    [
      '126 for a file that cannot be executed',
      ['/'],
      126,
      "glossa run: cannot run '/': Permission denied\n",
    ],
  ])('ends with the exit status of its command: %s', (_, command, status, err) =>
    withScratch(async (scratch) => {
      expect(await runIn(scratch, command)).toMatchObject({ status, err, out: '' });
      await expectClean(scratch);
    }),
  );

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'forwards the signal %s to the command',
    (signal) =>
      withScratch(async (scratch) => {
        const onStart = (child: ChildProcess): void => {
          // The command says that it is there before it waits.
          child.stdout!.once('data', () => child.kill(signal));
        };
        const outcome = await runIn(scratch, ['sh', '-c', 'echo there; exec sleep 600'], {
          onStart,
        });
        expect(outcome).toMatchObject({ status: 128 + constants.signals[signal], out: 'there\n' });
        await expectClean(scratch);
      }),
  );

  it('passes mount flags such as --read-only on to its server', () =>
    withScratch(async (scratch) => {
      const flags = ['-l', 'test.log', '--xlator-option', 'mem.size=1MB', '--read-only'];
      const { status, err } = await runIn(scratch, ['touch', 'f'], { flags });
      expect(status).toBe(1);
      expect(err).toMatch('Read-only file system');
      const log = await readFile(scratch.at('test.log'), 'utf8');
      expect(log).toMatch('option size 1MB');
      expect(log).toMatch('0-glossa: ending: its starter is gone');
    }));

  it('does not run the command when the mount fails', () =>
    withScratch(async (scratch) => {
      const flags = ['--xlator-option', 'mem.size=huge'];
      const { status, out, err } = await runIn(scratch, ['echo', 'ran'], { flags });
      expect({ status, out }).toEqual({ status: 1, out: '' });
      expect(err).toMatch(/^--xlator-option:1:10: error: volume 'mem'/);
      await expectClean(scratch);
    }));

  it('refuses a mount whose root has no attributes, as glossa mount does', () =>
    withScratch(async (scratch) => {
      const failing =
        'volume failing\n    type debug/error-gen\n    option failure 100\n    option enable stat\n' +
        '    option error-no EIO\n    subvolumes mem\nend-volume\n';
      await scratch.writeFile('failing.vol', memory + failing);
      await scratch.makeFolder('mnt');
      const sentence =
        /^glossa: cannot enter the mount \S+: stat of its root fails: EIO \(Input\/output error\); /m;
      const env = { TMPDIR: await scratch.makeFolder('tmp') };
      for (const [args, hint] of [
        [['run', 'failing.vol', '--', 'true'], "the server's log has the reason"],
        [
          ['mount', 'failing.vol', 'mnt', '-l', 'a.log'],
          `the log ${scratch.at('a.log')} has the reason`,
        ],
      ] as const) {
        const { status, out, err } = await runGlossa(scratch, args, { env });
        expect({ status, out }).toEqual({ status: 1, out: '' });
        expect(err).toMatch(sentence);
        expect(err).toMatch(hint);
      }
      await expectClean(scratch);
    }));

  it('reports a bad working directory or Node program without a stack trace', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('test.vol', memory);
      const gone = await scratch.makeFolder('gone');
      const node = scratch.at('node');
      await copyFile(process.execPath, node);
      const main = `import { unlinkSync } from 'node:fs';\nunlinkSync(process.execPath);\nawait import(${JSON.stringify(GLOSSA)});\n`;
      const script =
        'cd "$0" && rmdir "$0" && "$1" "$2" check a.vol; cd "$3"; "$4" "$5" run test.vol -- true';
      const programs = [process.execPath, GLOSSA, scratch.path, node];
      const args = ['-c', script, gone, ...programs, await scratch.writeFile('main.mjs', main)];
      const { err } = await run(scratch, 'sh', args);
      expect(err).toMatch(
        'glossa: the working directory cannot be read: No such file or directory; change to another (cd /)\n',
      );
      expect(err).toMatch(
        `glossa: cannot start ${node}, which runs glossa: it was moved or replaced: No such file or directory\n`,
      );
    }));

  it('leaves no mount behind when it is killed', () =>
    withScratch(async (scratch) => {
      const over = scratch.at('over');
      const script = `echo there; for i in $(seq 99); do test -e ${over} && exit; sleep 0.2; done`;
      let outcome!: Promise<Outcome>;
      const child = await new Promise<ChildProcess>((resolve) => {
        const onStart = (started: ChildProcess): void =>
          void started.stdout!.once('data', () => resolve(started));
        outcome = runIn(scratch, ['sh', '-c', script], { onStart });
      });
      expect(scratch.findMounts()).toHaveLength(1);
      child.kill('SIGKILL');
      await vi.waitFor(() => expect(scratch.findMounts()).toEqual([]), { timeout: 50_000 });
      // The command itself keeps running.
      await writeFile(over, '');
      expect((await outcome).signal).toBe('SIGKILL');
    }));
});

/** A module that runs too long: the process can still end, and the author learns the reason. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, vi } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import {
  describeMounts,
  run,
  runGlossa,
  type Scratch,
  startMount,
  withScratch,
} from '../support/mount.ts';
import { selected } from '../support/test-selection.ts';

/** Takes minutes, during which Python checks for no interrupt. */
const LONG = '__import__("decimal").Context(prec=10**7).exp(2)';
const PATIENCE = { patience: 60_000 };

const volfile = (scratch: Scratch, limit: number): string => `volume files
    type storage/posix
    option directory ${scratch.at('files')}
end-volume

volume patient
    type features/glupy
    option module-name m
    option time-limit ${limit}
    subvolumes files
end-volume
`;

const inMethod = (method: string): string => `from glupy import Translator


class xlator(Translator):
    def ${method}:
        ${LONG}
`;

describeMounts('a module that runs too long', () => {
  it('does not keep SIGTERM from ending the mount', () =>
    withScratch(async (scratch) => {
      await scratch.makeFolder('files');
      await scratch.writeFile('m.py', inMethod('statfs(self, frame, loc, xdata)'));
      const mount = await startMount(scratch, volfile(scratch, 1));
      const pending = run(scratch, 'stat', ['-f', mount.path], PATIENCE);
      await vi.waitFor(() => expect(mount.log()).toMatch(/too long/), { timeout: 50_000 });
      const again = run(scratch, 'stat', ['-f', mount.path], PATIENCE);
      expect(await mount.stop('SIGTERM')).toBe(0);
      expect((await pending).status).not.toBe(0);
      expect((await again).status).not.toBe(0);
    }));

  it('at its start makes the mount fail with the reason', () =>
    withScratch(async (scratch) => {
      await scratch.makeFolder('files');
      await scratch.writeFile('m.py', `${inMethod('init(self)')}\n${LONG}\n`);
      const failed = startMount(scratch, volfile(scratch, 1));
      await expect(failed).rejects.toThrow(/m\.py.*ran too long .*time-limit/);
    }));

  if (selected.others)
    it('at its start is ended by Ctrl-C even before its time limit', () =>
      withScratch(async (scratch) => {
        await scratch.makeFolder('files');
        const marker = scratch.at('files', 'begun');
        const source = `open(${JSON.stringify(marker)}, "w").close()\n${LONG}\n`;
        await scratch.writeFile('m.py', source);
        const text = volfile(scratch, 5).replace(
          'module-name m',
          `module-name m\n    option allow-write ${scratch.at('files')}`,
        );
        const vol = await scratch.writeFile('m.vol', text);
        const mnt = await scratch.makeFolder('mnt');
        let interrupt = (): void => {};
        const ended = runGlossa(scratch, ['mount', vol, mnt, '--no-daemon', '--log-file', '-'], {
          ...PATIENCE,
          onStart: (child) => {
            interrupt = () => void child.kill('SIGINT');
          },
        });
        await vi.waitFor(() => stat(marker), { timeout: 50_000 });
        interrupt();
        const { status, signal } = await ended;
        expect([status !== 0, signal === 'SIGKILL']).toEqual([true, false]);
      }));
});

it('glossa test reports a test that runs too long, and runs the next one', () =>
  withScratch(async (scratch) => {
    await scratch.writeFile('m.py', inMethod('stat(self, frame, loc, xdata)'));
    await scratch.writeFile(
      'test_m.py',
      `def test_long():\n    ${LONG}\n\n\ndef test_next():\n    pass\n`,
    );
    const { status, out } = await runGlossa(
      scratch,
      ['test', 'm.py', '--time-limit', '1'],
      PATIENCE,
    );
    expect(status).toBe(1);
    expect(out).toMatch(/test_long.*ran too long/s);
    expect(out).toMatch(/1 passed/);
  }));

it('glossa repl reports a line that runs too long', () =>
  withScratch(async (scratch) => {
    await scratch.writeFile('m.py', inMethod('stat(self, frame, loc, xdata)'));
    await scratch.writeFile('lines', `${LONG}\n`);
    const script = 'exec "$0" "$1" repl m.py --xlator-option "$2.time-limit=1" < lines';
    const main = join(packageRoot, 'dist/cli/main.cjs');
    const args = ['-c', script, process.execPath, main, '*'];
    const { out, err } = await run(scratch, 'sh', args, PATIENCE);
    expect(out + err).toMatch(/ran too long/);
  }));

it('code that exceeds its time limit and cannot be interrupted ends the process, after a log line', () =>
  withScratch(async (scratch) => {
    const from = (path: string): string =>
      JSON.stringify(pathToFileURL(join(packageRoot, path)).href);
    // Code of the process itself, which checks for no interrupt.
    const program = `
      import { pbkdf2Sync } from 'node:crypto';
      import { InterpreterGate } from ${from('dist/bridges/host/limits/interpreter-gate.js')};
      import { makeSharedWord } from ${from('dist/bridges/host/limits/watchdog.js')};
      import { watch } from ${from('dist/bridges/machine/node/watchdog.js')};
      import { crashLog } from ${from('dist/runtime/sys/crash-log.js')};
      crashLog.target = process.argv[1];
      const settings = { word: makeSharedWord(), limitMs: 200, name: 'stone', watchEngine: watch, onAborted() {} };
      const inside = new InterpreterGate(settings);
      inside.startTiming();
      inside.runInOwnTurn(() => {
        inside.enterGuest();
        pbkdf2Sync('', '', 2 ** 31 - 1, 64, 'sha512');
      }, () => new Error('ended'));
    `;
    const log = scratch.at('log');
    const args = ['--input-type=module', '-e', program];
    const toFile = await run(scratch, process.execPath, [...args, log], PATIENCE);
    expect(toFile).toMatchObject({ signal: 'SIGKILL', err: '' });
    const line =
      /^\[[-:. 0-9]+\+0000\] C \[watchdog:0:-\] 0-stone: .* for \d\.\d s and cannot be ended/;
    const { out } = await run(scratch, 'cat', [log]);
    expect(out).toMatch(line);
    const toTerminal = await run(scratch, process.execPath, [...args, '-'], PATIENCE);
    expect(toTerminal).toMatchObject({ signal: 'SIGKILL', err: expect.stringMatching(line) });
  }));

import type { ChildProcess } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import {
  describeMounts,
  run,
  runGlossa,
  type Scratch,
  startMount,
  withScratch,
} from '../test/support/mount.ts';

const module = (name: string): string => `
from glupy import Option, Translator, ENOENT
class xlator(Translator):
    options = {"name": Option.str("none", reconfigurable=True)}
    def lookup(self, frame, loc, xdata):
        if loc.name == "${name}" or loc.name == self.options["name"]:
            return frame.fail(ENOENT)
        frame.wind()
`;

const stack = (option = ''): string => `volume mem
    type storage/memory
end-volume
volume top
    type features/glupy
    option module-name m
    ${option}
    subvolumes mem
end-volume
`;

const flags = ['--entry-timeout', '0', '--attribute-timeout', '0'];

async function start(scratch: Scratch) {
  await scratch.writeFile('m.py', module('one'));
  const mount = await startMount(scratch, stack(), { args: flags });
  for (const name of ['one', 'two', 'three']) {
    // A hidden name can still be created.
    await writeFile(join(mount.path, name), name).catch(() => {});
  }
  const seen = async (name: string): Promise<boolean> =>
    stat(join(mount.path, name)).then(
      () => true,
      () => false,
    );
  return { mount, seen };
}

describeMounts('glossa reload', () => {
  it('applies new code and options, or keeps the old ones if the new ones have an error', () =>
    withScratch(async (scratch) => {
      const { mount, seen } = await start(scratch);
      expect([await seen('two'), await seen('three')]).toEqual([true, true]);
      await scratch.writeFile('m.py', module('two'));
      const done = await runGlossa(scratch, ['reload', 'mnt']);
      expect(done).toMatchObject({ status: 0, err: '' });
      expect(done.out).toMatch(/mnt\.vol: no option changed\ntop: reloaded\n$/);
      expect([await seen('two'), await seen('three')]).toEqual([false, true]);

      await scratch.writeFile('m.py', 'class xlator(:\n');
      const wrong = await runGlossa(scratch, ['reload', 'mnt']);
      expect(wrong.status).toBe(1);
      expect(wrong.out).toMatch(/\ntop: not reloaded, the code before goes on: .*m\.py:1: /);
      expect([await seen('two'), await seen('three')]).toEqual([false, true]);

      await scratch.writeFile('m.py', module('two'));
      await scratch.writeFile('mnt.vol', stack('option name three'));
      const options = await runGlossa(scratch, ['reload', 'mnt']);
      expect(options).toMatchObject({ status: 0 });
      expect(options.out).toMatch(/mnt\.vol: new options for top\n/);
      expect([await seen('two'), await seen('three')]).toEqual([false, false]);

      await scratch.writeFile('mnt.vol', 'volume x\n type storage/memory\nend-volume\n');
      const other = await runGlossa(scratch, ['reload', 'mnt']);
      expect(other.status).toBe(1);
      expect(other.out).toMatch(/mnt\.vol: everything stays as it was: .*would lose the files/);
      expect([await seen('two'), await seen('three')]).toEqual([false, false]);
      expect(await mount.stop()).toBe(0);
    }));

  it('finds the volfile of a daemon that was given a relative path', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('m.py', module('one'));
      await scratch.writeFile('own.vol', stack());
      await scratch.makeFolder('own');
      expect(
        await runGlossa(scratch, ['mount', 'own.vol', 'own', '-l', 'own.log', ...flags]),
      ).toMatchObject({
        status: 0,
      });
      try {
        await scratch.writeFile('own.vol', stack('option name three'));
        expect(await runGlossa(scratch, ['reload', 'own'])).toMatchObject({
          status: 0,
          out: 'own.vol: new options for top\ntop: reloaded\n',
        });
      } finally {
        expect(await runGlossa(scratch, ['umount', 'own'])).toMatchObject({ status: 0 });
      }
    }));

  it('applies options in the same way as SIGHUP', () =>
    withScratch(async (scratch) => {
      const { mount, seen } = await start(scratch);
      await scratch.writeFile('mnt.vol', stack('option name three'));
      mount.child.kill('SIGHUP');
      const log = scratch.at('mnt.log');
      while (!(await readFile(log, 'utf8')).includes('new options for top')) await delay(10);
      while (await seen('three')) await delay(10);
      expect(await seen('two')).toBe(true);
      expect(await mount.stop()).toBe(0);
    }));

  it('fails for a folder without a mount of glossa', () =>
    withScratch(async (scratch) => {
      expect(await runGlossa(scratch, ['reload', '.'])).toMatchObject({
        status: 1,
        err: 'glossa: . is not a mount of glossa: nothing is mounted there\n',
      });
    }));

  it('succeeds while a module has not yet replied to a request in the root directory', () =>
    withScratch(async (scratch) => {
      const holds = `
from glupy import EINTR, Translator
class xlator(Translator):
    def mkdir(self, frame, *args):
        self.kept = frame
        self.log.info("holds")
    def mkdir_cancel(self, frame):
        frame.fail(EINTR)
`;
      await scratch.writeFile('m.py', holds);
      const mount = await startMount(scratch, stack(), { args: flags });
      let client!: ChildProcess;
      const waiting = run(scratch, 'mkdir', [join(mount.path, 'new')], {
        onStart: (child) => {
          client = child;
        },
      });
      await vi.waitFor(() => expect(mount.log()).toContain('holds'), { timeout: 50_000 });
      expect(await runGlossa(scratch, ['reload', 'mnt'])).toMatchObject({ status: 0 });
      client.kill('SIGKILL');
      expect((await waiting).signal).toBe('SIGKILL');
      expect(await mount.stop()).toBe(0);
    }));
});

import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import {
  describeMounts,
  glossa,
  type Scratch,
  startMount,
  withScratch,
} from '../../test/support/mount.ts';

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
  await scratch.file('m.py', module('one'));
  const mount = await startMount(scratch, stack(), { args: flags });
  for (const name of ['one', 'two', 'three']) {
    // What is hidden can be made all the same.
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
  it('brings new code and new options, and keeps the old when the new are wrong', () =>
    withScratch(async (scratch) => {
      const { mount, seen } = await start(scratch);
      expect([await seen('two'), await seen('three')]).toEqual([true, true]);
      await scratch.file('m.py', module('two'));
      const done = await glossa(scratch, ['reload', 'mnt']);
      expect(done).toMatchObject({ status: 0, err: '' });
      expect(done.out).toMatch(/mnt\.vol: no option changed\ntop: reloaded\n$/);
      expect([await seen('two'), await seen('three')]).toEqual([false, true]);

      await scratch.file('m.py', 'class xlator(:\n');
      const wrong = await glossa(scratch, ['reload', 'mnt']);
      expect(wrong.status).toBe(1);
      expect(wrong.out).toMatch(/\ntop: not reloaded, the code before goes on: .*m\.py:1: /);
      expect([await seen('two'), await seen('three')]).toEqual([false, true]);

      await scratch.file('m.py', module('two'));
      await scratch.file('mnt.vol', stack('option name three'));
      const options = await glossa(scratch, ['reload', 'mnt']);
      expect(options).toMatchObject({ status: 0 });
      expect(options.out).toMatch(/mnt\.vol: new options for top\n/);
      expect([await seen('two'), await seen('three')]).toEqual([false, false]);

      await scratch.file('mnt.vol', 'volume x\n type storage/memory\nend-volume\n');
      const other = await glossa(scratch, ['reload', 'mnt']);
      expect(other.status).toBe(1);
      expect(other.out).toMatch(/mnt\.vol: the options stay as they were: .*new mount/);
      expect([await seen('two'), await seen('three')]).toEqual([false, false]);
      expect(await mount.stop()).toBe(0);
    }));

  it('is what SIGHUP does with the options', () =>
    withScratch(async (scratch) => {
      const { mount, seen } = await start(scratch);
      await scratch.file('mnt.vol', stack('option name three'));
      mount.child.kill('SIGHUP');
      const log = scratch.at('mnt.log');
      while (!(await readFile(log, 'utf8')).includes('new options for top')) await delay(10);
      while (await seen('three')) await delay(10);
      expect(await seen('two')).toBe(true);
      expect(await mount.stop()).toBe(0);
    }));

  it('is for mounts of glossa', () =>
    withScratch(async (scratch) => {
      expect(await glossa(scratch, ['reload', '.'])).toMatchObject({
        status: 1,
        err: 'glossa: . is not a mount of glossa: nothing is mounted there\n',
      });
    }));
});

import { spawn, spawnSync } from 'node:child_process';
import { mkdir, open as openFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { dev, expectClean, mounted, start } from '../test/support/dev.ts';
import {
  describeMounts,
  glossaCommand,
  runGlossa,
  startMount,
  withScratch,
} from '../test/support/mount.ts';

/** Gives a program a terminal (util-linux). */
const hasScript = spawnSync('script', ['--version']).status === 0;

const module = (hidden: string): string => `
from glupy import Translator, ENOENT
class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        if loc.name == "${hidden}":
            self.log.info("%s is hidden", loc.name)
            return frame.fail(ENOENT)
        frame.wind()
`;

/** A module in JavaScript, whose interpreter starts faster, for tests of no particular language. */
const PASSING = `import { Translator } from 'glossa';
export class xlator extends Translator {}
`;

describeMounts('glossa dev', () => {
  it('reloads the module when it is saved, and ends with Ctrl-C', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('m.py', module('hello.txt'));
      const running = await dev(scratch, ['m.py']);
      expect(await readdir(running.mnt)).toEqual(['folder', 'hello.txt', 'notes.txt']);
      expect([await running.seen('hello.txt'), await running.seen('notes.txt')]).toEqual([
        false,
        true,
      ]);
      await running.says('m.py:6 lookup: hello.txt is hidden');
      await scratch.writeFile('m.py', module('notes.txt'));
      await running.says('reloaded m.py: lookup');
      expect([await running.seen('hello.txt'), await running.seen('notes.txt')]).toEqual([
        true,
        false,
      ]);
      await scratch.writeFile('m.py', 'class xlator(:\n');
      await running.says('the code before goes on');
      await running.says('SyntaxError');
      expect(await running.seen('notes.txt')).toBe(false);
      running.child.kill('SIGINT');
      expect((await running.outcome).status).toBe(0);
      await expectClean(scratch);
    }));

  it('reloads a TypeScript module when it or an imported file is saved', () =>
    withScratch(async (scratch) => {
      const text = `import { defineTranslator, EPERM, fail, tail } from 'glossa';
import { kept } from './lib/kept.ts';
export default defineTranslator<null, Record<string, never>>({
  type: 'features/keep', description: 'Keeps files.', children: [1, 1], options: {},
  fops: {
    unlink(frame, xl, ...args) {
      xl.log.info('asked for ' + args[0].name);
      if (args[0].name === kept) fail.unlink(frame, EPERM);
      else tail.unlink(frame, xl.children[0]!, ...args);
    },
  },
  init: () => null,
});
`;
      await mkdir(scratch.at('lib'));
      await scratch.writeFile('lib/kept.ts', "export const kept = 'hello.txt';");
      await scratch.writeFile('keep.ts', text);
      const running = await dev(scratch, ['keep.ts']);
      const file = join(running.mnt, 'hello.txt');
      const open = await openFile(file);
      await expect(rm(file)).rejects.toMatchObject({ code: 'EPERM' });
      await running.says('keep.ts:7 unlink: asked for hello.txt');
      await scratch.writeFile('keep.ts', 'no code(');
      await running.says('not reloaded, the code before goes on: ');
      await running.says('keep.ts:1:4: SyntaxError');
      await expect(rm(file)).rejects.toMatchObject({ code: 'EPERM' });
      await scratch.writeFile('keep.ts', text);
      await running.says('reloaded keep.ts: unlink');
      await scratch.writeFile('lib/kept.ts', "export const kept = 'notes.txt';");
      while (await running.seen('hello.txt')) await rm(file).catch(() => {});
      await expect(rm(join(running.mnt, 'notes.txt'))).rejects.toMatchObject({ code: 'EPERM' });
      // A file opened before the reload can still be read.
      expect(String((await open.read({ position: 0 })).buffer.subarray(0, 5))).toBe('Hello');
      await open.close();
      running.child.kill('SIGINT');
      const { out, err } = await running.outcome;
      expect(out + err).not.toMatch(/dist|data:|exchange|dev\.vol/);
      await expectClean(scratch);
    }));

  it('serves the folder DIR at --mountpoint, and leaves its files unchanged', () =>
    withScratch(async (scratch) => {
      await mkdir(scratch.at('files'));
      await mkdir(scratch.at('place'));
      await scratch.writeFile('files/a', 'text');
      await scratch.writeFile('m.js', PASSING);
      const running = await dev(scratch, ['m.js', 'files', '--mountpoint', 'place']);
      expect(running.mnt).toBe(scratch.at('place'));
      expect(await readFile(join(running.mnt, 'a'), 'utf8')).toBe('text');
      running.child.kill('SIGTERM');
      expect((await running.outcome).status).toBe(0);
      await expectClean(scratch);
      expect(await readFile(scratch.at('files/a'), 'utf8')).toBe('text');
    }));

  it.runIf(hasScript)(
    'stops a Python module at breakpoint(), and continues at the debugger command c',
    () =>
      withScratch(async (scratch) => {
        const stopping = module('b').replace('frame.wind()', 'breakpoint(); frame.wind()');
        await scratch.writeFile(
          'm.py',
          stopping.replace('if loc', 'if loc.name is None: return frame.wind()\n        if loc'),
        );
        const TMPDIR = await scratch.makeFolder('tmp');
        const command = `${glossaCommand} dev m.py`;
        const child = spawn('script', ['-qefc', command, '/dev/null'], {
          cwd: scratch.path,
          env: { ...process.env, TMPDIR, NO_COLOR: '1', TERM: 'dumb' },
          stdio: 'pipe',
        });
        scratch.children.add(child);
        let said = '';
        child.stdout.on('data', (chunk) => {
          said += String(chunk);
        });
        const says = async (text: string): Promise<void> => {
          while (!said.includes(text)) await delay(10);
        };
        await says('Ctrl-C');
        const mnt = / mounted on ([^\s,]+)/.exec(said)![1]!;
        const found = stat(join(mnt, 'hello.txt'));
        await says('(Pdb)');
        expect(said).toContain('-- paused: requests wait until you go on (c) --');
        child.stdin.write('p loc.name, 40 + 2\n');
        await says("('hello.txt', 42)");
        child.stdin.write('c\n');
        await says('-- resumed --');
        expect((await found).size).toBe(14);
        // Ctrl-C, as the terminal sends it.
        child.stdin.write('\x03');
        await new Promise((resolve) => child.once('exit', resolve));
        await expectClean(scratch);
      }),
  );

  it('leaves no mount and no temporary file when it is killed, even with a process in the mount', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('m.js', PASSING);
      const running = await dev(scratch, ['m.js']);
      const sitter = spawn('sleep', ['1000'], { cwd: running.mnt });
      scratch.children.add(sitter);
      running.child.kill('SIGKILL');
      await running.outcome;
      await expectClean(scratch);
    }));

  it('reloads a module of a volfile when the module is saved', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('m.py', module('b'));
      const mem = 'volume mem\n type storage/memory\nend-volume\n';
      const top =
        'volume top\n type features/glupy\n option module-name m\n subvolumes mem\nend-volume\n';
      await scratch.writeFile('v.vol', mem + top);
      const running = await dev(scratch, ['v.vol']);
      await scratch.writeFile('m.py', module('a'));
      await running.says('reloaded');
      running.child.kill('SIGINT');
      expect((await running.outcome).status).toBe(0);
      await expectClean(scratch);
    }));

  it.each(['m.py', 'v.vol'])(
    'with %s waits until an error in the module is corrected and saved, and then mounts',
    (what) =>
      withScratch(async (scratch) => {
        const mem = 'volume mem\n type storage/memory\nend-volume\n';
        const top = 'volume m\n type features/glupy\n option module-name m\n subvolumes mem\n';
        await scratch.writeFile('v.vol', `${mem}${top}end-volume\n`);
        await scratch.writeFile('m.py', 'class xlator(:\n');
        const waiting = await start(scratch, [what]);
        await waiting.says('m.py:1: SyntaxError');
        await waiting.says(`glossa dev: waiting until ${what} is mended and saved`);
        // Another mistake is told too, and waited for.
        await scratch.writeFile('m.py', 'import absent_helper\n');
        await waiting.says("m.py:1: ModuleNotFoundError: No module named 'absent_helper'");
        await scratch.writeFile('m.py', module('b'));
        const running = await mounted(waiting);
        await scratch.writeFile('m.py', module('hello.txt'));
        await running.says('reloaded');
        running.child.kill('SIGINT');
        expect((await running.outcome).status).toBe(0);
        await expectClean(scratch);
      }),
  );

  it('ends with Ctrl-C while it waits for a save', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('m.js', 'class xlator (\n');
      const waiting = await start(scratch, ['m.js']);
      await waiting.says('waiting until');
      waiting.child.kill('SIGINT');
      expect((await waiting.outcome).status).toBe(130);
      await expectClean(scratch);
    }));

  it('refuses wrong operands before it mounts', () =>
    withScratch(async (scratch) => {
      const TMPDIR = await scratch.makeFolder('tmp');
      await scratch.writeFile('v.vol', 'volume m\n type storage/memory\nend-volume\n');
      const fail = async (...args: string[]) => {
        const { status, err } = await runGlossa(scratch, ['dev', ...args], { env: { TMPDIR } });
        return `${status} ${err}`;
      };
      expect(await fail('absent.py')).toBe('1 glossa: absent.py is not there\n');
      expect(await fail('v.vol')).toContain('has no volume of a module');
      expect(await fail('v.vol', 'files')).toMatch(/^2 /);
      await scratch.writeFile('m.py', module('b'));
      expect(await fail('m.py', 'absent')).toBe('1 glossa: absent is no folder\n');
      await scratch.makeFolder('files');
      expect(await fail('files', 'm.py')).toMatch(/^2 [^\n]*: the module comes first\n/);
      expect(await fail('files')).toMatch(/^1 [^\n]*: name a module\n/);
      await scratch.writeFile('files/x.py', module('b'));
      await scratch.writeFile('files/test_x.py', '');
      expect(await fail('files')).toMatch(/^1 [^\n]*: name the module in it: files\/x.py\n/);
      // No save of the module mends this error, so the command does not wait for one.
      expect(await fail('m.py', '--mountpoint', 'absent')).toMatch(/^1 [^\n]*does not exist/);
      await expectClean(scratch);
    }));

  it('does not unmount an older mount at its mount point', () =>
    withScratch(async (scratch) => {
      const memory = 'volume m\n type storage/memory\nend-volume\n';
      const mount = await startMount(scratch, memory);
      await scratch.writeFile('m.js', PASSING);
      const running = await start(scratch, ['m.js', '--mountpoint', mount.path]);
      expect(await running.outcome).toMatchObject({
        status: 1,
        err: expect.stringContaining('glossa is mounted there already'),
      });
      expect(scratch.findMounts()).toEqual([mount.path]);
      expect(await mount.stop()).toBe(0);
    }));
});

/** A module's method that no fop calls gives a warning in each command that starts the module. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeMounts, runGlossa, type Scratch, withScratch } from '../test/support/mount.ts';

const MODULE = `import { Translator } from 'glossa';
export class xlator extends Translator {
  lokup(frame) { frame.wind(); }
}
`;

const VOLFILE = `volume storage
    type storage/memory
end-volume
volume top
    type features/glupy
    option module-name m.js
    subvolumes storage
end-volume
`;

const TEST = `import { graph, test } from 'glossa/testing';
test('one', () => graph('m.js'));
test('another', () => graph('m.js'));
`;

const SAID = "lokup is no fop or hook, and is never called (did you mean 'lookup'?)";

async function stage(scratch: Scratch): Promise<string> {
  await scratch.writeFile('m.js', MODULE);
  await scratch.writeFile('m.vol', VOLFILE);
  await scratch.writeFile('m.test.js', TEST);
  await scratch.makeFolder('mnt');
  return `${scratch.at('m.js')}:3: ${SAID}`;
}

describeMounts('a misnamed method of a module', () => {
  it('makes glossa mount warn on the terminal and in the log', () =>
    withScratch(async (scratch) => {
      const line = await stage(scratch);
      const log = scratch.at('log');
      expect(await runGlossa(scratch, ['mount', 'm.vol', 'mnt', '-l', log])).toMatchObject({
        status: 0,
        err: `glossa: warning: ${line}\n`,
      });
      expect(await runGlossa(scratch, ['umount', 'mnt'])).toMatchObject({ status: 0 });
      expect(await readFile(log, 'utf8')).toContain(`[m.js:3:lokup] 0-top: ${SAID}`);
    }));

  it('makes glossa run warn once, with or without a log file', () =>
    withScratch(async (scratch) => {
      const line = await stage(scratch);
      const own = await runGlossa(scratch, ['run', 'm.vol', '-l', scratch.at('log'), '--', 'true']);
      expect(own).toMatchObject({ status: 0, err: `glossa: warning: ${line}\n` });
      const { err } = await runGlossa(scratch, ['run', 'm.vol', '--', 'true']);
      expect(err.split(SAID)).toHaveLength(2);
    }));

  it('is an error with --strict, which mounts nothing', () =>
    withScratch(async (scratch) => {
      const line = await stage(scratch);
      const log = scratch.at('log');
      const mount = await runGlossa(scratch, ['mount', '--strict', 'm.vol', 'mnt', '-l', log]);
      expect(mount).toMatchObject({ status: 1, out: '' });
      expect(mount.err).toContain(line);
      expect(scratch.findMounts()).toEqual([]);
    }));

  it('makes glossa dev --strict wait for a save', () =>
    withScratch(async (scratch) => {
      const line = await stage(scratch);
      const { err } = await runGlossa(scratch, ['dev', '--strict', 'm.js'], {
        env: { TMPDIR: await scratch.makeFolder('tmp') },
        onStart(child) {
          let said = '';
          child.stderr!.on('data', (text) => {
            said += String(text);
            if (said.includes('waiting until')) child.kill('SIGINT');
          });
        },
      });
      expect(err).toContain(line);
    }));

  it('makes glossa test warn once, and fail with --strict', () =>
    withScratch(async (scratch) => {
      const line = await stage(scratch);
      const passed = await runGlossa(scratch, ['test', 'm.js']);
      expect(passed).toMatchObject({ status: 0, err: `glossa: warning: ${line}\n` });
      const { status, out } = await runGlossa(scratch, ['test', '--strict', 'm.js']);
      expect(status).toBe(1);
      expect(out).toContain(line);
    }));
});

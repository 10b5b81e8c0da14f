/** `-q` and `-v` of commands that mount, and of commands that ask a mount. */
import { expect, it } from 'vitest';
import { describeMounts, runGlossa, startMount, withScratch } from '../test/support/mount.ts';

const memory = 'volume mem\n    type storage/memory\nend-volume\n';
const broken = `${memory}volume top\n    type no/such\n    subvolumes mem\nend-volume\n`;
const MODULE = `import { Translator } from 'glossa';
export class xlator extends Translator {
  init() { this.log.info('begun'); }
}
`;

describeMounts('the flags -q and -v', () => {
  it('let glossa mount and umount print nothing but errors, or each step', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('test.vol', memory);
      await scratch.writeFile('broken.vol', broken);
      await scratch.makeFolder('mnt');
      await scratch.writeFile('mnt/hidden', '');
      const mnt = scratch.at('mnt');
      const own = ['-l', scratch.at('log')];
      const silent = { status: 0, out: '', err: '' };
      expect(await runGlossa(scratch, ['mount', '-q', 'test.vol', 'mnt', ...own])).toEqual({
        ...silent,
        signal: null,
      });
      expect(await runGlossa(scratch, ['umount', '-q', 'mnt'])).toMatchObject(silent);
      const refused = await runGlossa(scratch, ['mount', '-q', 'broken.vol', 'mnt', ...own]);
      expect(refused).toMatchObject({ status: 1, out: '' });
      expect(refused.err).toContain('no/such');
      const { err } = await runGlossa(scratch, ['mount', '-v', 'test.vol', 'mnt', ...own]);
      const steps = [
        `^glossa: the server is process (\\d+), and its log ${scratch.at('log')}`,
        'glossa: start the volumes of test.vol: mem',
        'glossa: the volumes are up',
        `glossa: warning: ${mnt} is not empty: .*`,
        `glossa: ${mnt} is mounted\n$`,
      ];
      expect(err).toMatch(new RegExp(steps.join('\n')));
      const pid = /process (\d+)/.exec(err)![1];
      expect(await runGlossa(scratch, ['umount', '--verbose', 'mnt'])).toEqual({
        status: 0,
        signal: null,
        out: '',
        err:
          `glossa: process ${pid} serves ${mnt}\nglossa: ${mnt} is unmounted\n` +
          `glossa: process ${pid} has ended\n`,
      });
      const both = await runGlossa(scratch, ['umount', '-q', '-v', 'mnt']);
      expect(both).toMatchObject({ status: 2, out: '' });
    }));

  it('let glossa run print only the output of its command, or also each step', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('m.js', MODULE);
      const above = 'type features/glupy\n option module-name m.js';
      await scratch.writeFile(
        'm.vol',
        `${memory}volume top\n ${above}\n subvolumes mem\nend-volume\n`,
      );
      const run = (flag: string) =>
        runGlossa(scratch, ['run', flag, 'm.vol', '--', 'echo', 'done']);
      const [quiet, verbose] = await Promise.all([run('-q'), run('-v')]);
      expect(quiet).toMatchObject({ status: 0, out: 'done\n', err: '' });
      expect(verbose).toMatchObject({ status: 0, out: 'done\n' });
      const steps = [
        'glossa: start the volumes of m.vol: mem, top',
        '.* begun',
        'glossa: the volumes are up',
        'glossa: run echo done in /.*',
        "glossa: 'echo' ended with status 0",
        'glossa: the server has ended\n$',
      ];
      expect(verbose.err).toMatch(new RegExp(steps.join('\n(.*\n)*?')));
    }));

  it('let glossa reload print nothing, or each step', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, memory);
      expect(await runGlossa(scratch, ['reload', '-q', 'mnt'])).toMatchObject({
        status: 0,
        out: '',
        err: '',
      });
      expect(await runGlossa(scratch, ['reload', '-v', 'mnt'])).toMatchObject({
        status: 0,
        err: `glossa: ask the server of ${mount.path} to read its volfile and its modules\n`,
      });
      await scratch.writeFile('mnt.vol', broken);
      const { status, out } = await runGlossa(scratch, ['reload', '-q', 'mnt']);
      expect(status).toBe(1);
      expect(out).toContain('everything stays as it was');
      expect(await mount.stop()).toBe(0);
    }));
});

import { mkdir, symlink } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeMounts, GLOSSA, run, startMount, withScratch } from '../../test/support/mount.ts';

const memory = 'volume m\n type storage/memory\nend-volume\n';

/** From a directory, for an argument FILE: the path from the root of the mount that is meant, or the error. */
const table: readonly (readonly [from: string, file: string, meant: string | RegExp])[] = [
  ['.', 'm1/nope', '/nope'],
  ['.', './m1/dir//nope', '/dir/nope'],
  ['.', 'link/m1/nope', '/nope'],
  ['.', '%/m1/nope', '/nope'],
  ['m1/dir', 'nope', '/dir/nope'],
  ['m1/dir', './nope', '/dir/nope'],
  ['m1/dir', '../nope', '/nope'],
  ['other', '../m1/nope', '/nope'],
  ['m1', 'nope', '/nope'],
  ['.', 'nope', /^glossa: nope is in no mount of glossa\n$/],
  ['m1/dir', '/nope', /^glossa: \/nope is in no mount of glossa\n$/],
  ['.', '../nope', /^glossa: \.\.\/nope is in no mount of glossa\n$/],
];

describeMounts('the operand FILE of a command', () => {
  it('names the same file for glossa why and glossa invalidate as for a shell', () =>
    withScratch(async (scratch) => {
      const one = await startMount(scratch, memory, { name: 'm1' });
      await mkdir(`${one.path}/dir`);
      await scratch.makeFolder('other');
      await symlink(scratch.path, scratch.at('link'));
      const ask = async (command: string, from: string, file: string) => {
        const words = [command, file.replace('%', scratch.path)];
        const script = 'cd "$0" && exec "$@"';
        return run(scratch, 'sh', ['-c', script, from, process.execPath, GLOSSA, ...words]);
      };
      for (const [from, file, meant] of table) {
        const { out, err } = await ask('why', from, file);
        if (typeof meant !== 'string') expect(err, `${from} ${file}`).toMatch(meant);
        else {
          const said = { err, out: out.replace(/(?<=request for \S+ ).*\n/, '') };
          expect(said, `${from} ${file}`).toEqual({ err: '', out: `no request for ${meant} ` });
        }
      }
      for (const [from, file, meant] of table.slice(-3)) {
        expect((await ask('invalidate', from, file)).err).toMatch(meant);
      }
      for (const [file, is] of [
        ['m1/dir', 'is there'],
        ['m1/nope', 'is not there'],
      ] as const) {
        expect((await ask('invalidate', '.', file)).out).toBe(`${file}: ${is} now\n`);
      }
      expect(await one.stop()).toBe(0);
    }));
});

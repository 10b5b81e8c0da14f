import { mkdir, symlink } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeMounts, GLOSSA, run, startMount, withScratch } from '../../test/support/mount.ts';

const memory = 'volume m\n type storage/memory\nend-volume\n';

/** From a directory, for an argument PATH of the mount `m1` or of its own: the path that is meant, or the error. */
const table: readonly (readonly [from: string, path: string, meant: string | RegExp])[] = [
  // As a shell has it.
  ['.', 'm1/nope', '/nope'],
  ['.', './m1/dir//nope', '/dir/nope'],
  ['.', 'link/m1/nope', '/nope'],
  ['.', '%/m1/nope', '/nope'],
  ['m1/dir', './nope', '/dir/nope'],
  ['m1/dir', '../nope', '/nope'],
  ['other', '../m1/nope', '/nope'],
  ['m1', 'nope', '/nope'],
  // From the root of the mount.
  ['.', 'nope', '/nope'],
  ['.', '/dir/nope', '/dir/nope'],
  ['.', 'dir/../nope/', '/nope'],
  ['m1/dir', '/nope', '/nope'],
  // Both.
  [
    'm1/dir',
    'nope',
    /^glossa: nope may be \/dir\/nope of the mount, from this directory, or \/nope/,
  ],
  ['.', 'm2/nope', /^glossa: m2\/nope is in the mount \S+\/m2, not in \S*m1\n$/],
  ['.', '../nope', /^glossa: \.\.\/nope is outside of the mount \S*m1\n$/],
];

describeMounts('PATH of', () => {
  it('glossa why and glossa invalidate resolves as in a shell, or from the root of MNT', () =>
    withScratch(async (scratch) => {
      const one = await startMount(scratch, memory, { name: 'm1' });
      const two = await startMount(scratch, memory, { name: 'm2' });
      await mkdir(`${one.path}/dir`);
      await scratch.folder('other');
      await symlink(scratch.path, scratch.at('link'));
      const ask = async (command: string, from: string, path: string) => {
        const mnt = from === '.' ? 'm1' : one.path;
        const words = [command, mnt, path.replace('%', scratch.path)];
        const script = 'cd "$0" && exec "$@"';
        return run(scratch, 'sh', ['-c', script, from, process.execPath, GLOSSA, ...words]);
      };
      for (const [from, path, meant] of table) {
        const { out, err } = await ask('why', from, path);
        if (typeof meant !== 'string') expect(err, `${from} ${path}`).toMatch(meant);
        else {
          const said = { err, out: out.replace(/(?<=request for \S+ ).*\n/, '') };
          expect(said, `${from} ${path}`).toEqual({ err: '', out: `no request for ${meant} ` });
        }
      }
      for (const [from, path, meant] of table.slice(-3)) {
        expect((await ask('invalidate', from, path)).err).toMatch(meant);
      }
      for (const [path, is] of [
        ['m1/dir', 'is there'],
        ['m1/nope', 'is not there'],
      ] as const) {
        expect((await ask('invalidate', '.', path)).out).toBe(`${path}: ${is} now\n`);
      }
      // A directory of the mount that is called as the mount is.
      await mkdir(`${one.path}/m1`);
      expect((await ask('invalidate', '.', 'm1/dir')).err).toBe(
        'glossa: m1/dir may be /dir of the mount, from this directory, or /m1/dir, from its root: ' +
          'write ./m1/dir or /m1/dir\n',
      );
      expect((await ask('invalidate', '.', './m1/dir')).out).toBe('./m1/dir: is there now\n');
      expect([await one.stop(), await two.stop()]).toEqual([0, 0]);
    }));
});

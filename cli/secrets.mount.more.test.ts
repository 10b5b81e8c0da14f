/** Secrecy of a password in a volfile: none of glossa's output contains it. */
import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeMounts, runGlossa, startMount, withScratch } from '../test/support/mount.ts';

const VALUE = 'hunter2';

const volfile = `volume mem
    type storage/memory
    option password ${VALUE}
end-volume
volume meta
    type meta
    subvolumes mem
end-volume
`;

describeMounts('a password in a volfile', () => {
  it('appears in no log, dump, picture, recording, message or virtual file', () =>
    withScratch(async (scratch) => {
      const args = [`--xlator-option=mem.auth.login.u.password=${VALUE}`];
      const mount = await startMount(scratch, volfile, { args });
      await writeFile(`${mount.path}/f`, 'x');
      const wrong = volfile
        .replace(VALUE, `"${VALUE}" ${VALUE}`)
        .replace(
          'end',
          `opton password ${VALUE}\n    option log-level no\n    option\n  password\n\n ${VALUE} x\nend`,
        );
      await scratch.writeFile('wrong.vol', wrong);
      const volumes = ['graph', 'mnt.vol', '--options'];
      const texts = new Map<string, string>();
      for (const command of [
        volumes,
        [...volumes, '--json'],
        [...volumes, '--format', 'svg'],
        ['stats', 'statedump', 'mnt'],
        ['stats', 'statedump', 'mnt', '--json'],
        ['check', 'mnt.vol'],
        ['check', 'wrong.vol'],
        ['check', 'wrong.vol', '--json'],
        ['graph', 'wrong.vol', `--xlator-option=mem.password ${VALUE}`],
        ['graph', 'mnt.vol', `--xlator-option=mem_password=${VALUE}`],
        ['trace', 'mnt.vol', '-o', 'a.rec', '-l', 'rec.log', '--', 'ls'],
      ]) {
        const { out, err } = await runGlossa(scratch, command);
        texts.set(command.join(' '), out + err);
      }
      const { meta } = { meta: `${mount.path}/.meta/graphs/active/mem/options` };
      texts.set('option', await readFile(`${meta}/password`, 'utf8'));
      texts.set('volfile', await readFile(`${mount.path}/.meta/graphs/0/volfile`, 'utf8'));
      for (const file of ['mnt.log', 'rec.log', 'a.rec']) {
        texts.set(file, await readFile(scratch.at(file), 'latin1'));
      }
      const leaks = [...texts].filter(([, text]) => text.includes(VALUE) || text === '');
      expect(leaks).toEqual([]);
      expect(texts.get('option')).toBe('********\n');
      expect(texts.get('mnt.log')).toMatch(/option password \*{8}\n/);
      expect(texts.get('check wrong.vol')).toMatch(/found '\*{8}'/);
      expect(await mount.stop()).toBe(0);
    }));
});

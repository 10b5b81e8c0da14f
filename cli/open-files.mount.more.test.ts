/** A low limit of open files: one line names the limit and the way to raise it. */
import { writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { Client } from '../test/support/client.ts';
import { describeMounts, runGlossa, startMount, withScratch } from '../test/support/mount.ts';
import { makeVolfile } from '../test/support/stacks.ts';

const limited = (limit: number): readonly string[] => ['prlimit', `--nofile=${limit}:${limit}`];
const raise = "raise it with 'ulimit -n 65536' or, for a service, LimitNOFILE=65536";

describeMounts('the limit of open files', () => {
  it('is printed in the error when it is too low for a mount', () =>
    withScratch(async (scratch) => {
      const folder = await scratch.makeFolder('brick');
      const volfile = await scratch.writeFile('v.vol', await makeVolfile(scratch, 'posix', folder));
      const args = ['mount', volfile, await scratch.makeFolder('mnt')];
      const { status, err } = await runGlossa(scratch, args, { wrapper: limited(21) });
      const line = `glossa: too many open files: the limit is 21 (ulimit -n); ${raise}\n`;
      expect({ status, err }).toEqual({ status: 1, err: line });
    }));

  it('is logged only once when it makes requests fail', () =>
    withScratch(async (scratch) => {
      const LIMIT = 200;
      const brick = await scratch.makeFolder('brick');
      for (let n = 0; n < LIMIT; n++) await writeFile(scratch.at('brick', `f${n}`), '');
      const volfile = await makeVolfile(scratch, 'posix', brick);
      const mount = await startMount(scratch, volfile, { wrapper: limited(LIMIT) });
      const open = 'for f in *; do exec {fd}< $f || break; done; exec {fd}< f0; exec {fd}< f1';
      const client = new Client(mount.path, open);
      expect((await client.outcome).err).toMatch(/f\d+: Too many open files\n/);
      // The files are closed again.
      expect((await new Client(mount.path, 'cat f1; ls | wc -l').outcome).out).toBe(`${LIMIT}\n`);
      const lines = mount.log().match(/^.* E .*$/gm);
      expect(lines).toEqual([
        expect.stringContaining(`too many open files: the limit is ${LIMIT} (ulimit -n); ${raise}`),
      ]);
      expect(await mount.stop()).toBe(0);
    }));

  it('lets other operations on the mount succeed after a program has opened as many files as it can', () =>
    withScratch(async (scratch) => {
      const LIMIT = 600;
      const volfile = await makeVolfile(scratch, 'posix', await scratch.makeFolder('brick'));
      const mount = await startMount(scratch, volfile, { wrapper: limited(LIMIT) });
      const script = `for n in {1..${LIMIT}}; do { exec {fd}<> f$n; } 2> /dev/null || break; done
        echo $((n - 1)); ls f$n 2>&1; stat -c %s f1; mv f1 g; ln g h; rm g h; mkdir d; rmdir d
        echo more >&12; stat -c %s f3 f4 | wc -l; rm f{2..9}; stat -L -c %h /proc/self/fd/12`;
      const { out, err } = await new Client(mount.path, script).outcome;
      const [opened, ...rest] = out.split('\n');
      expect(Number(opened)).toBeGreaterThan(LIMIT - 120);
      const absent = `ls: cannot access 'f${Number(opened) + 1}': No such file or directory`;
      expect([err, ...rest]).toEqual(['', absent, '0', '2', '0', '']);
      expect(await mount.stop()).toBe(0);
    }));

  it('is raised by the server from the soft to the hard limit', () =>
    withScratch(async (scratch) => {
      const volfile = await makeVolfile(scratch, 'posix', await scratch.makeFolder('brick'));
      const mount = await startMount(scratch, volfile, {
        wrapper: ['prlimit', '--nofile=128:1024'],
      });
      const script = 'for n in {1..500}; do exec {fd}<> f$n || break; done; echo $n';
      expect(await new Client(mount.path, script).outcome).toMatchObject({ out: '500\n', err: '' });
      expect(await mount.stop()).toBe(0);
    }));
});

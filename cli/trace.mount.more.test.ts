/** glossa trace prints the requests of a command, live and from a recording. */
import type { ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import {
  describeMounts,
  type Outcome,
  runGlossa,
  type Scratch,
  startMount,
  withScratch,
} from '../test/support/mount.ts';

const volfile = `
volume mem
    type storage/memory
end-volume
volume cache
    type features/negative
    subvolumes mem
end-volume
`;

async function trace(
  scratch: Scratch,
  flags: readonly string[],
  script: string,
  onStart?: (child: ChildProcess) => void,
): Promise<Outcome> {
  const env = { TMPDIR: await scratch.makeFolder('tmp') };
  await scratch.writeFile('test.vol', volfile);
  const args = ['trace', 'test.vol', ...flags, '--', 'sh', '-c', script];
  return runGlossa(scratch, args, onStart === undefined ? { env } : { env, onStart });
}

const read = (scratch: Scratch, ...args: string[]): Promise<Outcome> =>
  runGlossa(scratch, ['trace', '--read', 'a.rec', ...args]);

describeMounts('glossa trace', () => {
  it('a trace of a command refuses a mount, and says how its requests are shown', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, volfile);
      expect(await runGlossa(scratch, ['trace', 'mnt', '--', 'true'])).toMatchObject({
        status: 2,
        err: expect.stringContaining(
          "mnt is a mount, and no volfile: 'glossa trace mnt' shows its requests while a command runs elsewhere",
        ),
      });
      expect(await mount.stop()).toBe(0);
    }));

  it('prints a tree for each request, and ends with the command’s status', () =>
    withScratch(async (scratch) => {
      const script = 'test -e gone; test -e gone; echo secret >f; exit 3';
      const { status, out, err } = await trace(scratch, [], script);
      expect({ status, out }).toEqual({ status: 3, out: '' });
      const asked = /#\d+ {2}pid \d+ uid \d+\n {2}cache: lookup\(\/gone\) = -1 ENOENT <[\d.]+ .?s>/;
      expect(err).toMatch(asked);
      expect(err).toMatch(
        /\n {4}mem: lookup\(\/gone\) = -1 ENOENT <[\d.]+ .?s> {2}answered here\n/,
      );
      expect(err).toMatch(
        /\n {2}cache: lookup\(\/gone\) = -1 ENOENT <[\d.]+ .?s> {2}answered here\n/,
      );
      // The cache does not define it: it arrives at the storage.
      expect(err).toMatch(/\n {2}mem: writev\(\/f, 7 bytes "secret\\n", 0, \d+\) = 7 </);
      expect(await readdir(scratch.at('tmp'))).toEqual([]);
    }));

  it('writes the selected requests to a file with --output, and hides names with --redact', () =>
    withScratch(async (scratch) => {
      const flags = ['-o', 'a.rec', '--redact', '--errno', 'ENOENT', '--fop', 'lookup,create'];
      const script = 'test -e gone; test -e gone; echo secret >gone';
      expect(await trace(scratch, flags, script)).toMatchObject({ status: 0, err: '' });
      const bytes = await readFile(scratch.at('a.rec'));
      expect(bytes.includes('gone')).toBe(false);
      const { out, err, status } = await read(scratch);
      expect({ err, status }).toEqual({ err: '', status: 0 });
      const hops = out.match(/^ +\w+: .*\)/gm)!.map((line) => line.trim());
      expect(new Set(hops)).toEqual(new Set(['cache: lookup(/~1)', 'mem: lookup(/~1)']));
      const table = await read(scratch, '-c');
      expect(table.out).toMatch(/^% time +seconds +usecs\/call +calls +errors +volume +fop\n/);
      const [, calls, errors] = /(\d+) +(\d+) cache +lookup$/m.exec(table.out)!;
      expect(calls).toBe(errors);
      expect(Number(calls)).toBeGreaterThan(1);
    }));

  it('prints the requests recorded so far when it is interrupted', () =>
    withScratch(async (scratch) => {
      const interrupt = (child: ChildProcess): void => {
        child.stdout!.once('data', () => child.kill('SIGINT'));
      };
      const script = 'test -e gone; echo there; exec sleep 600';
      const { status, err } = await trace(scratch, ['--volume', 'mem'], script, interrupt);
      expect(status).toBe(130);
      expect(err).toMatch(/mem: lookup\(\/gone\) = -1 ENOENT/);
      expect(err).not.toMatch('cache: lookup');
      // Hops below may be missing.
      expect(err).not.toMatch('answered here');
    }));

  it('leaves a readable recording when the server is killed', () =>
    withScratch(async (scratch) => {
      const others =
        'for p in $(cat /proc/$PPID/task/*/children); do test $p = $$ || kill -9 $p; done';
      const script = `pwd; i=0; while test $i -lt 50; do test -e "f$i"; i=$((i+1)); done; ${others}`;
      const { out } = await trace(scratch, ['-o', 'a.rec'], script);
      await runGlossa(scratch, ['umount', out.trim()]);
      const { out: shown, err, status } = await read(scratch);
      expect({ err, status }).toEqual({
        err: 'the recording was not ended: it was cut off, or goes on\n',
        status: 0,
      });
      for (let i = 0; i < 50; i++) {
        expect(shown).toMatch(`  cache: lookup(/f${i}) = -1 ENOENT`);
        expect(shown).toMatch(`    mem: lookup(/f${i}) = -1 ENOENT`);
      }
    }));

  it('does not run the command when the recording cannot be made', () =>
    withScratch(async (scratch) => {
      const wrong = async (...flags: string[]) => {
        const { status, out, err } = await trace(scratch, flags, 'echo ran');
        expect(out).toBe('');
        return `${status} ${err}`;
      };
      expect(await wrong('--volume', 'cahe')).toBe(
        "1 glossa: there is no volume 'cahe' (did you mean 'cache'?)\n",
      );
      expect(await wrong('-o', 'no/a.rec')).toMatch(
        /^1 glossa: cannot write the recording \S+no\/a.rec: No such file or directory\n/,
      );
      expect(await wrong('--fop', 'lokup')).toMatch(/^2 .*no fop 'lokup' \(did you mean 'lookup'/);
      expect(await read(scratch)).toMatchObject({
        status: 1,
        err: 'glossa: cannot read the recording a.rec: No such file or directory\n',
      });
    }));
});

/** glossa record and glossa replay as in docs/write/replay.md, and their refusals. */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { runCommand } from '../../test/support/cli.ts';
import {
  describeMounts,
  type Outcome,
  runGlossa,
  type Scratch,
  startMount,
  withScratch,
} from '../../test/support/mount.ts';

const page = await readFile(join(packageRoot, 'docs/write/replay.md'), 'utf8');
const volfile = /```\n(volume storage\n[\s\S]*?)```/.exec(page)![1]!;
const negative = await readFile(join(packageRoot, 'examples/negative/negative.py'), 'utf8');
/** A faulty cache: a created name stays absent. */
const broken = negative
  .replace(/ {4}def entry_created[\s\S]*?(?= {4}def unlink\()/, '')
  .replace(' and not loc.known', '');
const absent = 'cat a; echo text >a; cat a';

/** The placeholder for a file of the scratch folder. */
const NAMES = /\.(rec|vol|py)$|^tmp$/;
const same = /^\d+ requests, all as then\n$/;

const replay = (scratch: Scratch, ...args: string[]): Promise<Outcome> =>
  runGlossa(scratch, ['replay', ...args]);

async function record(scratch: Scratch, script: string, ...flags: string[]): Promise<Outcome> {
  const args = ['record', 'stack.vol', '-o', 'bug.rec', ...flags, '--', 'sh', '-c', script];
  return runGlossa(scratch, args, { env: { TMPDIR: await scratch.makeFolder('tmp') } });
}

describeMounts('glossa replay', () => {
  it('prints the replies that differ after a broken module was corrected, and after it is broken again', () =>
    withScratch(async (scratch) => {
      expect(broken.length).toBeLessThan(negative.length - 100);
      await scratch.writeFile('stack.vol', volfile);
      await scratch.writeFile('negative.py', broken);
      expect(await record(scratch, absent, '--entry-timeout', '0')).toMatchObject({ out: '' });
      for (const into of ['negative.py', 'stack.vol']) {
        const { status, out, err } = await replay(scratch, 'bug.rec', into);
        expect({ status, err }).toEqual({ status: 0, err: '' });
        expect(out).toMatch(same);
      }
      await rename(scratch.at('negative.py'), scratch.at('broken.py'));
      await scratch.writeFile('negative.py', negative);
      for (const into of ['negative.py', 'stack.vol']) {
        const { status, out, err } = await replay(scratch, 'bug.rec', into, '-o', 'absent.rec');
        expect(status).toBe(1);
        expect(out).toMatch(
          /^#\d+ \d\d:\d\d:\d\d\.\d{6} lookup\(\/a\)\n {2}op_ret: -1 ENOENT then, 0 now\n {2}asked below: nothing then, storage: lookup\(\/a\) now\n/,
        );
        expect(out).toMatch(/\n\d+ requests, [1-9]\d* otherwise\n$/);
        expect(err).toBe('');
      }
      const json = JSON.parse((await replay(scratch, 'bug.rec', 'negative.py', '--json')).out);
      expect(json).toMatchObject({
        ok: false,
        otherStorage: false,
        differences: expect.arrayContaining([
          expect.objectContaining({ fop: 'lookup', path: '/a', what: 'op_ret', is: '0' }),
        ]),
      });
      const test = (module: string): Promise<Outcome> =>
        runGlossa(scratch, ['test', '--replay', 'absent.rec', module]);
      expect(await test('negative.py')).toMatchObject({ status: 0 });
      const failed = await test('broken.py');
      expect(failed.status).toBe(1);
      expect(failed.out).toMatch(
        /✗ replay of absent\.rec.*\n +#\d+ .* lookup\(\/a\)\n +op_ret: 0 then/,
      );
    }));

  it('does not change the recorded storage, and fails with --real-storage if the storage has changed', () =>
    withScratch(async (scratch) => {
      const over = (folder: string): string => `volume files
    type storage/posix
    option directory ${scratch.at(folder)}
end-volume
volume top
    type features/negative
    subvolumes files
end-volume
`;
      await mkdir(scratch.at('files/d'), { recursive: true });
      await writeFile(scratch.at('files/d/old'), 'old');
      execFileSync('cp', ['-a', scratch.at('files'), scratch.at('copy')]);
      await scratch.writeFile('copy.vol', over('copy'));
      const mount = await startMount(scratch, over('files'));
      // The client knows it before the recording begins.
      expect(await readFile(join(mount.path, 'd/old'), 'utf8')).toBe('old');
      let child!: ChildProcess;
      let observing!: Promise<unknown>;
      const recorded = runGlossa(scratch, ['record', 'mnt', '-o', 'live.rec'], {
        onStart(started) {
          child = started;
          observing = once(started.stderr!, 'data');
        },
      });
      await Promise.race([observing, recorded]);
      await readFile(join(mount.path, 'd/old'));
      await mkdir(join(mount.path, 'e'));
      await writeFile(join(mount.path, 'e/new'), 'new');
      await rename(join(mount.path, 'd/old'), join(mount.path, 'e/old'));
      expect((await readdir(join(mount.path, 'e'))).sort()).toEqual(['new', 'old']);
      child.kill('SIGINT');
      expect(await recorded).toMatchObject({ status: 0 });
      await mount.stop();
      const listing = (folder: string): string =>
        execFileSync('find', ['.', '-type', 'f'], { cwd: scratch.at(folder), encoding: 'utf8' });
      const before = listing('copy');
      const played = await replay(scratch, 'live.rec', 'copy.vol');
      expect(played).toMatchObject({ status: 0, out: expect.stringMatching(same) });
      expect(listing('copy')).toBe(before);
      const real = ['live.rec', 'copy.vol', '--real-storage'];
      const first = await replay(scratch, ...real);
      expect(first).toMatchObject({ status: 0, out: expect.stringMatching(same) });
      expect(listing('copy').split('\n').sort()).toEqual(listing('files').split('\n').sort());
      const again = await replay(scratch, ...real);
      expect(again.status).toBe(1);
      expect(again.err).toMatch(/storage is not as it was when the recording began.*give a copy/);
    }));

  it('refuses unusable recordings and volfiles with an error that gives the reason', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('stack.vol', volfile.replaceAll('negative', 'hello'));
      await scratch.writeFile(
        'hello.py',
        'from glupy import Translator\nclass xlator(Translator): pass\n',
      );
      await record(scratch, 'echo much text >f');
      const whole = await readFile(scratch.at('bug.rec'));
      await writeFile(scratch.at('cut.rec'), whole.subarray(0, -40));
      const later = Buffer.from(whole);
      later[8] = 9;
      await writeFile(scratch.at('later.rec'), later);
      await scratch.writeFile(
        'other.vol',
        volfile
          .replaceAll('storage', 'elsewhere')
          .replace('elsewhere/', 'storage/')
          .replaceAll('negative', 'hello'),
      );
      await scratch.writeFile('leaf.vol', 'volume storage\n    type storage/memory\nend-volume\n');
      const trace = ['trace', 'stack.vol', '-o', 'trace.rec', '--', 'true'];
      expect(await runGlossa(scratch, trace)).toMatchObject({ status: 0 });
      const small = ['record', 'stack.vol', '-o', 'small.rec', '--data-max', '4'];
      const script = ['--', 'sh', '-c', 'echo much text >f'];
      expect(await runGlossa(scratch, [...small, ...script])).toMatchObject({ status: 0 });
      const refused: readonly [args: string, status: number, message: RegExp][] = [
        ['replay no.rec stack.vol', 1, /cannot read the recording .*no\.rec: No such file/],
        ['replay stack.vol stack.vol', 1, /stack\.vol: it is not a recording of glossa/],
        ['replay cut.rec stack.vol', 1, /cut\.rec: it is damaged: block 1/],
        ['replay later.rec stack.vol', 1, /it has the form 9 of a later version/],
        ['replay trace.rec stack.vol', 1, /filtered or shortened.*'glossa record'/],
        ['replay small.rec stack.vol', 1, /'vector' of writev\(\/f.*was cut.*--data-max/],
        ['replay bug.rec other.vol', 1, /cannot play the storage 'elsewhere'.*--real-storage/],
        ['replay bug.rec leaf.vol', 1, /has storages alone/],
        [
          'replay bug.rec stack.vol --volume no',
          1,
          /no volume 'no': its volumes are storage, hello/,
        ],
        ['replay bug.rec no.py', 1, /no\.py is not there/],
        ['replay bug.rec hello.py --real-storage', 2, /--real-storage is for a VOLFILE/],
        ['replay bug.rec hello.py -o no/a.rec', 1, /cannot write the recording .*no\/a\.rec/],
        ['replay bug.rec', 2, /VOLFILE\|MODULE is missing/],
        ['record stack.vol -- true', 2, /--output FILE is missing/],
        ['record stack.vol -o a.rec', 2, /COMMAND is missing/],
        ['record tmp -o a.rec', 1, /tmp/],
        ['test --replay cut.rec hello.py', 1, /^$/],
        ['test --replay bug.rec', 2, /MODULE is missing/],
      ];
      for (const [args, status, message] of refused) {
        const words = args.split(' ').map((word) => (NAMES.test(word) ? scratch.at(word) : word));
        const outcome = await runCommand(words);
        expect({ args, status: outcome.status }).toEqual({ args, status });
        expect(outcome.err).toMatch(message);
      }
    }));
});

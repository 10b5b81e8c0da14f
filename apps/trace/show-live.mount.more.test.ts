/** `glossa trace MNT` at a running mount; refusals, and ends of reader, mount and server. */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { access, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { OTHER } from '../../test/support/client.ts';
import {
  describeMounts,
  GLOSSA,
  type Outcome,
  run,
  runGlossa,
  type Scratch,
  startMount,
  withScratch,
} from '../../test/support/mount.ts';
import { isRoot } from '../../test/support/posix.ts';
import { endUnmounter } from '../../test/support/unmounter.ts';
import { prepareProgram } from '../../test/support/user.ts';

const stack = `
volume mem
    type storage/memory
end-volume
volume cache
    type features/negative
    subvolumes mem
end-volume
`;

interface Looking {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

/** Starts `glossa trace`, and returns when it is attached. */
async function look(scratch: Scratch, ...args: readonly string[]): Promise<Looking> {
  let child!: ChildProcess;
  let observing!: Promise<unknown>;
  const outcome = runGlossa(scratch, ['trace', 'mnt', ...args], {
    onStart(started) {
      child = started;
      observing = once(started.stderr!, 'data');
    },
  });
  await Promise.race([observing, outcome]);
  return { child, outcome };
}

async function end({ child, outcome }: Looking, signal: NodeJS.Signals): Promise<Outcome> {
  child.kill(signal);
  return outcome;
}

const ask = (scratch: Scratch, name: string): Promise<void> =>
  access(scratch.at('mnt', name)).catch(() => {});
const OBSERVING = /^glossa: observing \S+\/mnt; Ctrl-C ends it\n$/;

describeMounts('glossa trace of a mount', () => {
  it('shows each request to several readers when it ends, and leaves the mount unchanged', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, stack);
      const all = await look(scratch);
      const table = await look(scratch, '-c', '--volume', 'mem', '--fop', 'lookup');
      const kept = await look(scratch, '-o', 'a.rec', '--errno', 'ENOENT');
      const killed = await look(scratch);
      await ask(scratch, 'gone-1');
      await end(killed, 'SIGKILL');
      const shown = once(all.child.stdout!, 'data');
      await ask(scratch, 'gone-2');
      await shown;
      const [seen, counted, recorded] = await Promise.all([
        end(all, 'SIGINT'),
        end(table, 'SIGTERM'),
        end(kept, 'SIGHUP'),
      ]);
      expect(seen).toMatchObject({ status: 0, err: expect.stringMatching(OBSERVING) });
      for (const name of ['gone-1', 'gone-2']) {
        expect(seen.out).toMatch(
          RegExp(
            `#\\d+ {2}pid \\d+ uid \\d+\n {2}cache: lookup\\(/${name}\\) = -1 ENOENT <[^>]+>\n` +
              ` {4}mem: lookup\\(/${name}\\) = -1 ENOENT <[^>]+> {2}answered here\n`,
          ),
        );
      }
      expect(counted).toMatchObject({ status: 0, err: expect.stringMatching(OBSERVING) });
      expect(counted.out).toMatch(/ 2 +2 mem +lookup\n/);
      expect(counted.out).not.toMatch('cache');
      expect(recorded).toMatchObject({ status: 0, out: '' });
      expect((await stat(scratch.at('a.rec'))).mode & 0o777).toBe(0o600);
      const { out, err } = await runGlossa(scratch, ['trace', '--read', 'a.rec']);
      expect(err).toBe('');
      expect(out.match(/mem: \S+ = /g)).toEqual([
        'mem: lookup(/gone-1) = ',
        'mem: lookup(/gone-2) = ',
      ]);
      await writeFile(scratch.at('mnt', 'still'), 'served');
      expect(await mount.stop()).toBe(0);
      expect(mount.log()).not.toMatch(/\] [EWC] \[/);
    }));

  it('exits when its output is closed', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, stack);
      // Its standard output is closed after a line.
      const script = '{ "$@"; echo $? >status; } | head -n 1';
      const program = [process.execPath, GLOSSA, 'trace', 'mnt'];
      let over = false;
      const outcome = run(scratch, 'sh', ['-c', script, 'sh', ...program]).finally(() => {
        over = true;
      });
      for (let i = 0; !over; i++) await ask(scratch, `gone-${i}`);
      expect((await outcome).out).toMatch(/^[\d:.]+ #\d+ {2}pid \d+ uid \d+\n$/);
      expect(await readFile(scratch.at('status'), 'utf8')).toBe('0\n');
      expect(await mount.stop()).toBe(0);
    }));

  it('reports that the mount was unmounted, or that its server died', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, stack);
      const [shown, kept] = [await look(scratch), await look(scratch, '-o', 'a.rec')];
      await ask(scratch, 'gone');
      expect(await mount.stop()).toBe(0);
      const { status, out, err } = await shown.outcome;
      expect(out).toMatch('mem: lookup(/gone) = -1 ENOENT');
      expect([status, err]).toEqual([1, expect.stringMatching(/\nglossa: mnt was unmounted\n$/)]);
      expect(await kept.outcome).toMatchObject({ status: 1 });
      const recorded = await runGlossa(scratch, ['trace', '--read', 'a.rec']);
      expect(recorded).toMatchObject({ err: '', out: expect.stringContaining('lookup(/gone)') });

      const again = await startMount(scratch, stack);
      const left = await look(scratch);
      await endUnmounter(again.path);
      again.child.kill('SIGKILL');
      expect(await left.outcome).toMatchObject({
        status: 1,
        err: expect.stringMatching(
          "\nglossa: the server of mnt has ended; 'glossa umount mnt' unmounts it\n$",
        ),
      });
      expect(await runGlossa(scratch, ['trace', 'mnt'])).toMatchObject({
        status: 1,
        err: "glossa: the server of mnt has ended; 'glossa umount mnt' unmounts it\n",
      });
      await runGlossa(scratch, ['umount', 'mnt']);
    }));

  it('refuses wrong filters, files and mount points', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, stack);
      await scratch.writeFile('a.vol', stack);
      const wrong: readonly (readonly [string, RegExp])[] = [
        ['mnt --volume cahe', /^1 glossa: there is no volume 'cahe' \(did you mean 'cache'\?\)\n$/],
        ['mnt --fop lokup', /^2 .*no fop 'lokup' \(did you mean 'lookup'/],
        ['mnt --slow soon', /^2 .*takes a time such as 100ms/],
        ['mnt --one-in 0', /^2 .*one request in 0 is impossible/],
        ['mnt --read-only', /^2 .*--read-only is for a mount of its own, with '-- COMMAND'\n/],
        ['mnt -o mnt/a.rec', /^1 glossa: the recording \S+ is inside the mount point \S+: put it/],
        ['mnt -o no/a.rec', /^1 glossa: cannot write the recording \S+: No such file or directory/],
        ['a.vol', /^2 .*COMMAND is missing: it stands behind '--'\n/],
        ['.', /^1 glossa: \. is not a mount of glossa: nothing is mounted there\n$/],
      ];
      for (const [args, expected] of wrong) {
        const { status, out, err } = await runGlossa(scratch, ['trace', ...args.split(' ')]);
        expect(`${status} ${err}`, args).toMatch(expected);
        expect(out, args).toBe('');
      }
      expect(await readdir(scratch.at('mnt'))).toEqual([]);
      expect(await mount.stop()).toBe(0);
    }));

  it.runIf(isRoot)('is refused to other users of a mount with allow_other', () =>
    withScratch(async (scratch) => {
      const other = await prepareProgram(scratch, OTHER);
      const mount = await startMount(scratch, stack);
      expect(await runGlossa(scratch, ['trace', 'mnt'], other)).toMatchObject({
        status: 1,
        out: '',
        err: 'glossa: only root and the user who mounted mnt may ask its server\n',
      });
      expect(await mount.stop()).toBe(0);
    }),
  );

  it.runIf(isRoot)(
    'ends with one message when the disk of its recording is full, and the mount continues',
    () =>
      withScratch(async (scratch) => {
        const disk = await scratch.makeFolder('disk');
        // Just enough for the start of the recording, which is reserved.
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1216k', 'tmpfs', disk]);
        await scratch.writeFile('a.vol', stack);
        const script = 'dd if=/dev/urandom of=f bs=4k count=400 2>/dev/null; wc -c <f';
        const flags = ['-o', 'disk/a.rec', '--data-max', '4096'];
        const { status, out, err } = await runGlossa(scratch, [
          ...['trace', 'a.vol', ...flags],
          ...['--', 'sh', '-c', script],
        ]);
        expect([status, out]).toEqual([0, '1638400\n']);
        expect(err.match(/No space left on device/g)).toHaveLength(1);
        const read = await runGlossa(scratch, ['trace', '--read', 'disk/a.rec', '-c']);
        expect(read.out).toMatch(/mem +writev/);
        execFileSync('rm', [scratch.at('disk/a.rec')]);

        const mount = await startMount(scratch, stack);
        const live = await look(scratch, ...flags);
        execFileSync('sh', ['-c', script], { cwd: mount.path });
        const said = await live.outcome;
        expect([said.status, said.out]).toEqual([1, '']);
        expect(said.err.match(/No space left on device/g)).toHaveLength(1);
        expect(await readFile(scratch.at('mnt/f'))).toHaveLength(1_638_400);
        expect(await mount.stop()).toBe(0);
      }),
  );
});

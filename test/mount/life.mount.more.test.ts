/** How mounts begin and end, with clients at work and files open, and what is there afterwards. */
import { readdirSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import type { Client } from '../support/client.ts';
import { everyFrontEnd, onFrontEnds } from '../support/front-ends.ts';
import { sh, startStack } from '../support/life.ts';
import { glossa, type Outcome, run, type Scratch, type ServedMount } from '../support/mount.ts';
import { wanted } from '../support/wanted.ts';

const isRoot = process.getuid?.() === 0;

/** Unmounts without asking glossa. */
const umount = (scratch: Scratch, { path }: ServedMount): Promise<Outcome> =>
  isRoot ? run(scratch, 'umount', [path]) : run(scratch, 'fusermount3', ['-u', path]);

/** Writes files until that fails; prints the number of each that was written. */
const WRITER =
  'exec 9> open; while i=$((i + 1)); echo $i > f$i && echo $i >&9; do echo $i; done 2>/dev/null';

/** Writers at work, some files each. */
async function startWriters(scratch: Scratch, { path }: ServedMount): Promise<Client[]> {
  const writers = ['a', 'b'].map((name) => scratch.client(`${path}/${name}`, WRITER));
  for (const writer of writers) await writer.said(/^50$/m);
  return writers;
}

/** Everything that a writer was told is written is there. */
async function expectWritten(
  scratch: Scratch,
  writers: readonly Client[],
  folder: string,
): Promise<void> {
  for (const [i, writer] of writers.entries()) {
    const { out } = await writer.outcome;
    const told = out.trimEnd().split('\n');
    expect(told.length).toBeGreaterThanOrEqual(50);
    const found = await sh(
      scratch,
      `${folder}/${'ab'[i]}`,
      `seq -f 'f%.0f' ${told.length} | xargs cat
      head -${told.length} open | cmp - <(seq ${told.length})`,
    );
    expect(found).toBe(out);
  }
}

onFrontEnds('a mount with clients at work', everyFrontEnd, (front) => {
  // What Python does with what it is asked is the same everywhere.
  const kind = front.name === 'kernel' ? 'python' : 'posix';
  const endings: readonly (readonly [string, (mount: ServedMount, scratch: Scratch) => unknown])[] =
    [
      ['SIGTERM', ({ child }) => child.kill('SIGTERM')],
      ...(wanted.others
        ? [['SIGINT', ({ child }: ServedMount) => child.kill('SIGINT')] as const]
        : []),
      [
        'glossa umount --lazy',
        // The writers are at work as long as the server is, so it is not waited for.
        ({ path }, scratch) => glossa(scratch, ['umount', '--lazy', '--no-wait', path]),
      ],
    ];
  it.each(endings)('ends by %s, and what was written is there', (how, end) =>
    front.withScratch(async (scratch) => {
      const mount = await startStack(scratch, kind);
      const writers = await startWriters(scratch, mount);
      await end(mount, scratch);
      // One that is detached is served for as long as somebody uses it.
      if (how.endsWith('--lazy')) for (const writer of writers) writer.kill();
      expect(await mount.outcome).toMatchObject({ status: 0, err: '' });
      expect(scratch.mounts()).toEqual([]);
      await expectWritten(scratch, writers, scratch.at('brick'));
    }),
  );

  it('killed: clients get an error, glossa umount clears it, and a new mount has the data', () =>
    front.withScratch(async (scratch) => {
      const mount = await startStack(scratch, kind);
      const writers = await startWriters(scratch, mount);
      const reader = scratch.client(
        mount.path,
        'exec 3< a/f1; echo open; read; cat <&3; cat a/f2; ls',
      );
      await reader.said(/open/);
      mount.child.kill('SIGKILL');
      expect((await mount.outcome).signal).toBe('SIGKILL');
      for (const writer of writers) await writer.outcome;
      reader.release();
      expect((await reader.outcome).err).toMatch(/Transport endpoint is not connected|aborted/);
      expect(scratch.mounts()).toEqual([mount.path]);
      expect(await glossa(scratch, ['umount', mount.path])).toMatchObject({ status: 0, err: '' });
      expect(scratch.mounts()).toEqual([]);
      const again = await startStack(scratch, kind);
      await expectWritten(scratch, writers, again.path);
      expect(await again.stop()).toBe(0);
    }));

  it('is busy for umount, and goes on', () =>
    front.withScratch(async (scratch) => {
      const mount = await startStack(scratch);
      const busy = scratch.client(
        mount.path,
        'exec 3> f; echo there; while read line; do echo $line >&3; done',
      );
      await busy.said(/there/);
      expect((await umount(scratch, mount)).status).not.toBe(0);
      expect(await glossa(scratch, ['umount', mount.path])).toMatchObject({ status: 1 });
      busy.child.stdin!.write('still\n');
      busy.release();
      expect(await busy.outcome).toMatchObject({ status: 0, err: '' });
      expect(await sh(scratch, mount.path, 'cat f')).toBe('still\n');
      expect(await umount(scratch, mount)).toMatchObject({ status: 0, err: '' });
      expect(await mount.outcome).toMatchObject({ status: 0, err: '' });
    }));

  it('lets go of the descriptors of what is gone', () =>
    front.withScratch(async (scratch) => {
      const mount = await startStack(scratch);
      const held = (): number => readdirSync(`/proc/${mount.child.pid}/fd`).length;
      await sh(scratch, mount.path, 'echo > f; cat f; rm f');
      const before = held();
      await sh(
        scratch,
        mount.path,
        'mkdir d; for i in $(seq 500); do echo > d/$i; done; cat d/*; ls -l d',
      );
      expect(held()).toBeGreaterThan(before + 400);
      await sh(scratch, mount.path, 'rm -r d');
      // The kernel tells of what it forgets when it finds the time.
      await vi.waitFor(() => expect(held()).toBeLessThan(before + 10), 50_000);
      expect(await mount.stop()).toBe(0);
    }));
});

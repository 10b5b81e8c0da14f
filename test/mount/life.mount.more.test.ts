/** Starts and ends of mounts with active clients and open files, and the data afterwards. */
import { readdirSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import type { Client } from '../support/client.ts';
import { describeFrontEnds, everyFrontEnd } from '../support/front-ends.ts';
import { runScript, startStack } from '../support/life.ts';
import { type Outcome, run, runGlossa, type Scratch, type ServedMount } from '../support/mount.ts';
import { selected } from '../support/test-selection.ts';

const isRoot = process.getuid?.() === 0;

/** Unmounts without glossa. */
const umount = (scratch: Scratch, { path }: ServedMount): Promise<Outcome> =>
  isRoot ? run(scratch, 'umount', [path]) : run(scratch, 'fusermount3', ['-u', path]);

/** Writes files until that fails; prints the number of each written one. */
const WRITER =
  'exec 9> open; while i=$((i + 1)); echo $i > f$i && echo $i >&9; do echo $i; done 2>/dev/null';

/** Starts writers, and waits for some files of each. */
async function startWriters(scratch: Scratch, { path }: ServedMount): Promise<Client[]> {
  const writers = ['a', 'b'].map((name) => scratch.startClient(`${path}/${name}`, WRITER));
  for (const writer of writers) await writer.waitForOutput(/^50$/m);
  return writers;
}

/** Checks that all data confirmed to a writer exists. */
async function expectWritten(
  scratch: Scratch,
  writers: readonly Client[],
  folder: string,
): Promise<void> {
  for (const [i, writer] of writers.entries()) {
    const { out } = await writer.outcome;
    const lines = out.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(50);
    const actual = await runScript(
      scratch,
      `${folder}/${'ab'[i]}`,
      `seq -f 'f%.0f' ${lines.length} | xargs cat
      head -${lines.length} open | cmp - <(seq ${lines.length})`,
    );
    expect(actual).toBe(out);
  }
}

describeFrontEnds('a mount with active clients', everyFrontEnd, (front) => {
  // Python behaves the same with every front end.
  const kind = front.name === 'kernel' ? 'python' : 'posix';
  const endings: readonly (readonly [string, (mount: ServedMount, scratch: Scratch) => unknown])[] =
    [
      ['SIGTERM', ({ child }) => child.kill('SIGTERM')],
      ...(selected.others
        ? [['SIGINT', ({ child }: ServedMount) => child.kill('SIGINT')] as const]
        : []),
      [
        'glossa umount --lazy',
        // The writers run as long as the server, so the command does not wait.
        ({ path }, scratch) => runGlossa(scratch, ['umount', '--lazy', '--no-wait', path]),
      ],
    ];
  it.each(endings)('ends after %s, and all written data is on the disk', (ending, end) =>
    front.withScratch(async (scratch) => {
      const mount = await startStack(scratch, kind);
      const writers = await startWriters(scratch, mount);
      await end(mount, scratch);
      // A detached mount is served as long as clients use it.
      if (ending.endsWith('--lazy')) for (const writer of writers) writer.kill();
      expect(await mount.outcome).toMatchObject({ status: 0, err: '' });
      expect(scratch.findMounts()).toEqual([]);
      await expectWritten(scratch, writers, scratch.at('brick'));
    }),
  );

  it('gives its clients an error when its server is killed, and is gone then, without loss of data', () =>
    front.withScratch(async (scratch) => {
      const mount = await startStack(scratch, kind);
      const writers = await startWriters(scratch, mount);
      const reader = scratch.startClient(
        mount.path,
        'exec 3< a/f1; echo open; read; cat <&3; cat a/f2; ls',
      );
      await reader.waitForOutput(/open/);
      mount.child.kill('SIGKILL');
      expect((await mount.outcome).signal).toBe('SIGKILL');
      for (const writer of writers) await writer.outcome;
      reader.release();
      expect((await reader.outcome).err).toMatch(/Transport endpoint is not connected|aborted/);
      await vi.waitFor(() => expect(scratch.findMounts()).toEqual([]), { timeout: 60_000 });
      const again = await startStack(scratch, kind);
      await expectWritten(scratch, writers, again.path);
      expect(await again.stop()).toBe(0);
    }));

  it('refuses umount while it is busy, and keeps serving', () =>
    front.withScratch(async (scratch) => {
      const mount = await startStack(scratch);
      const busy = scratch.startClient(
        mount.path,
        'exec 3> f; echo there; while read line; do echo $line >&3; done',
      );
      await busy.waitForOutput(/there/);
      expect((await umount(scratch, mount)).status).not.toBe(0);
      expect(await runGlossa(scratch, ['umount', mount.path])).toMatchObject({ status: 1 });
      busy.child.stdin!.write('still\n');
      busy.release();
      expect(await busy.outcome).toMatchObject({ status: 0, err: '' });
      expect(await runScript(scratch, mount.path, 'cat f')).toBe('still\n');
      expect(await umount(scratch, mount)).toMatchObject({ status: 0, err: '' });
      expect(await mount.outcome).toMatchObject({ status: 0, err: '' });
    }));

  it('closes the descriptors of removed files', () =>
    front.withScratch(async (scratch) => {
      const mount = await startStack(scratch);
      const countFds = (): number => readdirSync(`/proc/${mount.child.pid}/fd`).length;
      await runScript(scratch, mount.path, 'echo > f; cat f; rm f');
      const before = countFds();
      await runScript(
        scratch,
        mount.path,
        'mkdir d; for i in $(seq 500); do echo > d/$i; done; cat d/*; ls -l d',
      );
      expect(countFds()).toBeGreaterThan(before + 400);
      await runScript(scratch, mount.path, 'rm -r d');
      // The kernel sends FORGET at its own pace.
      await vi.waitFor(() => expect(countFds()).toBeLessThan(before + 10), 50_000);
      expect(await mount.stop()).toBe(0);
    }));
});

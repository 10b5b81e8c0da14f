import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat, symlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { OTHER } from '../test/support/client.ts';
import {
  describeMounts,
  runGlossa,
  type Scratch,
  startMount,
  withScratch,
} from '../test/support/mount.ts';
import { isRoot } from '../test/support/posix.ts';
import { endUnmounter } from '../test/support/unmounter.ts';
import { prepareProgram } from '../test/support/user.ts';

const memory = 'volume mem\n    type storage/memory\nend-volume\n';

/** The log of a server that has ended. */
const ENDED = expect.stringMatching(/\bstopped\n$/);

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(5);
}

/** A mount whose server was killed. */
async function deadMount(
  scratch: Scratch,
  before: (path: string) => Promise<void> = async () => {},
): Promise<string> {
  // Attributes that the kernel remembers must not make it look alive.
  const mount = await startMount(scratch, memory, { args: ['--attribute-timeout', '600'] });
  await stat(mount.path);
  await before(mount.path);
  await endUnmounter(mount.path);
  mount.child.kill('SIGKILL');
  expect((await mount.outcome).signal).toBe('SIGKILL');
  await expect(readdir(mount.path)).rejects.toMatchObject({ code: 'ENOTCONN' });
  return mount.path;
}

/** Starts a process that stays in a folder. */
async function occupy(scratch: Scratch, folder: string): Promise<void> {
  const child = spawn('sleep', ['600'], { cwd: folder, stdio: 'ignore' });
  scratch.children.add(child);
  await once(child, 'spawn');
}

describeMounts('the mount of a killed server', () => {
  it('is unmounted by glossa umount', () =>
    withScratch(async (scratch) => {
      const path = await deadMount(scratch);
      expect(await runGlossa(scratch, ['umount', 'mnt'])).toMatchObject({ status: 0, err: '' });
      expect(scratch.findMounts()).toEqual([]);
      expect(await readdir(path)).toEqual([]);
    }));

  it('is unmounted even while a process is in it', () =>
    withScratch(async (scratch) => {
      await deadMount(scratch, (path) => occupy(scratch, path));
      expect(await runGlossa(scratch, ['umount', 'mnt'])).toMatchObject({ status: 0, err: '' });
      expect(scratch.findMounts()).toEqual([]);
    }));

  it('is reported with its remedy when a new mount on it fails', () =>
    withScratch(async (scratch) => {
      const path = await deadMount(scratch);
      const { status, err } = await runGlossa(scratch, [
        'mount',
        'mnt.vol',
        'mnt',
        '-l',
        'again.log',
      ]);
      expect(status).toBe(1);
      expect(err).toBe(
        `glossa: cannot mount on ${path}: a mount whose server ended is left there; ` +
          `remove it with 'glossa umount ${path}'\n`,
      );
    }));

  it('makes glossa stats fail with an error that names the command to unmount it', () =>
    withScratch(async (scratch) => {
      await deadMount(scratch);
      expect(await runGlossa(scratch, ['stats', 'mnt'])).toMatchObject({
        status: 1,
        err: "glossa: the server of mnt has ended; 'glossa umount mnt' unmounts it\n",
      });
    }));
});

describeMounts('glossa umount', () => {
  it('does not unmount a mount that is in use, but detaches it with --lazy', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, memory);
      await occupy(scratch, mount.path);
      expect(await runGlossa(scratch, ['umount', 'mnt'])).toMatchObject({
        status: 1,
        err:
          "glossa: mnt is in use ('fuser -vm mnt' lists its users); " +
          "'glossa umount --lazy mnt' detaches it now\n",
      });
      expect(scratch.findMounts()).toEqual([mount.path]);
      const lazy = ['umount', '--lazy', 'mnt'];
      expect(await runGlossa(scratch, [...lazy, '--timeout', '0.1'])).toMatchObject({
        status: 1,
        err:
          'glossa: mnt is detached, but after 0.1 s something still uses it: its server (process ' +
          `${mount.child.pid}) goes on until nothing does\n`,
      });
      expect(scratch.findMounts()).toEqual([]);
    }));

  it('returns at once with --lazy and --no-wait', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, memory);
      await occupy(scratch, mount.path);
      const args = ['umount', '--lazy', '--no-wait', 'mnt'];
      expect(await runGlossa(scratch, args)).toMatchObject({ status: 0, err: '' });
      expect(scratch.findMounts()).toEqual([]);
    }));

  it('returns after the server has ended', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, memory);
      mount.child.kill('SIGSTOP');
      const returned = runGlossa(scratch, ['umount', 'mnt']).then((outcome) => ({
        ...outcome,
        log: mount.log(),
      }));
      await until(() => scratch.findMounts().length === 0);
      mount.child.kill('SIGCONT');
      expect(await returned).toMatchObject({ status: 0, err: '', log: ENDED });
    }));

  it('fails when the server does not end, and prints the command that kills the server', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, memory);
      mount.child.kill('SIGSTOP');
      const { status, err } = await runGlossa(scratch, ['umount', 'mnt', '--timeout', '0.1']);
      expect({ status, err }).toEqual({
        status: 1,
        err:
          `glossa: mnt is unmounted, but after 0.1 s its server (process ${mount.child.pid}) has not ` +
          'ended: it is stuck, or another mount namespace has it mounted; ' +
          `'kill -9 ${mount.child.pid}' ends it\n`,
      });
      expect(scratch.findMounts()).toEqual([]);
    }));

  it('run four times at once unmounts the mount only once', () =>
    withScratch(async (scratch) => {
      for (let round = 0; round < 5; round++) {
        const mount = await startMount(scratch, memory);
        const all = await Promise.all(
          [1, 2, 3, 4].map(() => runGlossa(scratch, ['umount', 'mnt'])),
        );
        expect(mount.log()).toEqual(ENDED);
        for (const { status, err } of all) {
          const late = 'glossa: mnt is not a mount of glossa: nothing is mounted there\n';
          expect([
            [0, ''],
            [1, late],
          ]).toContainEqual([status, err]);
        }
        expect(all.some(({ status }) => status === 0)).toBe(true);
      }
    }));

  it.runIf(process.getuid?.() === 0)('fails when the server is in another container', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, memory);
      const wrapper = ['unshare', '--pid', '--fork', '--mount-proc', '--propagation', 'unchanged'];
      const { status, err } = await runGlossa(scratch, ['umount', 'mnt'], { wrapper });
      expect({ status, err }).toEqual({
        status: 1,
        err: expect.stringMatching(/^glossa: mnt is unmounted, but its server is not to be seen/),
      });
      await mount.stop();
    }),
  );

  it.runIf(isRoot)(
    'another user than root fails to unmount a mount of root, and reads who may',
    () =>
      withScratch(async (scratch) => {
        const other = await prepareProgram(scratch, OTHER);
        const mount = await startMount(scratch, memory);
        expect(await runGlossa(scratch, ['umount', 'mnt'], other)).toMatchObject({
          status: 1,
          err: 'glossa: mnt was mounted by root, who alone may unmount it\n',
        });
        expect(await mount.stop()).toBe(0);
      }),
  );

  it('finds a mount behind a symbolic link', () =>
    withScratch(async (scratch) => {
      await symlink('.', scratch.at('link'));
      const mount = await startMount(scratch, memory);
      expect(await runGlossa(scratch, ['umount', 'link/mnt/'])).toMatchObject({ status: 0 });
      expect(await mount.outcome).toMatchObject({ status: 0 });
    }));

  it('fails for a folder without a mount of glossa', () =>
    withScratch(async (scratch) => {
      await scratch.makeFolder('mnt');
      expect(await runGlossa(scratch, ['umount', 'mnt'])).toMatchObject({
        status: 1,
        err: 'glossa: mnt is not a mount of glossa: nothing is mounted there\n',
      });
      expect(await runGlossa(scratch, ['umount', 'no/mnt'])).toMatchObject({
        status: 1,
        err: expect.stringContaining(
          'glossa: no/mnt is not a mount of glossa: No such file or directory',
        ),
      });
      expect(await runGlossa(scratch, ['umount', '/proc'])).toMatchObject({
        status: 1,
        err: 'glossa: /proc is not a mount of glossa: what is mounted there is proc\n',
      });
    }));
});

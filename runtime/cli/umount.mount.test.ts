import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat, symlink } from 'node:fs/promises';
import { expect, it } from 'vitest';
import {
  describeMounts,
  glossa,
  type Scratch,
  startMount,
  withScratch,
} from '../../test/support/mount.ts';

const memory = 'volume mem\n    type storage/memory\nend-volume\n';

/** A mount whose server was killed. */
async function deadMount(
  scratch: Scratch,
  before: (path: string) => Promise<void> = async () => {},
): Promise<string> {
  // Attributes that the kernel remembers must not make it look alive.
  const mount = await startMount(scratch, memory, { args: ['--attribute-timeout', '600'] });
  await stat(mount.path);
  await before(mount.path);
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

describeMounts('what a killed server leaves', () => {
  it('is taken away', () =>
    withScratch(async (scratch) => {
      const path = await deadMount(scratch);
      expect(await glossa(scratch, ['umount', 'mnt'])).toMatchObject({ status: 0, err: '' });
      expect(scratch.mounts()).toEqual([]);
      expect(await readdir(path)).toEqual([]);
    }));

  it('is taken away also when a process is still in it', () =>
    withScratch(async (scratch) => {
      await deadMount(scratch, (path) => occupy(scratch, path));
      expect(await glossa(scratch, ['umount', 'mnt'])).toMatchObject({ status: 0, err: '' });
      expect(scratch.mounts()).toEqual([]);
    }));

  it('is pointed out when mounting there again', () =>
    withScratch(async (scratch) => {
      const path = await deadMount(scratch);
      const { status, err } = await glossa(scratch, ['mount', 'mnt.vol', 'mnt', '-l', 'again.log']);
      expect(status).toBe(1);
      expect(err).toBe(
        `glossa: cannot mount on ${path}: a mount whose server ended is left there; ` +
          `remove it with 'glossa umount ${path}'\n`,
      );
    }));

  it('has no statistics', () =>
    withScratch(async (scratch) => {
      await deadMount(scratch);
      expect(await glossa(scratch, ['stats', 'mnt'])).toMatchObject({
        status: 1,
        err: "glossa: the server of mnt is no more; 'glossa umount mnt' takes it away\n",
      });
    }));
});

describeMounts('glossa umount', () => {
  it('leaves a mount that is in use, unless told otherwise', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, memory);
      await occupy(scratch, mount.path);
      expect(await glossa(scratch, ['umount', 'mnt'])).toMatchObject({
        status: 1,
        err:
          "glossa: mnt is in use ('fuser -vm mnt' lists by what); " +
          "'glossa umount --lazy mnt' detaches it now\n",
      });
      expect(scratch.mounts()).toEqual([mount.path]);
      expect(await glossa(scratch, ['umount', '--lazy', 'mnt'])).toMatchObject({ status: 0 });
      expect(scratch.mounts()).toEqual([]);
    }));

  it('finds a mount behind a symbolic link', () =>
    withScratch(async (scratch) => {
      await symlink('.', scratch.at('link'));
      const mount = await startMount(scratch, memory);
      expect(await glossa(scratch, ['umount', 'link/mnt/'])).toMatchObject({ status: 0 });
      expect(await mount.outcome).toMatchObject({ status: 0 });
    }));

  it('is for mounts of glossa only', () =>
    withScratch(async (scratch) => {
      await scratch.folder('mnt');
      expect(await glossa(scratch, ['umount', 'mnt'])).toMatchObject({
        status: 1,
        err: 'glossa: mnt is not a mount of glossa: nothing is mounted there\n',
      });
      expect(await glossa(scratch, ['umount', 'no/mnt'])).toMatchObject({
        status: 1,
        err: 'glossa: no/mnt is not a mount of glossa: No such file or directory\n',
      });
      expect(await glossa(scratch, ['umount', '/proc'])).toMatchObject({
        status: 1,
        err: 'glossa: /proc is not a mount of glossa: what is mounted there is proc\n',
      });
    }));
});

/** A mounted volume in memory: file operations of applications, and the end of mounts. */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants, mkdirSync, readdirSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { findObstacle, isMounted, type MountServer, Mounts } from '../../../test/support/mounts.ts';
import { endUnmounter, findUnmounter } from '../../../test/support/unmounter.ts';
import { RENAME_EXCHANGE, RENAME_NOREPLACE } from '../../core/xdata.ts';
import { AT_FDCWD } from '../../sys/constants.ts';
import { getxattr, listxattr, removexattr, renameat2, setxattr } from '../../sys/libc.ts';
import { toCString } from '../../sys/struct.ts';
import { findMount } from '../mountinfo.ts';

/** A busy machine may be slow. */
const WAIT = { timeout: 60_000 };

const mounts = new Mounts();
afterAll(() => mounts.clean());

const codeOf = async (operation: Promise<unknown>): Promise<string> => {
  try {
    await operation;
    return 'none';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
};

describe.skipIf(findObstacle() !== '')('a mount', () => {
  let server: MountServer;
  const path = (...names: string[]): string => join(server.mountpoint, ...names);
  beforeAll(async () => {
    server = await mounts.mount('memory');
  });

  test('appears in /proc/mounts with its source, type and options, for all users if root mounts', async () => {
    const lines = (await fs.readFile('/proc/mounts', 'utf8')).split('\n');
    const others = process.getuid!() === 0 ? 'allow_other,' : '';
    expect(lines.find((line) => line.includes(` ${server.mountpoint} `))).toMatch(
      RegExp(`^a,b .* fuse.glossa .*nosuid,nodev.*default_permissions,${others}max_read=1048576`),
    );
  });

  test('writes, reads and lists a file', async () => {
    await fs.mkdir(path('a'));
    await fs.writeFile(path('a', 'f'), 'hello');
    expect(await fs.readFile(path('a', 'f'), 'utf8')).toBe('hello');
    expect(await fs.readdir(path('a'))).toEqual(['f']);
    expect((await fs.stat(path('a', 'f'))).size).toBe(5);
    expect(await codeOf(fs.readFile(path('a', 'none')))).toBe('ENOENT');
    expect(await codeOf(fs.mkdir(path('a')))).toBe('EEXIST');
    expect(await codeOf(fs.rmdir(path('a')))).toBe('ENOTEMPTY');
  });

  test('returns the data of a file of many megabytes unchanged', async () => {
    const data = randomBytes(5_000_011);
    await fs.writeFile(path('big'), data);
    // Bypass the kernel's cached pages.
    const file = await fs.open(path('big'), constants.O_RDONLY | constants.O_DIRECT);
    const back = Buffer.alloc(data.length + (1 << 20));
    let at = 0;
    for (;;) {
      const { bytesRead } = await file.read(back, at, 1 << 20, at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    await file.close();
    expect(back.subarray(0, at).equals(data)).toBe(true);
  });

  test('lists each of many names once', async () => {
    await fs.mkdir(path('many'));
    const names = Array.from({ length: 1000 }, (_, i) => `a rather long name ${i}`);
    for (const name of names) await fs.writeFile(path('many', name), '');
    expect((await fs.readdir(path('many'))).sort()).toEqual([...names].sort());
    const types = await fs.readdir(path('many'), { withFileTypes: true });
    expect(types.every((entry) => entry.isFile())).toBe(true);
  });

  test('shows positive inode numbers, the same in listings as in stat', async () => {
    await fs.mkdir(path('numbers'));
    for (let i = 0; i < 20; i++) await fs.writeFile(path('numbers', `f${i}`), '');
    const listed = execFileSync('ls', ['-i', path('numbers')], { encoding: 'utf8' });
    for (const line of listed.trim().split('\n')) {
      const [ino = '', name = ''] = line.trim().split(' ');
      expect(BigInt(ino) > 0n && BigInt(ino) < 2n ** 63n).toBe(true);
      expect((await fs.stat(path('numbers', name), { bigint: true })).ino).toBe(BigInt(ino));
    }
  });

  test('makes, lists and removes a name that is not UTF-8', async () => {
    const name = Buffer.from([0x78, 0xff, 0xfe, 0x79]);
    await fs.mkdir(path('bytes'));
    const whole = Buffer.concat([Buffer.from(`${path('bytes')}/`), name]);
    await fs.writeFile(whole, 'odd');
    expect(await fs.readdir(path('bytes'), { encoding: 'buffer' })).toEqual([name]);
    expect(await fs.readFile(whole, 'utf8')).toBe('odd');
  });

  test('makes hard and symbolic links', async () => {
    await fs.writeFile(path('one'), 'x');
    await fs.link(path('one'), path('two'));
    const [one, two] = [await fs.stat(path('one')), await fs.stat(path('two'))];
    expect([two.ino, two.nlink]).toEqual([one.ino, 2]);
    await fs.symlink('one', path('sym'));
    expect(await fs.readlink(path('sym'))).toBe('one');
    expect(await fs.readFile(path('sym'), 'utf8')).toBe('x');
  });

  test('sets mode, owner, times and size of a file', async () => {
    await fs.writeFile(path('attr'), 'twelve bytes');
    await fs.chmod(path('attr'), 0o4711);
    await fs.chown(path('attr'), 12, 34);
    await fs.utimes(path('attr'), 1.5, 1_234_567_890.25);
    await fs.truncate(path('attr'), 3);
    await fs.utimes(path('attr'), 1.5, 1_234_567_890.25);
    const stats = await fs.stat(path('attr'));
    expect([stats.size, stats.uid, stats.gid]).toEqual([3, 12, 34]);
    expect([stats.atimeMs, stats.mtimeMs]).toEqual([1500, 1_234_567_890_250]);
    expect(await fs.readFile(path('attr'), 'utf8')).toBe('twe');
  });

  test('serves an open file after its rename and its unlink', async () => {
    await fs.writeFile(path('open'), 'before');
    const file = await fs.open(path('open'), 'r+');
    await fs.mkdir(path('elsewhere'));
    await fs.rename(path('open'), path('elsewhere', 'moved'));
    await file.write('BEFORE', 0);
    expect(await fs.readFile(path('elsewhere', 'moved'), 'utf8')).toBe('BEFORE');
    await fs.unlink(path('elsewhere', 'moved'));
    await file.write(' and after', 6);
    await file.chmod(0o600);
    await file.truncate(9);
    const stats = await file.stat();
    expect([stats.size, stats.nlink, stats.mode & 0o777]).toEqual([9, 0, 0o600]);
    const { buffer } = await file.read(Buffer.alloc(20), 0, 20, 0);
    expect(buffer.subarray(0, 9).toString()).toBe('BEFORE an');
    await file.close();
    expect(await codeOf(fs.stat(path('elsewhere', 'moved')))).toBe('ENOENT');
  });

  test('renames a file over another one, except with RENAME_NOREPLACE, and exchanges two files', async () => {
    for (const name of ['r1', 'r2', 'r3']) await fs.writeFile(path(name), name);
    await fs.rename(path('r1'), path('r2'));
    expect(await fs.readFile(path('r2'), 'utf8')).toBe('r1');
    const rename = (from: string, to: string, flags: number): number =>
      renameat2(AT_FDCWD, toCString(path(from)), AT_FDCWD, toCString(path(to)), flags);
    expect(rename('r2', 'r3', RENAME_NOREPLACE)).toBe(-17);
    expect(rename('r2', 'r4', RENAME_NOREPLACE)).toBe(0);
    expect(rename('r3', 'r4', RENAME_EXCHANGE)).toBe(0);
    expect([await fs.readFile(path('r3'), 'utf8'), await fs.readFile(path('r4'), 'utf8')]).toEqual([
      'r1',
      'r3',
    ]);
  });

  test('sets, lists and removes extended attributes', async () => {
    await fs.writeFile(path('x'), '');
    const [file, name] = [toCString(path('x')), toCString('user.colour')];
    expect(setxattr(file, name, Buffer.from('blue'), 4, 0)).toBe(0);
    const value = Buffer.alloc(10);
    expect(getxattr(file, name, value, 10)).toBe(4);
    expect(value.toString('utf8', 0, 4)).toBe('blue');
    expect(getxattr(file, name, null, 0)).toBe(4);
    expect(getxattr(file, name, value, 2)).toBe(-34);
    expect(listxattr(file, Buffer.alloc(100), 100)).toBe('user.colour\0'.length);
    expect(removexattr(file, name)).toBe(0);
    expect(getxattr(file, name, value, 10)).toBe(-61);
  });

  test('serves many programs at once', async () => {
    await fs.mkdir(path('busy'));
    const one = async (i: number): Promise<string> => {
      const name = path('busy', `file${i}`);
      await fs.writeFile(name, `${i}`.repeat(1000));
      await fs.rename(name, `${name}.done`);
      return fs.readFile(`${name}.done`, 'utf8');
    };
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => one(i)));
    expect(all.every((text, i) => text === `${i}`.repeat(1000))).toBe(true);
    expect(await fs.readdir(path('busy'))).toHaveLength(100);
  });

  test('refuses changes if it is read-only', async () => {
    const readOnly = await mounts.mount('memory', { readOnly: true });
    expect(await codeOf(fs.mkdir(join(readOnly.mountpoint, 'x')))).toBe('EROFS');
    expect(await fs.readdir(readOnly.mountpoint)).toEqual([]);
  });
});

describe.skipIf(findObstacle() !== '')('the kernel', () => {
  test('interrupts the request of a program that gets a signal, so that the program exits', async () => {
    const server = await mounts.mount('answers');
    const child = spawn('stat', [join(server.mountpoint, 'interrupt-1')], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    expect(await server.nextMessage()).toBe('hanging');
    child.kill('SIGINT');
    expect(await ended).toEqual([null, 'SIGINT']);
    expect(await codeOf(fs.stat(join(server.mountpoint, 'now-1')))).toBe('ENOENT');
  });

  test('caches an absent name until its timeout has passed, or until glossa invalidates the name', async () => {
    const server = await mounts.mount('answers', { negativeTimeout: 3600 });
    const requests = async (): Promise<number> =>
      ((await server.ask('counts')) as { requests: number }).requests;
    const ask = (): Promise<string> => codeOf(fs.stat(join(server.mountpoint, 'now-cached')));
    await ask();
    const before = await requests();
    for (let i = 0; i < 10; i++) expect(await ask()).toBe('ENOENT');
    expect(await requests()).toBe(before);
    expect(await server.ask('invalidate')).toBe('done');
    expect(await ask()).toBe('ENOENT');
    expect(await requests()).toBeGreaterThan(before);
  });
});

describe.skipIf(findObstacle() !== '')('the end of a mount', () => {
  test('by umount(8) ends the server process', async () => {
    const server = await mounts.mount('memory');
    execFileSync('umount', [server.mountpoint]);
    expect(await server.nextMessage()).toBe('unmounted');
    expect(await server.nextMessage()).toBe('exit 0');
  });

  test('by the server succeeds while files are open', async () => {
    const server = await mounts.mount('memory');
    const file = await fs.open(join(server.mountpoint, 'f'), 'w+');
    await file.write('x');
    expect(await server.ask('unmount')).toBe('unmounted');
    expect(await server.nextMessage()).toBe('exit 0');
    expect(isMounted(server.mountpoint)).toBe(false);
    expect(await codeOf(file.read(Buffer.alloc(1), 0, 1, 0))).toMatch(/ENOTCONN|ECONNABORTED/);
    await codeOf(file.close());
    expect(readdirSync(server.mountpoint)).toEqual([]);
  });

  test('by an exit of the server during a request removes the mount', async () => {
    const server = await mounts.mount('answers');
    expect(await codeOf(fs.stat(join(server.mountpoint, 'exit-1')))).not.toBe('none');
    expect(await server.nextMessage()).toBe('exit 3');
    expect(isMounted(server.mountpoint)).toBe(false);
  });

  test('by SIGKILL to the server removes the mount, and the next mount there is served', async () => {
    const server = await mounts.mount('answers');
    await vi.waitFor(() => expect(findUnmounter(server.mountpoint)).toBeDefined(), WAIT);
    await server.kill('SIGKILL');
    await vi.waitFor(() => expect(isMounted(server.mountpoint)).toBe(false), WAIT);
    await vi.waitFor(() => expect(findUnmounter(server.mountpoint)).toBeUndefined(), WAIT);
    const next = await mounts.mount('answers', {}, [server.mountpoint]);
    expect(await next.ask('unmount')).toBe('unmounted');
    expect(await next.nextMessage()).toBe('exit 0');
    await vi.waitFor(() => expect(findUnmounter(server.mountpoint)).toBeUndefined(), WAIT);
  });

  test('by SIGKILL to the server removes a mount whose path the kernel escapes', async () => {
    const mountpoint = join(makeFolder(), 'a b\\c\td\ne');
    mkdirSync(mountpoint);
    const server = await mounts.mount('answers', {}, [mountpoint]);
    await vi.waitFor(() => expect(findUnmounter(mountpoint)).toBeDefined(), WAIT);
    expect(findMount(mountpoint)).not.toBe(null);
    await server.kill('SIGKILL');
    await vi.waitFor(() => expect(findMount(mountpoint)).toBe(null), WAIT);
    await vi.waitFor(() => expect(findUnmounter(mountpoint)).toBeUndefined(), WAIT);
  });

  test('by the server succeeds after SIGKILL to its unmounter, and leaves a mount that lies over it', async () => {
    const server = await mounts.mount('memory');
    await endUnmounter(server.mountpoint);
    execFileSync('mount', ['-t', 'tmpfs', 'over', server.mountpoint]);
    expect(await server.ask('unmount')).toMatch(
      /^cannot unmount .*: the shell that unmounts .* ended$/,
    );
    execFileSync('umount', [server.mountpoint]);
    expect(await server.ask('unmount')).toBe('unmounted');
    expect(isMounted(server.mountpoint)).toBe(false);
  });

  test('by the server fails while another mount lies over it', async () => {
    const server = await mounts.mount('memory');
    execFileSync('mount', ['-t', 'tmpfs', 'over', server.mountpoint]);
    expect(await server.ask('unmount')).toMatch(/^cannot unmount .*: another mount lies over it$/);
    execFileSync('umount', [server.mountpoint]);
    expect(readdirSync(server.mountpoint)).toEqual([]);
    expect(await server.ask('unmount')).toBe('unmounted');
  });

  test('by SIGKILL to the server and to its unmounter makes the next mount there fail with the remedy', async () => {
    const server = await mounts.mount('answers');
    await endUnmounter(server.mountpoint);
    expect(await server.kill('SIGKILL')).toBe('exit SIGKILL');
    expect(isMounted(server.mountpoint)).toBe(true);
    const next = mounts.start('answers', {}, [server.mountpoint]);
    expect(await next.nextMessage()).toBe(
      `error MOUNT_POINT_DEAD: cannot mount on ${server.mountpoint}: a mount whose server ended ` +
        `is left there; remove it with 'umount -l ${server.mountpoint}'`,
    );
  });
});

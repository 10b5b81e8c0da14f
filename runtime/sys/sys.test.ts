/** System calls through koffi: results, errno, structs. */

import { constants, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder } from '../../test/support/folder.ts';
import { decodeDevice, encodeDevice, makedev } from '../core/iatt-base.ts';
import { RENAME_NOREPLACE } from '../core/xdata.ts';
import {
  AT_FDCWD,
  AT_REMOVEDIR,
  AT_SYMLINK_NOFOLLOW,
  O_CLOEXEC,
  STATX_BASIC_STATS,
  UTIME_OMIT,
} from './constants.ts';
import * as libc from './libc.ts';
import { bindAsync, bindCall } from './libc.ts';
import { makeSocketpair, receiveFds } from './socket.ts';
import { Dirents, Iovec, PollSet, Statvfs, Statx, Timespecs, toCString } from './struct.ts';
import { getBackendFd } from './uv.ts';

const { O_RDONLY, O_RDWR, O_CREAT, O_DIRECTORY } = constants;
const [ENOENT, EBADF, EEXIST, EPROTO] = [2, 9, 17, 71];
let dir: string;
let fd: number;
const text = (s: string) => new TextEncoder().encode(s);

beforeAll(() => {
  dir = makeFolder();
  fd = libc.open(toCString(dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
});
afterAll(() => {
  libc.close(fd);
});

function withFile<T>(name: string, use: (file: number) => T): T {
  const file = libc.openat(fd, toCString(name), O_RDWR | O_CREAT | O_CLOEXEC, 0o644);
  expect(file).toBeGreaterThan(2);
  const result = use(file);
  expect(libc.close(file)).toBe(0);
  return result;
}

describe('a system call', () => {
  test('a system call that fails returns minus the errno', () => {
    expect(libc.open(toCString(join(dir, 'none')), O_RDONLY, 0)).toBe(-ENOENT);
    expect(libc.close(9999)).toBe(-EBADF);
  });
  test('a system call that libc lacks returns -ENOSYS', async () => {
    expect(bindCall('int glossa_no_such_function(int x)')(1)).toBe(-38);
    expect(await bindAsync('int glossa_no_such_function(int x)')(1)).toBe(-1);
  });
  test('bound by bindAsync does not block the event loop', async () => {
    const usleep = bindAsync('int usleep(uint32 us)');
    let turns = 0;
    const slept = usleep(1000);
    setImmediate(() => turns++);
    expect(await slept).toBe(0);
    expect(turns).toBe(1);
  });
});

describe('the data of a file', () => {
  test('is read and written at offsets beyond 32 bits', () => {
    withFile('data', (file) => {
      const into = new Uint8Array(8);
      expect(libc.pwrite(file, text('hello'), 5, 5e9)).toBe(5);
      expect(libc.pread(file, into, 8, 5e9 + 1)).toBe(4);
      expect(new TextDecoder().decode(into.subarray(0, 4))).toBe('ello');
      expect(libc.lseek(file, 5e9, 0)).toBe(5e9);
      expect(libc.ftruncate(file, 3)).toBe(0);
      expect(statSync(join(dir, 'data')).size).toBe(3);
    });
  });
  test('is gathered by writev and scattered by preadv2', () => {
    withFile('vector', (file) => {
      const parts = [text('one '), text('two')];
      const iov = new Iovec(2);
      for (const [i, part] of parts.entries()) iov.set(i, part, part.length);
      expect(libc.writev(file, iov.bytes, 2)).toBe(7);
      expect(readFileSync(join(dir, 'vector'), 'utf8')).toBe('one two');
      const into = new Uint8Array(100);
      iov.set(0, into.subarray(50), 50);
      expect(libc.preadv2(file, iov.bytes, 1, 4, 0)).toBe(3);
      expect(new TextDecoder().decode(into.subarray(50, 53))).toBe('two');
    });
  });
});

describe('a name', () => {
  test('a name that is not UTF-8 is made, listed and removed', () => {
    const name = new Uint8Array([0x61, 0xff, 0xfe, 0]);
    expect(libc.mkdirat(fd, name, 0o700)).toBe(0);
    expect(libc.mkdirat(fd, name, 0o700)).toBe(-EEXIST);
    const dirents = new Dirents();
    const names: string[] = [];
    const reader = libc.openat(fd, toCString('.'), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    for (;;) {
      const filled = libc.getdents64(reader, dirents.bytes, dirents.bytes.length);
      expect(filled).toBeGreaterThanOrEqual(0);
      if (filled === 0) break;
      dirents.start(filled);
      while (dirents.next()) {
        names.push(
          Buffer.from(dirents.bytes.subarray(dirents.nameStart, dirents.nameEnd)).toString('hex'),
        );
      }
    }
    libc.close(reader);
    expect(names).toContain('61fffe');
    expect(names).toContain('2e2e');
    expect(libc.unlinkat(fd, name, AT_REMOVEDIR)).toBe(0);
  });
  test('is linked, renamed, and read as the target of a symbolic link', () => {
    withFile('a', () => 0);
    expect(libc.linkat(fd, toCString('a'), fd, toCString('b'), 0)).toBe(0);
    expect(libc.renameat2(fd, toCString('a'), fd, toCString('b'), RENAME_NOREPLACE)).toBe(-EEXIST);
    expect(libc.renameat2(fd, toCString('a'), fd, toCString('c'), RENAME_NOREPLACE)).toBe(0);
    expect(libc.symlinkat(toCString('target'), fd, toCString('link'))).toBe(0);
    const into = new Uint8Array(64);
    expect(libc.readlinkat(fd, toCString('link'), into, 64)).toBe(6);
    expect(libc.mknodat(fd, toCString('pipe'), 0o010600, 0)).toBe(0);
    expect(lstatSync(join(dir, 'pipe')).isFIFO()).toBe(true);
  });
});

describe('a struct', () => {
  test("filled by statx has the values of node's lstat", () => {
    writeFileSync(join(dir, 'stat'), 'twelve bytes');
    const times = new Timespecs();
    times.set(0, 0, UTIME_OMIT);
    times.set(1, -5, 7);
    expect(libc.utimensat(fd, toCString('stat'), times.bytes, AT_SYMLINK_NOFOLLOW)).toBe(0);
    const out = new Statx();
    expect(
      libc.statx(fd, toCString('stat'), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, out.bytes),
    ).toBe(0);
    const theirs = lstatSync(join(dir, 'stat'), { bigint: true });
    expect(out.size).toBe(12);
    expect(out.mode).toBe(Number(theirs.mode));
    expect([out.nlink, out.uid, out.gid]).toEqual([1, Number(theirs.uid), Number(theirs.gid)]);
    expect([out.mtime, out.mtimeNsec]).toEqual([-5, 7]);
    expect(BigInt(out.ctime) * 1_000_000_000n + BigInt(out.ctimeNsec)).toBe(theirs.ctimeNs);
    expect(BigInt(out.atime) * 1_000_000_000n + BigInt(out.atimeNsec)).toBe(theirs.atimeNs);
    expect(BigInt(out.inoHi) * 2n ** 32n + BigInt(out.inoLo)).toBe(theirs.ino);
    expect(BigInt(makedev(out.devMajor, out.devMinor))).toBe(theirs.dev);
  });
  test('filled by fstatvfs has plausible values', () => {
    const out = new Statvfs();
    expect(libc.fstatvfs(fd, out.bytes)).toBe(0);
    expect(out.namemax).toBe(255);
    expect(out.bfree).toBeLessThanOrEqual(out.blocks);
    expect(out.bsize).toBeGreaterThanOrEqual(512);
  });
  test("a device number has the same bits after an iatt's major and minor number", () => {
    expect(makedev(10, 229)).toBe(0xae5);
    for (let dev = 1; dev < 2 ** 32; dev *= 2) expect(encodeDevice(decodeDevice(dev))).toBe(dev);
  });
});

describe('a descriptor', () => {
  test('with data to read is reported as readable by poll', () => {
    const pair = makeSocketpair() as [number, number];
    const set = new PollSet([pair[0], getBackendFd()]);
    expect(libc.poll(set.bytes, 1, 0)).toBe(0);
    libc.write(pair[1], text('x'), 1);
    expect(libc.poll(set.bytes, 1, 0)).toBe(1);
    expect(set.getReadyEvents(0)).toBe(1);
    expect(receiveFds(pair[0])).toBe(-EPROTO);
    libc.close(pair[1]);
    expect(receiveFds(pair[0])).toBe(-EPROTO);
    libc.close(pair[0]);
  });
  test('a descriptor of a folder resolves relative names, and AT_FDCWD absolute ones', () => {
    expect(libc.faccessat(fd, toCString('.'), 0, 0)).toBe(0);
    expect(libc.faccessat(AT_FDCWD, toCString(dir), 0, 0)).toBe(0);
  });
});

test('2000 concurrent calls of a bindAsync function succeed', async () => {
  const pid = bindAsync('int getpid()');
  const results = await Promise.all(Array.from({ length: 2000 }, () => pid()));
  expect(new Set(results)).toEqual(new Set([process.pid]));
});

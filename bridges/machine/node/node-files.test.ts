import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EACCES, EBADF, ELOOP, EMFILE, ENOENT } from '../../../runtime/core/errno.ts';
import { NodeFiles } from './node-files.ts';

let folder: string;
let files: NodeFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glossa-files-'));
  for (const name of ['in', 'in/sub', 'out', 'beside']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'in', 'file'), 'content');
  writeFileSync(join(folder, 'beside', 'canary'), 'untouched');
  files = new NodeFiles({ read: [join(folder, 'in')], write: [join(folder, 'out')] });
});
afterEach(() => {
  files.close();
  expect(readFileSync(join(folder, 'beside', 'canary'), 'utf8')).toBe('untouched');
  expect(readdirSync(join(folder, 'beside'))).toEqual(['canary']);
  rmSync(folder, { recursive: true });
});

const at = (path: string): string => join(folder, path);

function read(path: string): string | number {
  const file = files.openFile(path, 0, 0);
  if (file < 0) return file;
  const into = new Uint8Array(100);
  const count = files.read(file, into, 0);
  files.closeFile(file);
  return new TextDecoder().decode(into.subarray(0, count));
}

describe('granted files', () => {
  it('for reading can be read, listed and examined', () => {
    expect(read(at('in/file'))).toBe('content');
    expect(files.list(at('in'))).toEqual(['file', 'sub']);
    expect(files.stat(at('in/file'))).toMatchObject({ size: 7, mode: 0o100444 });
    expect(files.stat(at('in/none'))).toBe(-ENOENT);
  });

  it('for writing can be written, and not read', () => {
    const file = files.openFile(at('out/new'), 0o1 | 0o100, 0o600);
    expect(files.write(file, new TextEncoder().encode('text'), 0)).toBe(4);
    expect(files.read(file, new Uint8Array(4), 0)).toBe(-EBADF);
    files.closeFile(file);
    expect(readFileSync(at('out/new'), 'utf8')).toBe('text');
    expect(read(at('out/new'))).toBe(-EACCES);
    expect(files.list(at('out'))).toBe(-EACCES);
  });

  it('show the folders above them, and nothing beside', () => {
    expect(files.stat(folder)).toMatchObject({ mode: 0o40555 });
    expect(files.list(folder)).toEqual(['in', 'out']);
    expect(files.stat(at('beside'))).toBe(-EACCES);
  });

  it('are not left by links or dots', () => {
    symlinkSync(at('beside'), at('in/link'));
    symlinkSync(at('beside/canary'), at('in/direct'));
    for (const path of [
      at('beside/canary'),
      `${at('in')}/../beside/canary`,
      `${at('in')}/./file`,
      `${at('in')}//file`,
      `${at('in')}/sub/../file`,
      `${at('in')}x`,
      `${at('in')}\0/file`,
      'in/file',
      '',
      '/',
    ]) {
      expect([path, read(path)]).toEqual([path, -EACCES]);
    }
    expect(read(at('in/link/canary'))).toBe(-ELOOP);
    expect(read(at('in/direct'))).toBe(-EACCES);
    expect(files.readlink(at('in/direct'))).toBe(at('beside/canary'));
  });

  it('are not left by arbitrary paths', () => {
    symlinkSync('../beside', at('in/sub/link'));
    const part = fc.constantFrom('..', '.', '', 'in', 'sub', 'link', 'beside', 'canary', 'file');
    const path = fc.array(part, { maxLength: 8 }).map((parts) => `${at('in')}/${parts.join('/')}`);
    fc.assert(
      fc.property(path, (asked) => {
        expect(read(asked)).not.toBe('untouched');
        expect(files.unlink(asked)).toBeLessThan(0);
        expect(files.mkdir(`${asked}/new`, 0o755)).toBeLessThan(0);
      }),
    );
  });

  it('are those of the granted folder, also after a rename of it', () => {
    renameSync(at('in'), at('moved'));
    symlinkSync(at('beside'), at('in'));
    expect(read(at('in/canary'))).toBe(-ENOENT);
    expect(read(at('in/file'))).toBe('content');
  });

  it('exclude other file systems', () => {
    const all = new NodeFiles({ read: ['/'], write: [] });
    expect(all.stat('/proc')).toMatchObject({ size: 0 });
    expect(all.stat('/proc/self/environ')).toBe(-EACCES);
    all.close();
  });

  it('exclude files that are not regular', () => {
    execFileSync('mkfifo', [at('in/fifo')]);
    expect(read(at('in/fifo'))).toBe(-EACCES);
    expect(files.stat(at('in/fifo'))).toBe(-EACCES);
    expect(files.openFile(at('in/sub'), 0, 0)).toBe(-EACCES);
  });

  it('for reading cannot be changed', () => {
    const content = readFileSync(at('in/file'), 'utf8');
    for (const flags of [1, 2, 0o101, 0o1001, 0o2001]) {
      expect(files.openFile(at('in/file'), flags, 0)).toBe(-EACCES);
    }
    // Creating or truncating a file is writing, in any access mode.
    expect(files.openFile(at('in/file'), 0o1000, 0)).toBe(-EACCES);
    expect(files.openFile(at('in/new'), 0o100, 0)).toBe(-EACCES);
    expect(files.unlink(at('in/file'))).toBe(-EACCES);
    expect(files.rmdir(at('in/sub'))).toBe(-EACCES);
    expect(files.mkdir(at('in/new'), 0o755)).toBe(-EACCES);
    expect(files.truncate(at('in/file'), 0)).toBe(-EACCES);
    expect(files.setAttributes(at('in/file'), 0, 0)).toBe(-EACCES);
    expect(files.rename(at('in/file'), at('out/file'))).toBe(-EACCES);
    writeFileSync(at('out/x'), 'x');
    expect(files.rename(at('out/x'), at('in/file'))).toBe(-EACCES);
    expect(files.rename(at('out/x'), at('beside/canary'))).toBe(-EACCES);
    expect(files.rmdir(at('out'))).toBe(-EACCES);
    expect(existsSync(at('out'))).toBe(true);
    expect(readFileSync(at('in/file'), 'utf8')).toBe(content);
  });

  it('for writing can be renamed', () => {
    writeFileSync(at('out/x'), 'x');
    expect(files.mkdir(at('out/sub'), 0o755)).toBe(0);
    expect(files.rename(at('out/x'), at('out/sub/y'))).toBe(0);
    expect(readFileSync(at('out/sub/y'), 'utf8')).toBe('x');
    expect(files.unlink(at('out/sub/y'))).toBe(0);
    expect(files.rmdir(at('out/sub'))).toBe(0);
  });

  it('are limited in number of open files, and closed with the interpreter', () => {
    const open = () => readdirSync('/proc/self/fd').length;
    const before = open();
    const opened = Array.from({ length: 70 }, () => files.openFile(at('in/file'), 0, 0));
    expect(opened.filter((file) => file === -EMFILE)).toHaveLength(6);
    expect(new Set(opened).size).toBe(65);
    files.close();
    expect(open()).toBeLessThanOrEqual(before);
    expect(read(at('in/file'))).toBe(-EACCES);
  });

  it('are accessed by numbers of open files only', () => {
    for (const file of [0, -1, 99, Number.NaN, 1.5]) {
      expect(files.read(file, new Uint8Array(1), 0)).toBe(-EBADF);
      expect(files.write(file, new Uint8Array(1), 0)).toBe(-EBADF);
      expect(files.closeFile(file)).toBe(-EBADF);
    }
  });
});

it('a single granted file gives no access to the files beside it', () => {
  const one = new NodeFiles({ read: [at('in/file')], write: [] });
  expect(one.stat(at('in/file'))).toMatchObject({ size: 7 });
  expect(one.stat(at('in/sub'))).toBe(-EACCES);
  expect(one.stat(at('in/file/x'))).toBe(-EACCES);
  expect(one.list(at('in'))).toEqual(['file']);
  one.close();
});

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EACCES, EBADF, ELOOP, EMFILE, ENOENT } from '../../../runtime/core/errno.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { NodeFiles } from './node-files.ts';

let folder: string;
let files: NodeFiles;

beforeEach(() => {
  folder = makeFolder();
  for (const name of ['in', 'in/sub', 'out', 'beside']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'in', 'file'), 'content');
  writeFileSync(join(folder, 'beside', 'canary'), 'untouched');
  files = new NodeFiles({ read: [join(folder, 'in')], write: [join(folder, 'out')] });
});
afterEach(() => {
  files.close();
  expect(readFileSync(join(folder, 'beside', 'canary'), 'utf8')).toBe('untouched');
  expect(readdirSync(join(folder, 'beside'))).toEqual(['canary']);
});

const pathIn = (path: string): string => join(folder, path);

function read(path: string): string | number {
  const file = files.openFile(path, 0, 0);
  if (file < 0) return file;
  const into = new Uint8Array(100);
  const count = files.read(file, into, 0);
  files.closeFile(file);
  return new TextDecoder().decode(into.subarray(0, count));
}

describe('granted files', () => {
  it('can be read, listed and inspected with stat if they are granted for reading', () => {
    expect(read(pathIn('in/file'))).toBe('content');
    expect(files.list(pathIn('in'))).toEqual(['file', 'sub']);
    expect(files.stat(pathIn('in/file'))).toMatchObject({ size: 7, mode: 0o100444 });
    expect(files.stat(pathIn('in/none'))).toBe(-ENOENT);
  });

  it('can be written, and not read, if they are granted for writing alone', () => {
    const file = files.openFile(pathIn('out/new'), 0o1 | 0o100, 0o600);
    expect(files.write(file, new TextEncoder().encode('text'), 0)).toBe(4);
    expect(files.read(file, new Uint8Array(4), 0)).toBe(-EBADF);
    files.closeFile(file);
    expect(readFileSync(pathIn('out/new'), 'utf8')).toBe('text');
    expect(read(pathIn('out/new'))).toBe(-EACCES);
    expect(files.list(pathIn('out'))).toBe(-EACCES);
  });

  it('make the folders above them visible, but no other name in those folders', () => {
    expect(files.stat(folder)).toMatchObject({ mode: 0o40555 });
    expect(files.list(folder)).toEqual(['in', 'out']);
    expect(files.stat(pathIn('beside'))).toBe(-EACCES);
  });

  it('give no access to other files by a symbolic link or a path with dots', () => {
    symlinkSync(pathIn('beside'), pathIn('in/link'));
    symlinkSync(pathIn('beside/canary'), pathIn('in/direct'));
    for (const path of [
      pathIn('beside/canary'),
      `${pathIn('in')}/../beside/canary`,
      `${pathIn('in')}/./file`,
      `${pathIn('in')}//file`,
      `${pathIn('in')}/sub/../file`,
      `${pathIn('in')}x`,
      `${pathIn('in')}\0/file`,
      'in/file',
      '',
      '/',
    ]) {
      expect([path, read(path)]).toEqual([path, -EACCES]);
    }
    expect(read(pathIn('in/link/canary'))).toBe(-ELOOP);
    expect(read(pathIn('in/direct'))).toBe(-EACCES);
    expect(files.readlink(pathIn('in/direct'))).toBe(pathIn('beside/canary'));
  });

  it('give no access to other files by arbitrary paths', () => {
    symlinkSync('../beside', pathIn('in/sub/link'));
    const part = fc.constantFrom('..', '.', '', 'in', 'sub', 'link', 'beside', 'canary', 'file');
    const path = fc
      .array(part, { maxLength: 8 })
      .map((parts) => `${pathIn('in')}/${parts.join('/')}`);
    fc.assert(
      fc.property(path, (path) => {
        expect(read(path)).not.toBe('untouched');
        expect(files.unlink(path)).toBeLessThan(0);
        expect(files.mkdir(`${path}/new`, 0o755)).toBeLessThan(0);
      }),
    );
  });

  it('remain those of the granted folder when it is renamed and another folder gets its name', () => {
    renameSync(pathIn('in'), pathIn('moved'));
    symlinkSync(pathIn('beside'), pathIn('in'));
    expect(read(pathIn('in/canary'))).toBe(-ENOENT);
    expect(read(pathIn('in/file'))).toBe('content');
  });

  it('do not include other file systems below the granted folder', () => {
    const all = new NodeFiles({ read: ['/'], write: [] });
    expect(all.stat('/proc')).toMatchObject({ size: 0 });
    expect(all.stat('/proc/self/environ')).toBe(-EACCES);
    all.close();
  });

  it('do not include special files, such as named pipes', () => {
    execFileSync('mkfifo', [pathIn('in/fifo')]);
    expect(read(pathIn('in/fifo'))).toBe(-EACCES);
    expect(files.stat(pathIn('in/fifo'))).toBe(-EACCES);
    expect(files.openFile(pathIn('in/sub'), 0, 0)).toBe(-EACCES);
  });

  it('cannot be changed if they are granted for reading', () => {
    const content = readFileSync(pathIn('in/file'), 'utf8');
    for (const flags of [1, 2, 0o101, 0o1001, 0o2001]) {
      expect(files.openFile(pathIn('in/file'), flags, 0)).toBe(-EACCES);
    }
    // Creating or truncating a file is writing, in any access mode.
    expect(files.openFile(pathIn('in/file'), 0o1000, 0)).toBe(-EACCES);
    expect(files.openFile(pathIn('in/new'), 0o100, 0)).toBe(-EACCES);
    expect(files.unlink(pathIn('in/file'))).toBe(-EACCES);
    expect(files.rmdir(pathIn('in/sub'))).toBe(-EACCES);
    expect(files.mkdir(pathIn('in/new'), 0o755)).toBe(-EACCES);
    expect(files.truncate(pathIn('in/file'), 0)).toBe(-EACCES);
    expect(files.setAttributes(pathIn('in/file'), 0, 0)).toBe(-EACCES);
    expect(files.rename(pathIn('in/file'), pathIn('out/file'))).toBe(-EACCES);
    writeFileSync(pathIn('out/x'), 'x');
    expect(files.rename(pathIn('out/x'), pathIn('in/file'))).toBe(-EACCES);
    expect(files.rename(pathIn('out/x'), pathIn('beside/canary'))).toBe(-EACCES);
    expect(files.rmdir(pathIn('out'))).toBe(-EACCES);
    expect(existsSync(pathIn('out'))).toBe(true);
    expect(readFileSync(pathIn('in/file'), 'utf8')).toBe(content);
  });

  it('can be renamed and removed if they are granted for writing', () => {
    writeFileSync(pathIn('out/x'), 'x');
    expect(files.mkdir(pathIn('out/sub'), 0o755)).toBe(0);
    expect(files.rename(pathIn('out/x'), pathIn('out/sub/y'))).toBe(0);
    expect(readFileSync(pathIn('out/sub/y'), 'utf8')).toBe('x');
    expect(files.unlink(pathIn('out/sub/y'))).toBe(0);
    expect(files.rmdir(pathIn('out/sub'))).toBe(0);
  });

  it('can be open 64 times at once, and are closed with the interpreter', () => {
    const open = () => readdirSync('/proc/self/fd').length;
    const before = open();
    const opened = Array.from({ length: 70 }, () => files.openFile(pathIn('in/file'), 0, 0));
    expect(opened.filter((file) => file === -EMFILE)).toHaveLength(6);
    expect(new Set(opened).size).toBe(65);
    files.close();
    expect(open()).toBeLessThanOrEqual(before);
    expect(read(pathIn('in/file'))).toBe(-EACCES);
  });

  it('fail with EBADF for a descriptor that is not open', () => {
    for (const file of [0, -1, 99, Number.NaN, 1.5]) {
      expect(files.read(file, new Uint8Array(1), 0)).toBe(-EBADF);
      expect(files.write(file, new Uint8Array(1), 0)).toBe(-EBADF);
      expect(files.closeFile(file)).toBe(-EBADF);
    }
  });
});

it('a single granted file gives no access to the files beside it', () => {
  const one = new NodeFiles({ read: [pathIn('in/file')], write: [] });
  expect(one.stat(pathIn('in/file'))).toMatchObject({ size: 7 });
  expect(one.stat(pathIn('in/sub'))).toBe(-EACCES);
  expect(one.stat(pathIn('in/file/x'))).toBe(-EACCES);
  expect(one.list(pathIn('in'))).toEqual(['file']);
  one.close();
});

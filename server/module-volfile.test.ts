import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../test/support/folder.ts';
import {
  describeModuleFile,
  findModuleFile,
  formatModuleVolfile,
  isFileSystem,
} from './module-volfile.ts';

function folder(...files: string[]): string {
  const made = makeFolder();
  for (const file of files) {
    mkdirSync(join(made, file, '..'), { recursive: true });
    writeFileSync(join(made, file), '');
  }
  return made;
}

it('findModuleFile finds modules and packages, and returns null for volfiles', () => {
  const at = folder('a.py', 'b.js', 'b.py', 'c.ts', 'v.vol', 'pack/__init__.py', 'other/x');
  const find = (name: string) => findModuleFile(join(at, name));
  expect(find('a.py')).toEqual({ name: 'a.py', path: join(at, 'a.py'), isNative: false });
  expect(find('a')).toEqual(find('a.py'));
  expect(find('c.ts')).toMatchObject({ isNative: true });
  expect(find('pack')).toEqual({ name: 'pack', path: join(at, 'pack'), isNative: false });
  expect(find('v.vol')).toBeNull();
  expect(find('absent.vol')).toBeNull();
  expect(() => find('b')).toThrow(/b may be .*b\.py or .*b\.js: name one of them/);
  expect(() => find('absent.py')).toThrow('is not there');
  expect(() => find('other')).toThrow('is a folder, and no package');
});

it('formatModuleVolfile puts a module above a storage', () => {
  const module = { name: 'a b.py', path: '/m/a b.py', isNative: false };
  expect(
    formatModuleVolfile(module, { storage: { directory: '/some files' }, shouldReload: true }),
  ).toBe(`volume storage
    type storage/posix
    option directory "/some files"
end-volume

volume "a b"
    type features/glupy
    option module-name "a b.py"
    option module-path /m
    option reload on
    subvolumes storage
end-volume
`);
  const native = { name: 'storage.ts', path: '/m/storage.ts', isNative: true };
  expect(
    formatModuleVolfile(native, { storage: 'memory', shouldReload: true }),
  ).toBe(`volume storage
    type storage/memory
end-volume

volume storage-module
    type features/native
    option module-path /m/storage.ts
    option reload on
    subvolumes storage
end-volume
`);
  const compiled = { name: 'm.so', path: '/m/m.so', isNative: true };
  expect(formatModuleVolfile(compiled, { storage: 'memory', shouldReload: true })).toContain(
    'option module-path /m/m.so\n    option reload on\n',
  );
});

it('isFileSystem tells a file system by path from other modules, by its class', () => {
  const at = makeFolder();
  const find = (text: string): boolean => {
    writeFileSync(join(at, 'm.py'), text);
    return isFileSystem(describeModuleFile(join(at, 'm.py')));
  };
  expect(find('from glupy import Files\nclass xlator(Files):\n')).toBe(true);
  expect(find('class Fs(LoggingMixIn, fuse.Operations):\n')).toBe(true);
  expect(find('export class xlator extends Files {}')).toBe(true);
  expect(find('# Files\nclass xlator(Translator):\n    files = Files\n')).toBe(false);
});

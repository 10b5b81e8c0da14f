import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  lchownSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from '../../test/support/folder.ts';
import { readEffectiveUid } from './exposure.ts';
import { openToWrite, type WriteSettings } from './guarded-write.ts';

let home: string;
let file: string;
let victim: string;

beforeEach(() => {
  home = makeFolder();
  victim = join(home, 'victim');
  writeFileSync(victim, 'precious');
  mkdirSync(join(home, 'folder'));
  file = join(home, 'folder/file');
});

function write(text: string, settings: Partial<WriteSettings> = {}): string {
  const fd = openToWrite(file, { mode: 0o600, ...settings });
  writeSync(fd, text);
  closeSync(fd);
  return readFileSync(file, 'utf8');
}

it('openToWrite truncates an existing file, or appends to it', () => {
  expect(write('one')).toBe('one');
  expect(write('2')).toBe('2');
  expect(write('3', { append: true })).toBe('23');
});

it('openToWrite opens a device', () => {
  file = '/dev/null';
  expect(write('gone')).toBe('');
});

describe('a symbolic link', () => {
  it('in a folder that only this user can write to is followed', () => {
    symlinkSync(victim, file);
    expect(write('new')).toBe('new');
    expect(readFileSync(victim, 'utf8')).toBe('new');
  });

  it.each([
    [0o777, {}],
    [0o1777, { append: true }],
    [0o755, { noLinks: true }],
  ])('in a folder of mode %o with %j is refused', (mode, settings) => {
    symlinkSync(victim, file);
    chmodSync(join(home, 'folder'), mode);
    expect(() => write('new', settings)).toThrow('it is a symbolic link, which is not followed');
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });
});

const plants: [string, () => void, string][] = [
  ['a hard link', () => linkSync(victim, file), 'it has another name somewhere (hard link)'],
  ['a pipe', () => execFileSync('mkfifo', [file]), 'it is no regular file'],
  [
    'a file of another user',
    () => {
      writeFileSync(file, '');
      lchownSync(file, 1234, 1234);
    },
    'it belongs to user 1234',
  ],
];
it.each(plants.filter(([what]) => readEffectiveUid() === 0 || !what.includes('another user')))(
  'openToWrite refuses %s in a folder that other users can write',
  (_what, plant, says) => {
    plant();
    chmodSync(join(home, 'folder'), 0o1777);
    expect(() => write('new')).toThrow(says);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    rmSync(file);
    expect(write('new')).toBe('new');
  },
);

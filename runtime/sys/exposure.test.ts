import { chmodSync, lchownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from '../../test/support/folder.ts';
import { findExposure, readEffectiveUid } from './exposure.ts';

let home: string;
let file: string;

beforeEach(() => {
  home = makeFolder();
  mkdirSync(join(home, 'a/b'), { recursive: true, mode: 0o755 });
  file = join(home, 'a/b/file');
  writeFileSync(file, '', { mode: 0o644 });
});

/** Tests that need root. */
const asRoot = it.skipIf(readEffectiveUid() !== 0);

describe('findExposure', () => {
  it('returns null for a private path below /tmp', () => {
    expect(findExposure(file)).toBeNull();
  });

  it.each([
    ['the file', 'a/b/file', 0o666, 'everybody (mode 666)'],
    ['its folder', 'a/b', 0o777, 'everybody (mode 777)'],
    ['a folder above', 'a', 0o773, 'everybody (mode 773)'],
  ])('names %s if other users can write to it', (_what, name, mode, says) => {
    chmodSync(join(home, name), mode);
    expect(findExposure(file)).toBe(`${join(home, name)} can be written by ${says}`);
  });

  it('accepts an existing file in a sticky folder, but not a new one', () => {
    chmodSync(join(home, 'a'), 0o1777);
    expect(findExposure(file)).toBeNull();
    expect(findExposure(join(home, 'a'))).toBeNull();
    const why = findExposure(join(home, 'a'), { isForNewFile: true });
    expect(why).toBe(`${join(home, 'a')} can be written by everybody (mode 1777)`);
  });

  asRoot('names a folder of another user, for root and for a user', () => {
    lchownSync(join(home, 'a/b'), 1234, 1234);
    expect(findExposure(file)).toBe(`${join(home, 'a/b')} belongs to user 1234`);
    lchownSync(home, 1234, 1234);
    expect(findExposure(file, { uid: 1234 })).toBeNull();
    expect(findExposure(file, { uid: 1235 })).toBe(`${home} belongs to user 1234`);
  });

  asRoot('accepts write access of a group with the owner’s number', () => {
    chmodSync(file, 0o664);
    expect(findExposure(file)).toBeNull();
    lchownSync(file, 0, 50);
    expect(findExposure(file)).toBe(`${file} can be written by group 50 (mode 664)`);
  });
});

it('findExposure returns null for devices and open descriptors', () => {
  for (const path of ['/dev/null', '/dev/stdout', '/dev/tty'])
    expect(findExposure(path)).toBeNull();
});

describe('a symbolic link in a path', () => {
  it('is followed, and its target is checked', () => {
    const other = join(home, 'other');
    mkdirSync(other);
    symlinkSync('../other', join(home, 'a/link'));
    expect(findExposure(join(home, 'a/link/../other/x'))).toBeNull();
    chmodSync(other, 0o777);
    const says = `${other} can be written by everybody (mode 777)`;
    expect(findExposure(join(home, 'a/link/x'))).toBe(says);
    // The `..` after a link is that of its target.
    expect(findExposure(`${home}/a/link/../other/x`)).toBe(says);
    symlinkSync(join(home, 'a/link'), join(home, 'absolute'));
    expect(findExposure(join(home, 'absolute/x'))).toBe(says);
  });

  it('a link that leads back to itself is reported', () => {
    symlinkSync('one', join(home, 'two'));
    symlinkSync('two', join(home, 'one'));
    expect(findExposure(join(home, 'one'))).toMatch(/is one of too many symbolic links$/);
  });

  asRoot('made by another user is reported', () => {
    symlinkSync('b', join(home, 'a/link'));
    lchownSync(join(home, 'a/link'), 1234, 1234);
    expect(findExposure(join(home, 'a/link/file'))).toBe(
      `${join(home, 'a/link')} belongs to user 1234`,
    );
  });
});

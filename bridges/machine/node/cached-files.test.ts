import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  lchownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readEffectiveUid } from '../../../runtime/sys/exposure.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { type Log, prepareFolder } from './cache-folder.ts';
import { openCached, writeCached } from './cached-files.ts';

const OTHER = 1234;
const asRoot = it.skipIf(readEffectiveUid() !== 0);

let home: string;
let folder: string;
let warnings: string[];
let notices: string[];
const warn: Log = (text) => warnings.push(text);
const log: Log = (text) => notices.push(text);

beforeEach(() => {
  warnings = [];
  notices = [];
  home = makeFolder();
  folder = join(home, '.cache/glossa');
});

const use = (): string | undefined => prepareFolder(folder, warn, log);

describe('the cache folder', () => {
  it('is created for this user alone', () => {
    expect(use()).toBe(folder);
    expect(use()).toBe(folder);
    expect([...warnings, ...notices]).toEqual([]);
  });

  asRoot('is not made in the home of another, as sudo -E would have it', () => {
    lchownSync(home, OTHER, OTHER);
    expect(use()).toBeUndefined();
    expect(warnings).toEqual([
      `no cache in ${folder}: ${home} belongs to user ${OTHER} (XDG_CACHE_HOME names a folder for another)`,
    ]);
    expect(existsSync(join(home, '.cache'))).toBe(false);
  });

  const foreign: [string, () => void, RegExp][] = [
    ['that others can write', () => chmodSync(folder, 0o777), /glossa can be written by everybody/],
    [
      'that a group can write',
      () => chmodSync(folder, 0o770),
      /can be written by others \(mode 770/,
    ],
    ['that is sticky', () => chmodSync(folder, 0o1777), /can be written by others \(mode 1777/],
    [
      'below one that others can write',
      () => chmodSync(join(home, '.cache'), 0o777),
      /\.cache can be written by everybody \(mode 777\)/,
    ],
    [
      'that is a link',
      () => {
        renameSync(folder, `${folder}-elsewhere`);
        symlinkSync(`${folder}-elsewhere`, folder);
      },
      /glossa is a symbolic link/,
    ],
  ];
  it.each(foreign)('%s is not used', (_what, change, says) => {
    expect(use()).toBe(folder);
    change();
    expect(use()).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(says)]);
  });

  asRoot('of another user in a shared XDG_CACHE_HOME is not used', () => {
    mkdirSync(folder, { recursive: true });
    chmodSync(join(home, '.cache'), 0o1777);
    expect(use()).toBe(folder);
    lchownSync(folder, OTHER, OTHER);
    expect(use()).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining(`belongs to user ${OTHER}`)]);
  });
});

describe('a cached file', () => {
  const name = 'python-1-2.code';
  let file: string;
  const read = (): string | undefined => {
    const fd = openCached(file, warn, log);
    if (fd === undefined) return undefined;
    onTestFinished(() => closeSync(fd));
    return readFileSync(fd, 'utf8');
  };

  beforeEach(() => {
    file = join(folder, name);
    use();
    expect(writeCached(folder, name, [Buffer.from('co'), Buffer.from('de')], log)).toBe(true);
  });

  it('is read as it was written, and leaves no temporary file beside it', () => {
    expect(read()).toBe('code');
    expect(readdirSync(folder)).toEqual([name]);
    expect([...warnings, ...notices]).toEqual([]);
  });

  it('removes what a killed process has left of it, and nothing of one that runs', () => {
    const running = `${name}.${process.pid}.1`;
    const { pid } = spawnSync('true');
    for (const left of [`${name}.${pid}.1`, running]) writeFileSync(join(folder, left), 'co');
    expect(writeCached(folder, name, [Buffer.from('code')], log)).toBe(true);
    expect(readdirSync(folder)).toEqual([name, running]);
  });

  it('can be missing from the cache without a warning', () => {
    rmSync(file);
    expect(read()).toBeUndefined();
    expect([...warnings, ...notices]).toEqual([]);
  });

  const foreign: [string, () => void, RegExp][] = [
    [
      'that others can write',
      () => chmodSync(file, 0o666),
      /can be written by others \(mode 666\)/,
    ],
    [
      'that is a symbolic link',
      () => {
        renameSync(file, join(home, 'planted'));
        symlinkSync(join(home, 'planted'), file);
      },
      /is a symbolic link/,
    ],
    ['with another name', () => linkSync(file, join(home, 'second')), /hard link/],
    [
      'that is a folder',
      () => {
        rmSync(file);
        mkdirSync(file);
      },
      /is no file/,
    ],
  ];
  it.each(foreign)('%s is not read', (_what, change, says) => {
    change();
    expect(read()).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(says)]);
  });

  asRoot('of another user is not read', () => {
    lchownSync(file, OTHER, OTHER);
    expect(read()).toBeUndefined();
    expect(warnings).toEqual([`not used: ${file} belongs to user ${OTHER}, not to user 0`]);
  });

  it("replaces a symbolic link of the same name, and leaves the link's target alone", () => {
    rmSync(file);
    const target = join(home, 'target');
    symlinkSync(target, file);
    expect(writeCached(folder, name, [Buffer.from('new')], log)).toBe(true);
    expect(read()).toBe('new');
    expect(existsSync(target)).toBe(false);
  });
});

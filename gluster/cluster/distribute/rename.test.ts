import { afterEach, describe, expect, test } from 'vitest';
import { EEXIST, EIO, EISDIR, ENOTDIR, ENOTEMPTY } from '../../../runtime/core/errno.ts';
import { IA_IFDIR } from '../../../runtime/core/iatt.ts';
import { placeInRoot } from '../../../test/support/distributed-volume.ts';
import { SharedVolume } from '../../../test/support/shared-volume.ts';

const NAMES = ['wz', 'wa', 'wm'];
let volume: SharedVolume;
const start = async (...args: Parameters<typeof SharedVolume.start>): Promise<void> => {
  volume = await SharedVolume.start(...args);
};
afterEach(() => volume?.stop());

const nameAt = (child: string, prefix: string): string => {
  for (let n = 0; ; n++) if (placeInRoot(`${prefix}${n}`) === child) return `${prefix}${n}`;
};

/**
 * The children of the source's data, of the old name, of the new name, and of the file that has the
 * new name, if any. Equal letters mean the same child.
 */
const CASES = [
  'aaa-',
  'aab-',
  'aba-',
  'abb-',
  'abc-',
  'aaaa',
  'aaab',
  'aaba',
  'aabb',
  'aabc',
  'abaa',
  'abab',
  'abac',
  'abba',
  'abbb',
  'abbc',
  'abca',
  'abcb',
  'abcc',
];
const childOf = (letter: string): string => NAMES['abc'.indexOf(letter)]!;

describe.each(CASES)('rename with source, old name, new name, target on children %s', (letters) => {
  const [source, oldHash, newHash] = [...letters].slice(0, 3).map(childOf) as [
    string,
    string,
    string,
  ];
  const target = letters[3] === '-' ? null : childOf(letters[3]!);
  const from = `/${nameAt(oldHash, 'from')}`;
  const to = `/${nameAt(newHash, 'to')}`;

  /** Makes the state before, with linktos. @returns the gfids of both files */
  async function prepare(): Promise<{ gfid: string; old: string | null }> {
    await start(NAMES);
    const gfid = volume.putFile(source, from);
    const old = target === null ? null : volume.putFile(target, to);
    volume.find(0, from);
    volume.find(0, to);
    const before = [
      `${source} ${from}`,
      ...(oldHash === source ? [] : [`${oldHash} ${from} -> ${source}`]),
      ...(target === null ? [] : [`${target} ${to}`]),
      ...(target === null || target === newHash ? [] : [`${newHash} ${to} -> ${target}`]),
    ];
    expect(volume.state().sort()).toEqual(before.sort());
    return { gfid, old };
  }

  test('leaves the file under its new name, and no other entry on any child', async () => {
    const { gfid } = await prepare();
    expect(volume.rename(0, from, to)).toBe(0);
    const after = [
      `${source} ${to}`,
      ...(newHash === source ? [] : [`${newHash} ${to} -> ${source}`]),
    ];
    expect(volume.state().sort()).toEqual(after.sort());
    for (const child of NAMES) {
      for (const thing of volume.on(child).values()) {
        expect(thing).toMatchObject({ gfid, nlink: 1 });
      }
    }
    expect(volume.list(0, '/').map(({ name }) => `/${name}`)).toEqual([to]);
    expect(volume.logged).not.toMatch(/ [EC] \[/);
  });

  test('and then back by another client restores the former state', async () => {
    await prepare();
    await volume.stop();
    await start(NAMES, 2);
    volume.putFile(source, from);
    volume.find(0, from);
    const before = volume.state();
    expect(volume.rename(0, from, to)).toBe(0);
    expect(volume.rename(1, to, from)).toBe(0);
    expect(volume.state()).toEqual(before);
  });
});

test('rename between two names of one file keeps both', async () => {
  await start(NAMES);
  volume.putFile('wz', '/a');
  volume.find(0, '/a');
  expect(volume.link(0, '/a', '/b')).toBe(0);
  const before = volume.state();
  expect(volume.rename(0, '/a', '/b')).toBe(0);
  expect(volume.rename(0, '/a', '/a')).toBe(0);
  expect(volume.state()).toEqual(before);
});

describe('a file with several names', () => {
  test.each(['wz', 'wa', 'wm'])(
    'can be renamed from each name to one that belongs to child %s, and back',
    async (newHash) => {
      await start(NAMES);
      const names = NAMES.map((child) => `/${nameAt(child, 'name')}`);
      volume.putFile('wz', names[0]!);
      volume.find(0, names[0]!);
      for (const name of names.slice(1)) expect(volume.link(0, names[0]!, name)).toBe(0);
      const to = `/${nameAt(newHash, 'other')}`;
      for (const name of names) {
        expect(volume.rename(0, name, to)).toBe(0);
        expect(volume.rename(0, to, name)).toBe(0);
      }
      expect(volume.state().sort()).toEqual(
        NAMES.flatMap((child, at) => [
          `wz ${names[at]}`,
          ...(child === 'wz' ? [] : [`${child} ${names[at]} -> wz`]),
        ]).sort(),
      );
      for (const name of names) expect(volume.unlink(0, name)).toBe(0);
      expect(volume.state()).toEqual([]);
    },
  );
});

describe('a hard link', () => {
  test.each(NAMES)(
    'to a name that belongs to child %s has a linkto file only if the file is on another child',
    async (child) => {
      await start(NAMES);
      const [from, to] = [`/${nameAt('wz', 'a')}`, `/${nameAt(child, 'b')}`];
      volume.putFile('wz', from);
      expect(volume.link(0, from, to)).toBe(0);
      const linkto = child === 'wz' ? [] : [`${child} ${to} -> wz`];
      expect(volume.state().sort()).toEqual([`wz ${from}`, `wz ${to}`, ...linkto].sort());
      expect(volume.link(0, from, to)).toBe(EEXIST);
      expect(volume.state()).toHaveLength(2 + linkto.length);
      expect(volume.unlink(0, from)).toBe(0);
      expect(volume.unlink(0, to)).toBe(0);
      expect(volume.state()).toEqual([]);
    },
  );
});

/** Orders by child, then by name. */
const byChild = (a: string, b: string): number =>
  NAMES.indexOf(a.slice(0, 2)) - NAMES.indexOf(b.slice(0, 2)) || (a < b ? -1 : 1);

describe('a directory', () => {
  const everywhere = (path: string): string[] => NAMES.map((child) => `${child} ${path}/`);

  test('is made on all children once, and removed from all children when it is empty', async () => {
    await start(NAMES);
    expect(volume.mkdir(0, '/d')).toBe(0);
    expect(volume.mkdir(0, '/d')).toBe(EEXIST);
    expect(volume.state()).toEqual(everywhere('/d'));
    expect(volume.mkdir(0, '/d/below')).toBe(0);
    expect(volume.rmdir(0, '/d')).toBe(ENOTEMPTY);
    expect(volume.rmdir(0, '/d/below')).toBe(0);
    expect(volume.rmdir(0, '/d')).toBe(0);
    expect(volume.state()).toEqual([]);
  });

  test('is removed by rmdir even if it contains linkto files whose files are gone', async () => {
    await start(NAMES, 1, { 'lookup-optimize': 'off' });
    volume.mkdir(0, '/d');
    const files = NAMES.map((child) => `/d/${child}`);
    for (const [at, file] of files.entries()) volume.putFile(NAMES[at]!, file);
    for (const file of files) volume.find(0, file);
    const linktos = volume.state().filter((line) => line.includes('->'));
    expect(linktos).not.toEqual([]);
    // The client that removes the files is interrupted before it removes linktos.
    volume.decide = ({ fop, args }) => (fop === 'unlink' && args[2] !== null ? EIO : 'pass');
    for (const file of files) volume.unlink(0, file);
    expect(volume.state()).toEqual([...everywhere('/d'), ...linktos].sort(byChild));
    volume.decide = () => 'pass';
    expect(volume.rmdir(0, '/d')).toBe(0);
    expect(volume.state()).toEqual([]);
  });

  test('is renamed on all children, also over an empty directory', async () => {
    await start(NAMES);
    for (const path of ['/d', '/e', '/d/below']) expect(volume.mkdir(0, path)).toBe(0);
    expect(volume.rename(0, '/d', '/new')).toBe(0);
    expect(volume.rename(0, '/new', '/e')).toBe(0);
    expect(volume.state().sort()).toEqual([...everywhere('/e'), ...everywhere('/e/below')].sort());
    const inode = volume.find(0, '/e/below');
    expect(typeof inode === 'number' ? inode : inode.iaType).toBe(IA_IFDIR);
  });

  test('cannot be renamed over a file or a directory with entries, nor a file over it', async () => {
    await start(NAMES);
    for (const path of ['/d', '/e', '/e/below']) expect(volume.mkdir(0, path)).toBe(0);
    volume.putFile('wz', '/f');
    volume.find(0, '/f');
    const before = volume.state();
    expect(volume.rename(0, '/d', '/e')).toBe(ENOTEMPTY);
    expect(volume.rename(0, '/d', '/f')).toBe(ENOTDIR);
    expect(volume.rename(0, '/f', '/d')).toBe(EISDIR);
    expect(volume.state()).toEqual(before);
    // No lock is left: each of them can be renamed.
    expect(volume.rename(0, '/d', '/d2')).toBe(0);
    expect(volume.rename(0, '/e', '/e2')).toBe(0);
    expect(volume.rename(0, '/f', '/f2')).toBe(0);
  });
});

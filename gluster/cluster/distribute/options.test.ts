/** Options at start, and their changes on a running volume. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Iatt } from '../../../runtime/core/iatt.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import { DistributedVolume } from '../../../test/support/distributed-volume.ts';
import type { Distribute } from './distribute.ts';
import { decodePiece, type Piece } from './layout/layout.ts';
import { hashName } from './name-hash.ts';
import type { Settings } from './options.ts';

const THREE = ['wz', 'wa', 'wm'];
const LAYOUT = 'trusted.glusterfs.dht';

let volume: DistributedVolume;
afterEach(() => volume.stop());
const start = async (options: Readonly<Record<string, string>> = {}): Promise<void> => {
  volume = await DistributedVolume.start(THREE, options);
};
function change(settings: Partial<Settings>): void {
  const priv = volume.graph.top.priv as Distribute;
  priv.configure({ ...priv.settings, ...settings });
}
function setUp(name: string, isUp: boolean): void {
  const xl = volume.graph.xlators.find((each) => each.name === name)!;
  xl.up = isUp;
  volume.graph.top.notify(isUp ? 'CHILD_UP' : 'CHILD_DOWN', xl);
}
const pieces = (path: string, key = LAYOUT): Piece[] =>
  THREE.map((child) => decodePiece(volume.readChild(child, path)!.xattrs.bytes(key))!);
const withRange = (path: string): string[] =>
  THREE.filter((_, at) => pieces(path)[at]!.start !== pieces(path)[at]!.stop);

test('the option assert-no-child-down makes the volume down while any child is down', async () => {
  await start({ 'assert-no-child-down': 'on' });
  expect(volume.graph.isUp).toBe(true);
  setUp('wm', false);
  expect(volume.graph.isUp).toBe(false);
  setUp('wm', true);
  expect(volume.graph.isUp).toBe(true);
});

test('the option readdir-optimize makes a listing read directories only from the first child that is up', async () => {
  await start({ 'readdir-optimize': 'on' });
  const names = [...Array(12).keys()].map((n) => `d${n}`);
  for (const name of names) volume.mkdir(`/${name}`);
  for (let n = 0; n < 12; n++) volume.create(`/f${n}`);
  const files = [...Array(12).keys()].map((n) => `f${n}`);
  expect(volume.list('/').sort()).toEqual([...names, ...files].sort());
  // The other children's directories are not listed.
  const loc = new Loc(volume.findInode('/d0'), volume.root, 'd0');
  expect(volume.askChild('wz', 'rmdir', loc, 0, null).opRet).toBe(0);
  expect(volume.list('/')).not.toContain('d0');
});

test('the option xattr-name sets the prefix of the xattrs that distribute stores', async () => {
  await start({ 'xattr-name': 'trusted.other' });
  volume.mkdir('/d');
  const all = volume.readChild('wz', '/d')!.xattrs;
  expect([...all.keys()].filter((name) => name.startsWith(LAYOUT))).toEqual([]);
  expect(pieces('/d', 'trusted.other').every(({ start, stop }) => stop > start)).toBe(true);
  const marked = THREE.filter((child) =>
    volume.readChild(child, '/d')!.xattrs.has('trusted.other.mds'),
  );
  expect(marked).toHaveLength(1);
});

test("the option randomize-hash-range-by-gfid lets a directory's gfid select the child of the first range", async () => {
  await start({ 'randomize-hash-range-by-gfid': 'on' });
  const order = [...THREE].sort();
  for (let n = 0; n < 12; n++) {
    const reply = volume.mkdir(`/d${n}`);
    const { iaGfid } = reply.values[1] as Iatt;
    const first = order[hashName(iaGfid) % 3]!;
    expect(pieces(`/d${n}`)[THREE.indexOf(first)]!.start).toBe(0);
  }
});

describe('a changed option of a running volume', () => {
  test('directory-layout-spread limits the ranges of new directories', async () => {
    await start();
    volume.mkdir('/all');
    change({ 'directory-layout-spread': 1 });
    volume.mkdir('/one');
    change({ 'directory-layout-spread': 2 });
    volume.mkdir('/two');
    expect(['/all', '/one', '/two'].map((path) => withRange(path).length)).toEqual([3, 1, 2]);
  });

  test('decommissioned-bricks keeps new files off a child, whose files remain readable', async () => {
    await start();
    volume.mkdir('/before');
    for (let n = 0; n < 20; n++) volume.create(`/before/f${n}`, `${n}`);
    change({ 'decommissioned-bricks': 'wm' });
    volume.mkdir('/after');
    expect(withRange('/after')).toEqual(['wz', 'wa']);
    for (let n = 0; n < 20; n++) {
      expect(volume.read(`/before/f${n}`)).toBe(`${n}`);
      volume.create(`/after/f${n}`);
    }
    expect([...Array(20).keys()].filter((n) => volume.readChild('wm', `/after/f${n}`))).toEqual([]);
    change({ 'decommissioned-bricks': undefined });
    volume.mkdir('/again');
    expect(withRange('/again')).toEqual(THREE);
  });

  test('with an invalid value is refused, and no option changes', async () => {
    await start({ 'decommissioned-bricks': 'wm' });
    expect(() => change({ 'decommissioned-bricks': 'wx', 'extra-hash-regex': '^x(.*)$' })).toThrow(
      'wx',
    );
    expect(() => change({ 'extra-hash-regex': '(' })).toThrow('extra-hash-regex');
    volume.mkdir('/d');
    expect(withRange('/d')).toEqual(['wz', 'wa']);
    expect((volume.graph.top.priv as Distribute).nameHash.selectPart('xabc')).toBe('xabc');
  });

  test('extra-hash-regex changes the child of matching names', async () => {
    await start();
    const { root } = volume;
    const placeOf = (name: string): unknown => {
      const key = `dht.file.hashed-subvol.${name}`;
      const reply = volume.ask('getxattr', new Loc(root), key, null);
      return (reply.values[0] as { get(name: string): unknown }).get(key);
    };
    const names = [...Array(20).keys()].map((n) => `tmp-n${n}`);
    const before = names.map(placeOf);
    change({ 'extra-hash-regex': '^tmp-(.+)$' });
    const final = names.map((name) => placeOf(name.slice(4)));
    expect(names.map(placeOf)).toEqual(final);
    expect(before).not.toEqual(final);
  });
});

import { afterEach, expect, test } from 'vitest';
import { Dict } from '../../../../runtime/core/dict.ts';
import { EINVAL, ENOTCONN } from '../../../../runtime/core/errno.ts';
import { Loc } from '../../../../runtime/core/operands.ts';
import { DistributedVolume } from '../../../../test/support/distributed-volume.ts';
import type { Distribute } from '../distribute.ts';
import { COMMIT_HASH, FIX_LAYOUT } from '../fops/commands.ts';
import { countAnomalies, decodePiece, encodePiece } from '../layout/layout.ts';

const LAYOUT = 'trusted.glusterfs.dht';
const THREE = ['wz', 'wa', 'wm'];
const NAMES = [...Array(60).keys()].map((n) => `n${n}`);

let volume: DistributedVolume;
afterEach(() => volume?.stop());

const priv = (): Distribute =>
  volume.graph.xlators.find(({ name }) => name === 'dht')!.priv as Distribute;
const tell = (key: string, value: string): number => {
  const dict = new Dict().set(key, value);
  const { opRet, opErrno } = volume.ask('setxattr', new Loc(volume.root), dict, 0, null);
  return opRet < 0 ? opErrno : 0;
};
const layout = () =>
  THREE.map((child) => {
    const { xattrs } = volume.readChild(child, '/')!;
    return decodePiece(xattrs.bytes(LAYOUT))!;
  });

/** Files of a volume with two children that then gets a third. */
async function grown(): Promise<void> {
  volume = await DistributedVolume.start(THREE, { 'decommissioned-bricks': 'wm' });
  for (const name of NAMES) volume.create(`/${name}`, name);
  const distribute = priv();
  distribute.configure({ ...distribute.settings, 'decommissioned-bricks': undefined });
}

test('fix-layout gives a new child a range, and every file is still found', async () => {
  await grown();
  const before = layout();
  expect(before[2]).toMatchObject({ start: 0, stop: 0 });
  expect(tell(FIX_LAYOUT, 'yes')).toBe(0);
  const after = layout();
  expect(countAnomalies(after)).toMatchObject({ holes: 0, overlaps: 0 });
  expect(after.map(({ start, stop }) => stop - start > 0x5555_0000)).toEqual([true, true, true]);
  // Each child keeps its end of the ring.
  expect([after[0]!.start, after[1]!.start].sort()).toContain(
    Math.min(before[0]!.start, before[1]!.start),
  );
  expect(NAMES.map((name) => volume.read(`/${name}`))).toEqual(NAMES);
  expect(volume.list('/').sort()).toEqual([...NAMES].sort());
  expect(volume.create('/new', 'new').opRet).toBe(0);
  expect(volume.read('/new')).toBe('new');
});

test('a second fix-layout changes nothing', async () => {
  await grown();
  tell(FIX_LAYOUT, 'yes');
  const once = layout();
  expect(tell(FIX_LAYOUT, 'yes')).toBe(0);
  expect(layout()).toEqual(once);
});

test('fix-layout keeps a layout that was set by hand', async () => {
  await grown();
  const byHand = layout().map((piece) => ({ ...piece, type: 1 }));
  THREE.forEach((child, at) => {
    const dict = new Dict().set(LAYOUT, encodePiece(byHand[at]!));
    volume.askChild(child, 'setxattr', new Loc(volume.root), dict, 0, null);
  });
  expect(tell(FIX_LAYOUT, 'yes')).toBe(0);
  expect(layout()).toEqual(byHand);
});

test('fix-layout fails with ENOTCONN while a child is down, and changes nothing', async () => {
  await grown();
  const before = layout();
  const child = volume.graph.xlators.find(({ name }) => name === 'wa')!;
  child.up = false;
  volume.graph.top.notify('CHILD_DOWN', child);
  expect(tell(FIX_LAYOUT, 'yes')).toBe(ENOTCONN);
  child.up = true;
  volume.graph.top.notify('CHILD_UP', child);
  expect(layout()).toEqual(before);
});

test('commit-hash is stored as text at the root of every child, and invalid values fail', async () => {
  await grown();
  expect(tell(COMMIT_HASH, '1476843802')).toBe(0);
  const text = Buffer.from('1476843802\0').toString('hex');
  expect(volume.readXattr('/', `${LAYOUT}.commithash`)).toEqual({ wz: text, wa: text, wm: text });
  expect(priv().commitHash).toBe(1_476_843_802);
  for (const wrong of ['0', '-1', 'x', '4294967296', '']) {
    expect([wrong, tell(COMMIT_HASH, wrong)]).toEqual([wrong, EINVAL]);
  }
});

/** Xattrs of directories that were changed while a child was away. */
import { afterEach, expect, test } from 'vitest';
import { Dict } from '../../../../runtime/core/dict.ts';
import { ENOTCONN } from '../../../../runtime/core/errno.ts';
import { SET_ATTR } from '../../../../runtime/core/fops.ts';
import { fail, tail } from '../../../../runtime/core/gen/fops.gen.ts';
import { Iatt } from '../../../../runtime/core/iatt.ts';
import { makeTranslator } from '../../../../test/support/core.ts';
import { DistributedVolume } from '../../../../test/support/distributed-volume.ts';

const THREE = ['wz', 'wa', 'wm'];
const MDS = 'trusted.glusterfs.dht.mds';

let volume: DistributedVolume;
/** The child that does not reply to changes. */
let away = '';
afterEach(async () => {
  away = '';
  await volume.stop();
});

const start = async (): Promise<DistributedVolume> => {
  const between = (name: string) => ({
    translator: makeTranslator('away', {
      lookup(frame, xl, ...args) {
        if (away === name) fail.lookup(frame, ENOTCONN);
        else tail.lookup(frame, xl.children[0]!, ...args);
      },
      setattr(frame, xl, ...args) {
        if (away === name) fail.setattr(frame, ENOTCONN);
        else tail.setattr(frame, xl.children[0]!, ...args);
      },
      setxattr(frame, xl, ...args) {
        if (away === name) fail.setxattr(frame, ENOTCONN);
        else tail.setxattr(frame, xl.children[0]!, ...args);
      },
      removexattr(frame, xl, ...args) {
        if (away === name) fail.removexattr(frame, ENOTCONN);
        else tail.removexattr(frame, xl.children[0]!, ...args);
      },
      xattrop(frame, xl, ...args) {
        if (away === name) fail.xattrop(frame, ENOTCONN);
        else tail.xattrop(frame, xl.children[0]!, ...args);
      },
    }),
  });
  volume = await DistributedVolume.start(THREE, {}, between);
  volume.mkdir('/d');
  return volume;
};

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const hex = (value: string): string => Buffer.from(value).toString('hex');
const set = (name: string, value: string): number => {
  const dict = new Dict().set(name, text(value));
  const { opRet, opErrno } = volume.ask('setxattr', volume.findLoc('/d'), dict, 0, null);
  return opRet < 0 ? opErrno : 0;
};
const remove = (name: string): number =>
  volume.ask('removexattr', volume.findLoc('/d'), name, null).opRet;

/** The child whose attributes count, and its counter. */
function mds(): readonly [string, string] {
  const [found] = Object.entries(volume.readXattr('/d', MDS)).filter(
    ([, value]) => value !== undefined,
  );
  return [found![0], found![1]!];
}
const others = (): string[] => THREE.filter((name) => name !== mds()[0]);

test('a change that a child missed is counted in the MDS, and repeated on that child by a lookup', async () => {
  await start();
  expect(mds()[1]).toBe('00000000');
  away = others()[0]!;
  expect(set('user.a', '1')).toBe(0);
  expect(mds()[1]).toBe('ffffffff');
  expect(set('user.a', '2')).toBe(0);
  expect(mds()[1]).toBe('fffffffe');
  away = '';
  volume.lookup('/d');
  const value = hex('2');
  expect(volume.readXattr('/d', 'user.a')).toEqual({ wz: value, wa: value, wm: value });
  expect(mds()[1]).toBe('00000000');
});

test('a lookup repeats the removal of an xattr that a child missed', async () => {
  await start();
  expect(set('user.a', '1')).toBe(0);
  away = others()[1]!;
  expect(remove('user.a')).toBe(0);
  away = '';
  expect(Object.values(volume.readXattr('/d', 'user.a')).filter(Boolean)).toHaveLength(1);
  volume.lookup('/d');
  expect(Object.values(volume.readXattr('/d', 'user.a')).filter(Boolean)).toEqual([]);
});

test('a change fails with ENOTCONN while the MDS is down, and no child is changed', async () => {
  await start();
  const [own] = mds();
  away = own;
  expect(set('user.a', '1')).toBe(ENOTCONN);
  away = '';
  expect(Object.values(volume.readXattr('/d', 'user.a')).filter(Boolean)).toEqual([]);
  expect(mds()).toEqual([own, '00000000']);
});

test('a change fails with ENOTCONN if the directory was first looked up while the MDS was down', async () => {
  await start();
  const [own] = mds();
  const mode = Object.assign(new Iatt(), { iaProt: 0o700 });
  const chmod = (): number =>
    volume.ask('setattr', volume.findLoc('/d'), mode, SET_ATTR.MODE, null).opErrno;
  away = own;
  expect(volume.lookup('/d').opRet).toBe(0);
  expect(set('user.a', '1')).toBe(ENOTCONN);
  expect(chmod()).toBe(ENOTCONN);
  away = '';
  expect(Object.values(volume.readXattr('/d', 'user.a')).filter(Boolean)).toEqual([]);
  // Once the MDS is back, the client finds it without another lookup.
  away = others()[0]!;
  expect(set('user.a', '1')).toBe(0);
  expect(mds()).toEqual([own, 'ffffffff']);
  expect(chmod()).toBe(0);
  away = '';
  volume.lookup('/d');
  const value = hex('1');
  expect(volume.readXattr('/d', 'user.a')).toEqual({ wz: value, wa: value, wm: value });
  for (const child of THREE) expect(volume.readChild(child, '/d')!.buf.iaProt).toBe(0o700);
});

test("a lookup repeats changes that GlusterFS's client counted as missed, including quota limits", async () => {
  await start();
  const [own] = mds();
  const LIMIT = 'trusted.glusterfs.quota.limit-set';
  const left = new Dict().set('user.a', text('1')).set(LIMIT, text('16 bytes of limit'));
  left.set(MDS, Uint8Array.of(0xff, 0xff, 0xff, 0xff));
  expect(volume.askChild(own, 'setxattr', volume.findLoc('/d'), left, 0, null).opRet).toBe(0);
  volume.lookup('/d');
  const [value, limit] = [hex('1'), hex('16 bytes of limit')];
  expect(volume.readXattr('/d', 'user.a')).toEqual({ wz: value, wa: value, wm: value });
  expect(volume.readXattr('/d', LIMIT)).toEqual({ wz: limit, wa: limit, wm: limit });
  expect(mds()).toEqual([own, '00000000']);
});

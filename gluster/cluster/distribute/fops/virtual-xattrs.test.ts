/** Virtual xattrs, and internal ones that clients may not change. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Dict } from '../../../../runtime/core/dict.ts';
import { ENODATA, EOPNOTSUPP, EPERM } from '../../../../runtime/core/errno.ts';
import { tail, unwind } from '../../../../runtime/core/gen/fops.gen.ts';
import { Fd } from '../../../../runtime/core/operands.ts';
import { makeTranslator } from '../../../../test/support/core.ts';
import {
  DistributedVolume,
  type FopReply,
  placeInRoot,
} from '../../../../test/support/distributed-volume.ts';

const THREE = ['wz', 'wa', 'wm'];
const LAYOUT = 'trusted.glusterfs.dht';

let volume: DistributedVolume;
/** By child: names that it finds regardless of case; undefined if it cannot search. */
let realNames: Record<string, readonly string[] | undefined>;

beforeEach(async () => {
  realNames = { wz: [], wa: [], wm: [] };
  volume = await DistributedVolume.start(THREE, {}, (name) => ({ translator: answering(name) }));
  volume.mkdir('/d');
});
afterEach(() => volume.stop());

/** Serves the xattrs that bricks serve. */
const answering = (child: string) =>
  makeTranslator('answering', {
    getxattr(frame, xl, loc, name, xdata) {
      const say = (value: string): void =>
        unwind.getxattr(frame, 0, 0, new Dict().set(name!, value), null);
      if (name?.endsWith('glusterfs.pathinfo')) return say(`<POSIX(/${child}):host:/${child}/x>`);
      if (name === 'trusted.glusterfs.node-uuid') return say(`node-${child}`);
      const sought = /^glusterfs.get_real_filename:(.*)/.exec(name ?? '')?.[1];
      if (sought === undefined) return tail.getxattr(frame, xl.children[0]!, loc, name, xdata);
      const known = realNames[child];
      const match = known?.find((each) => each.toLowerCase() === sought.toLowerCase());
      if (match !== undefined) return say(match);
      unwind.getxattr(frame, -1, known === undefined ? EOPNOTSUPP : ENODATA, null, null);
    },
  });

const errnoOf = ({ opRet, opErrno }: FopReply): number => (opRet < 0 ? opErrno : 0);
const get = (path: string, name: string): string | number => {
  const reply = volume.ask('getxattr', volume.findLoc(path), name, null);
  return reply.opRet < 0 ? reply.opErrno : String((reply.values[0] as Dict).get(name));
};
const set = (path: string, name: string, value = 'yes'): number => {
  const dict = new Dict().set(name, new TextEncoder().encode(value));
  return errnoOf(volume.ask('setxattr', volume.findLoc(path), dict, 0, null));
};

test.each(['glusterfs.pathinfo', 'trusted.glusterfs.pathinfo'])(
  'getxattr %s returns the brick of a file, and the bricks and ranges of a directory',
  (name) => {
    volume.create('/f', 'x');
    const child = placeInRoot('f');
    expect(get('/f', name)).toBe(`(<DISTRIBUTE:dht> <POSIX(/${child}):host:/${child}/x>)`);
    const places = THREE.map((child) => `<POSIX(/${child}):host:/${child}/x>`).join(' ');
    expect(get('/', name)).toBe(
      `((<DISTRIBUTE:dht> ${places}) (dht-layout (wm 0 1431655764) (wz 1431655765 2863311529) ` +
        '(wa 2863311530 4294967295)))',
    );
  },
);

test('the xattr node-uuid of a directory lists the nodes of all children', () => {
  volume.create('/f', 'x');
  expect(get('/d', 'trusted.glusterfs.node-uuid')).toBe('node-wz node-wa node-wm');
  expect(get('/f', 'trusted.glusterfs.node-uuid')).toBe(`node-${placeInRoot('f')}`);
});

test('a get_real_filename request goes to all children, and fails if one of them does not support it', () => {
  const name = 'glusterfs.get_real_filename:readme';
  expect(get('/d', name)).toBe(ENODATA);
  realNames.wm = ['ReadMe'];
  expect(get('/d', name)).toBe('ReadMe');
  realNames.wa = undefined;
  expect(get('/d', name)).toBe(EOPNOTSUPP);
});

test.each([LAYOUT, `${LAYOUT}.linkto`, `${LAYOUT}.mds`, `${LAYOUT}.commithash`])(
  'setxattr and removexattr of %s fail with EPERM',
  (name) => {
    volume.create('/f', 'x');
    const fd = new Fd(volume.findInode('/f'), 2, 1);
    const dict = new Dict().set(name, new Uint8Array(16));
    for (const path of ['/', '/d', '/f']) {
      expect([path, set(path, name)]).toEqual([path, EPERM]);
      const removed = volume.ask('removexattr', volume.findLoc(path), name, null);
      expect([path, errnoOf(removed)]).toEqual([path, EPERM]);
    }
    expect(errnoOf(volume.ask('fsetxattr', fd, dict, 0, null))).toBe(EPERM);
    expect(errnoOf(volume.ask('fremovexattr', fd, name, null))).toBe(EPERM);
    fd.release();
    expect(Object.values(volume.readXattr('/f', name)).filter(Boolean)).toEqual([]);
  },
);

test('setxattr of a virtual xattr that is not supported fails with EOPNOTSUPP, and stores nothing', () => {
  volume.create('/f', 'x');
  const names = ['trusted.distribute.migrate-data', 'glusterfs.dht.nuke', 'decommission-brick'];
  for (const name of names) {
    for (const path of ['/', '/d', '/f'])
      expect([path, set(path, name)]).toEqual([path, EOPNOTSUPP]);
    expect(Object.values(volume.readXattr('/f', name)).filter(Boolean)).toEqual([]);
  }
  expect(set('/f', 'distribute.fix.layout')).toBe(EOPNOTSUPP);
  // An application's xattr of a similar name is stored.
  expect(set('/f', 'user.distribute.fix.layout')).toBe(0);
});

test('the xattr directory-spread-count limits how many children have a range of the directory', () => {
  const ranges = (): string[] =>
    Object.values(volume.readXattr('/d', LAYOUT)).map((piece) => piece!.slice(16));
  const none = '0'.repeat(16);
  expect(ranges().filter((range) => range === none)).toEqual([]);
  for (const count of ['0', '4', '-1', 'two', '']) {
    expect(set('/d', 'distribute.directory-spread-count', count)).toBe(EOPNOTSUPP);
  }
  expect(ranges().filter((range) => range === none)).toEqual([]);
  expect(set('/d', 'distribute.directory-spread-count', '2')).toBe(0);
  expect(ranges().filter((range) => range === none)).toHaveLength(1);
  for (let n = 0; n < 20; n++) expect(volume.create(`/d/n${n}`).opRet).toBe(0);
  expect(volume.list('/d')).toHaveLength(20);
});

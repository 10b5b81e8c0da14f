import { afterEach, describe, expect, test } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { EIO, ENOENT, ENOTCONN, EOPNOTSUPP } from '../../../runtime/core/errno.ts';
import { fail, tail } from '../../../runtime/core/gen/fops.gen.ts';
import { type Dirent, IA_IFREG, type Iatt, type Statvfs } from '../../../runtime/core/iatt.ts';
import { Fd, Loc } from '../../../runtime/core/operands.ts';
import { makeTranslator } from '../../../test/support/core.ts';
import {
  DistributedVolume,
  type FopReply,
  placeInRoot,
} from '../../../test/support/distributed-volume.ts';
import { encodePiece, makeEmptyPiece } from './layout/layout.ts';

const LAYOUT = 'trusted.glusterfs.dht';
const LINKTO = `${LAYOUT}.linkto`;
const THREE = ['wz', 'wa', 'wm'];

let volume: DistributedVolume;
const start = async (
  ...args: Parameters<typeof DistributedVolume.start>
): Promise<DistributedVolume> => {
  volume = await DistributedVolume.start(...args);
  return volume;
};
afterEach(() => volume?.stop());

const placesOf = (path: string): string[] =>
  THREE.filter((child) => volume.readChild(child, path) !== null);
const typeErrno = ({ opRet, opErrno }: { opRet: number; opErrno: number }): number =>
  opRet < 0 ? opErrno : 0;

/** Takes a child down or up. */
function setUp(name: string, isUp: boolean): void {
  const xl = volume.graph.xlators.find((each) => each.name === name)!;
  xl.up = isUp;
  volume.graph.top.notify(isUp ? 'CHILD_UP' : 'CHILD_DOWN', xl);
}

test('the root of a new volume gets a layout with three equal ranges', async () => {
  await start(THREE);
  expect(volume.readXattr('/', LAYOUT)).toEqual({
    wm: '00000001000000000000000055555554',
    wz: '000000010000000055555555aaaaaaa9',
    wa: '0000000100000000aaaaaaaaffffffff',
  });
});

test('a file is created on the child that the hash of its name selects', async () => {
  await start(THREE);
  const names = [...Array(30).keys()].map((n) => `n${n}`).concat('é', '.foo.txt.Ab12');
  for (const name of names) {
    expect(volume.create(`/${name}`, name).opRet).toBe(0);
    const place = name.startsWith('.') ? placeInRoot('foo.txt') : placeInRoot(name);
    expect(placesOf(`/${name}`)).toEqual([place]);
    expect(volume.read(`/${name}`)).toBe(name);
    const dict = volume.ask(
      'getxattr',
      new Loc(volume.root),
      `dht.file.hashed-subvol.${name}`,
      null,
    ).values[0] as Dict;
    expect(dict.get(`dht.file.hashed-subvol.${name}`)).toBe(place);
  }
  expect(volume.list('/').sort()).toEqual(names.sort());
});

describe('a file on another child than its hash selects', () => {
  /** Makes a file on a child to which its name does not belong. */
  async function misplace(options: Readonly<Record<string, string>> = {}): Promise<string> {
    await start(THREE, options);
    const { inodes } = volume.graph;
    const name = 'n1';
    const other = THREE.find((child) => child !== placeInRoot(name))!;
    const loc = new Loc(inodes.newInode(), volume.root, name);
    volume.askChild(other, 'mknod', loc, 0o100640, 0, 0, volume.gfidRequest());
    return other;
  }

  test('is found by a lookup, which makes a linkto file', async () => {
    const other = await misplace();
    expect(volume.lookup('/n1').opRet).toBe(0);
    const linkto = volume.readChild(placeInRoot('n1'), '/n1')!;
    expect(linkto.buf.iaProt).toBe(0o1000);
    expect(Buffer.from(linkto.xattrs.bytes(LINKTO)!).toString()).toBe(`${other}\0`);
    expect(volume.list('/')).toEqual(['n1']);
    const again = volume.lookup('/n1').values[1] as Iatt;
    expect(again.iaProt).toBe(0o640);
  });

  test('is removed together with its linkto', async () => {
    await misplace();
    volume.lookup('/n1');
    expect(typeErrno(volume.ask('unlink', volume.findLoc('/n1'), 0, null))).toBe(0);
    expect(placesOf('/n1')).toEqual([]);
  });

  test('is not found with lookup-unhashed and lookup-optimize off', async () => {
    await misplace({ 'lookup-optimize': 'off', 'lookup-unhashed': 'off' });
    expect(volume.lookup('/n1').opErrno).toBe(ENOENT);
  });

  test('cannot be looked up if another child has a directory of that name, and fails with EIO', async () => {
    const other = await misplace();
    const loc = new Loc(volume.graph.inodes.newInode(), volume.root, 'n1');
    const third = THREE.find((child) => child !== other && child !== placeInRoot('n1'))!;
    volume.askChild(third, 'mkdir', loc, 0o755, 0, volume.gfidRequest());
    expect(volume.lookup('/n1').opErrno).toBe(EIO);
  });
});

test('a linkto file whose file is gone is removed by a lookup', async () => {
  await start(THREE);
  const hashed = placeInRoot('n1');
  const loc = new Loc(volume.graph.inodes.newInode(), volume.root, 'n1');
  const value = new TextEncoder().encode('wa\0');
  const xdata = volume.gfidRequest().set(LINKTO, value);
  volume.askChild(hashed, 'mknod', loc, 0o101000, 0, 0, xdata);
  expect(volume.readChild(hashed, '/n1')!.xattrs.bytes(LINKTO)).toEqual(value);
  expect(volume.lookup('/n1').opErrno).toBe(ENOENT);
  expect(placesOf('/n1')).toEqual([]);
});

test('a linkto file that names an unknown subvolume is logged once', async () => {
  await start(THREE);
  const loc = new Loc(volume.graph.inodes.newInode(), volume.root, 'n1');
  const xdata = volume.gfidRequest().set(LINKTO, new TextEncoder().encode('old\0'));
  volume.askChild(placeInRoot('n1'), 'mknod', loc, 0o101000, 0, 0, xdata);
  for (let n = 0; n < 2; n++) volume.lookup('/n1');
  expect(volume.log.match(/\/n1 names 'old', which is not a subvolume/g)).toHaveLength(1);
});

test('a subvolume without locks is logged once, and creating a file fails with EIO', async () => {
  const refusing = makeTranslator('refusing', {
    inodelk: (frame) => fail.inodelk(frame, EOPNOTSUPP),
  });
  await start(THREE, {}, () => ({ translator: refusing }));
  expect(volume.create('/f', '').opErrno).toBe(EIO);
  volume.ask('lookup', new Loc(volume.root), null);
  const warning = /subvolume '(\w+)' has no locks: inodelk fails with EOPNOTSUPP.*features\/locks/g;
  expect([...volume.log.matchAll(warning)].map(([, name]) => name)).toEqual(['wa']);
});

test("a subvolume without a range in the root's layout is logged once, and the layout does not change", async () => {
  await start(['wz', 'wa', 'new']);
  const none = Dict.of({ [LAYOUT]: encodePiece(makeEmptyPiece(0)) });
  const half = (start: number, stop: number): Dict =>
    Dict.of({ [LAYOUT]: encodePiece({ ...makeEmptyPiece(0), start, stop }) });
  volume.askChild('new', 'setxattr', new Loc(volume.root), none, 0, null);
  volume.askChild('wz', 'setxattr', new Loc(volume.root), half(0, 0x7fffffff), 0, null);
  volume.askChild('wa', 'setxattr', new Loc(volume.root), half(0x80000000, 0xffffffff), 0, null);
  for (let n = 0; n < 2; n++) volume.ask('lookup', new Loc(volume.root), null);
  expect(volume.log.match(/subvolume 'new' has no range in the root/g)).toHaveLength(1);
  expect(volume.readXattr('/', LAYOUT)).toMatchObject({
    new: '0'.repeat(32),
    wz: `${'0'.repeat(24)}7fffffff`,
  });
});

test('a directory that is missing on one child is made there with its mode, xattrs and layout', async () => {
  await start(THREE);
  const { inodes } = volume.graph;
  const xdata = volume.gfidRequest();
  for (const child of ['wz', 'wa']) {
    const loc = new Loc(inodes.newInode(), volume.root, 'd');
    volume.askChild(child, 'mkdir', loc, 0o751, 0, xdata);
    const attributes = Dict.of({ 'user.k': new Uint8Array([1]) });
    volume.askChild(
      child,
      'setxattr',
      new Loc(loc.inode, null, null, xdata.get('gfid-req') as string),
      attributes,
      0,
      null,
    );
  }
  expect(volume.lookup('/d').opRet).toBe(0);
  const wm = volume.readChild('wm', '/d')!;
  expect(wm.buf.iaProt).toBe(0o751);
  expect(wm.xattrs.bytes('user.k')).toEqual(new Uint8Array([1]));
  expect(
    Object.values(volume.readXattr('/d', LAYOUT)).filter((piece) => piece?.startsWith('00000001')),
  ).toHaveLength(3);
  const mds = Object.entries(volume.readXattr('/d', `${LAYOUT}.mds`)).filter(
    ([, value]) => value !== undefined,
  );
  expect(mds).toEqual([[placeInRoot('d'), '00000000']]);
  expect(volume.list('/')).toEqual(['d']);
});

test("a directory's layout that lacks a range is rebuilt by a lookup", async () => {
  await start(THREE);
  volume.askChild('wa', 'removexattr', new Loc(volume.root), LAYOUT, null);
  expect(volume.ask('lookup', new Loc(volume.root), null).opRet).toBe(0);
  expect(volume.readXattr('/', LAYOUT).wa).toBe('0000000100000000aaaaaaaaffffffff');
});

test('setattr on a directory changes all children, and stat returns one merged result', async () => {
  await start(THREE);
  const stbuf = Object.assign((volume.lookup('/').values[1] as Iatt).copy(), { iaProt: 0o700 });
  expect(volume.ask('setattr', new Loc(volume.root), stbuf, 1, null).opRet).toBe(0);
  expect(THREE.map((child) => volume.readChild(child, '/')!.buf.iaProt)).toEqual([
    0o700, 0o700, 0o700,
  ]);
  const buf = volume.ask('stat', new Loc(volume.root), null).values[0] as Iatt;
  expect([buf.iaProt, buf.iaSize, buf.iaBlocks]).toEqual([0o700, 4096, 8]);
});

test('a change of a directory returns the same attributes as a stat after it', async () => {
  await start(THREE);
  volume.mkdir('/d');
  volume.mkdir('/d/below');
  const dir = volume.findInode('/d');
  const shown = (buf: Iatt): readonly unknown[] => [
    [buf.iaMtime, buf.iaMtimeNsec, buf.iaCtime, buf.iaCtimeNsec, buf.iaAtime, buf.iaAtimeNsec],
    [buf.iaProt, buf.iaSize, buf.iaBlocks, buf.iaNlink, buf.iaIno],
  ];
  /** A change may return no attributes; then the caller asks for them. */
  const expectSame = (change: () => FopReply, at: number, mayBeUnknown = false): void => {
    volume.context.advance(1000);
    const { opRet, values } = change();
    expect(opRet).toBe(0);
    const actual = values[at] as Iatt | null;
    const now = volume.ask('stat', new Loc(dir), null).values[0] as Iatt;
    if (actual !== null || !mayBeUnknown) expect(shown(actual!)).toEqual(shown(now));
  };
  const stbuf = Object.assign((volume.lookup('/d').values[1] as Iatt).copy(), { iaProt: 0o700 });
  const fd = new Fd(dir, 0, 1, true);
  volume.ask('opendir', new Loc(dir), fd, null);

  expectSame(() => volume.ask('setattr', new Loc(dir), stbuf, 1, null), 1);
  expectSame(() => volume.ask('fsetattr', fd, stbuf, 1, null), 1);
  for (let at = 0; at < 9; at += 1) {
    // A change on one child, or on several: the name's and the linkto's.
    const to = (name: string): Loc => new Loc(volume.findInode(`/d/a${at}`), dir, name);
    const symlink = new Loc(volume.graph.inodes.newInode(), dir, `s${at}`);
    expectSame(() => volume.create(`/d/a${at}`), 4);
    expectSame(() => volume.ask('symlink', 'x', symlink, 0, volume.gfidRequest()), 3);
    expectSame(() => volume.ask('link', volume.findLoc(`/d/a${at}`), to(`b${at}`), null), 3, true);
    expectSame(
      () => volume.ask('rename', volume.findLoc(`/d/a${at}`), to(`c${at}`), null),
      2,
      true,
    );
    volume.lookup(`/d/c${at}`);
    expectSame(() => volume.ask('unlink', volume.findLoc(`/d/c${at}`), 0, null), 1, true);
    expectSame(() => volume.mkdir(`/d/d${at}`), 3);
    expectSame(() => volume.ask('rmdir', volume.findLoc(`/d/d${at}`), 0, null), 1);
  }
  fd.release();
});

test('a rename that involves several children replies without attributes that its last steps change', async () => {
  await start(THREE);
  const unknown = [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((at) => {
    volume.create(`/a${at}`);
    const loc = volume.findLoc(`/a${at}`);
    const buf = volume.ask('rename', loc, new Loc(null, volume.root, `b${at}`), null)
      .values[0] as Iatt;
    expect([buf.iaGfid, buf.iaType]).toEqual([loc.inode!.gfid, IA_IFREG]);
    return !buf.known;
  });
  const moved = [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((at) => placesOf(`/b${at}`).length > 1);
  expect(moved.length).toBeGreaterThan(0);
  expect(unknown).toEqual(moved);
});

test("statfs of a distributed volume returns the sum of all children's space", async () => {
  await start(THREE);
  const of = (reply: { values: readonly unknown[] }): Statvfs => reply.values[0] as Statvfs;
  const all = of(volume.ask('statfs', new Loc(volume.root), null));
  const one = of(volume.askChild('wa', 'statfs', new Loc(volume.root), null));
  expect(all.blocks).toBe(3 * one.blocks);
});

test("a listing from any entry's offset returns exactly the entries after it", async () => {
  await start(THREE);
  const names = [...Array(60).keys()].map((n) => `n${n}`);
  for (const name of names) volume.create(`/${name}`);
  expect(volume.list('/', 400).sort()).toEqual(names.sort());

  const fd = new Fd(volume.root, 0, 1, true);
  volume.ask('opendir', new Loc(volume.root), fd, null);
  const from = (offset: number): Dirent[] => {
    const reply = volume.ask('readdirp', fd, 400, offset, null);
    const entries = (reply.values[0] ?? []) as Dirent[];
    return entries.length === 0 ? [] : [...entries, ...from(entries.at(-1)!.off)];
  };
  const all = from(0);
  all.forEach(({ off }, at) => {
    expect(from(off).map(({ name }) => name)).toEqual(all.slice(at + 1).map(({ name }) => name));
  });
  fd.release();
});

describe('a distributed volume with a child that is down', () => {
  const name = [...Array(99).keys()]
    .map((n) => `s${n}`)
    .find((each) => placeInRoot(each) === 'wm')!;

  test('fails with ENOTCONN to create a file on that child, and still answers statfs', async () => {
    await start(THREE, {}, () => undefined);
    setUp('wm', false);
    expect(volume.create(`/${name}`).opErrno).toBe(ENOTCONN);
    expect(volume.mkdir(`/${name}`).opErrno).toBe(ENOTCONN);
    const reply = volume.ask('statfs', new Loc(volume.root), null);
    expect(reply.opRet).toBe(0);
  });

  test("keeps the child's range in the layout of a directory that is looked up meanwhile", async () => {
    let isAway = false;
    await start(THREE, {}, (child) => ({
      translator: makeTranslator('away', {
        lookup(frame, xl, ...args) {
          if (isAway && child === 'wm') fail.lookup(frame, ENOTCONN);
          else tail.lookup(frame, xl.children[0]!, ...args);
        },
      }),
    }));
    volume.mkdir('/d');
    setUp('wm', false);
    isAway = true;
    volume.lookup('/d');
    const errnos = [...Array(30).keys()].map((n) => volume.create(`/d/n${n}`).opErrno);
    expect(new Set(errnos)).toEqual(new Set([0, ENOTCONN]));
  });

  test('is up as long as at least one child is up', async () => {
    await start(THREE);
    for (const child of ['wm', 'wa']) setUp(child, false);
    expect(volume.graph.isUp).toBe(true);
    setUp('wz', false);
    expect(volume.graph.isUp).toBe(false);
    setUp('wa', true);
    expect(volume.graph.isUp).toBe(true);
  });
});

test('a lookup of a file sends one request, however many children the volume has', async () => {
  let requestCount = 0;
  const counting = makeTranslator('counting', {
    lookup(frame, xl, loc, xdata) {
      requestCount += 1;
      tail.lookup(frame, xl.children[0]!, loc, xdata);
    },
  });
  await start(
    [...Array(32).keys()].map((n) => `c${n}`),
    {},
    () => ({ translator: counting }),
  );
  volume.create('/f');
  for (const name of ['known', 'new']) {
    if (name === 'new') volume.graph.inodes.unlink(volume.root, 'f');
    requestCount = 0;
    expect(volume.lookup('/f').opRet).toBe(0);
    expect(requestCount, name).toBe(1);
  }
});

test('readdirp remembers for each returned file the child that has it', async () => {
  await start(THREE);
  volume.create('/n1', 'x');
  const reply = volume.ask('readdirp', new Fd(volume.root, 0, 1, true), 4096, 0, null);
  const entry = (reply.values[0] as Dirent[]).find(({ name }) => name === 'n1')!;
  expect(entry.inode!.ctxGet(volume.graph.top)).toBe(THREE.indexOf(placeInRoot('n1')));
});

test.each([
  [{ 'decommissioned-bricks': 'wb' }, "'wb' is not a subvolume"],
  [{ 'rsync-hash-regex': '(' }, 'rsync-hash-regex'],
])(
  'a distributed volume does not start with the options %o, and the error contains the reason',
  async (options, reason) => {
    await expect(DistributedVolume.start(THREE, options)).rejects.toThrow(reason);
  },
);

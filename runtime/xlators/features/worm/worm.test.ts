/** features/worm over storage/memory, with the test's clock. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeContext, startGraph } from '../../../../test/support/core.ts';
import { type Caller, connect, Driver, ROOT_CALLER } from '../../../api/driver.ts';
import type { Dict } from '../../../core/dict.ts';
import { EROFS } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import type { FopName, FopTable } from '../../../core/gen/fops.gen.ts';
import { Iatt } from '../../../core/iatt.ts';
import { O_EXCL, O_RDWR, O_TRUNC, O_WRONLY } from '../../../core/open-flags.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import memory from '../../storage/memory/index.ts';
import accessControl from '../access-control/index.ts';
import worm from './index.ts';
import { decodeRetention, encodeRetention, encodeText, RETEN_STATE } from './retention.ts';

const BY_FILE = {
  'worm-file-level': 'on',
  'auto-commit-period': '100',
  'default-retention-period': '1000',
};
const HEAL: Caller = { ...ROOT_CALLER, pid: -6 };
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

async function setUp(options: Readonly<Record<string, string>>, caller: Caller = ROOT_CALLER) {
  const context = new FakeContext();
  context.time = 5_000_000;
  const volumes = [
    { translator: memory },
    { translator: accessControl },
    { translator: worm, options },
  ] as never;
  const graph = await startGraph(volumes, context);
  const client = connect(graph);
  const driver = new Driver(client, caller);
  const seconds = (count: number) => context.advance(count * 1000);
  const errnoOf = async <N extends FopName>(
    name: N,
    ...args: FopTable[N]['args']
  ): Promise<number> => {
    const { opRet, opErrno } = await driver.windByName(name, args);
    return opRet < 0 ? opErrno : 0;
  };
  const root = graph.inodes.root;
  const at = async (name: string) => new Loc((await driver.find(name)).inode, root, name);
  async function create(name: string, flags = O_RDWR | O_EXCL) {
    const loc = driver.makeLoc({ parent: root, name });
    const fd = new Fd(loc.inode!, flags, 1);
    const args = [loc, flags, 0o100644, 0, fd, driver.makeGfidRequest()];
    const { opRet, opErrno } = await driver.apply('create', args);
    return opRet < 0 ? opErrno : fd;
  }
  const write = (fd: Fd) => errnoOf('writev', fd, encodeText('x'), 0, 0, null);
  const state = async (name: string): Promise<string> => {
    const { values } = await driver.wind('getxattr', await at(name), RETEN_STATE, null);
    return text((values[0] as Dict | null)?.bytes(RETEN_STATE));
  };
  return { graph, driver, seconds, errnoOf, at, create, write, state };
}

it('a file can be changed until its commit period ends, and removed when its retention ends', async () => {
  const { create, write, seconds, errnoOf, at, state } = await setUp(BY_FILE);
  const fd = (await create('f')) as Fd;
  seconds(200);
  // The file is not closed yet.
  expect([await write(fd), await state('f')]).toEqual([0, '']);
  fd.release();
  const again = new Fd((await at('f')).inode!, O_RDWR, 1);
  seconds(99);
  expect([await write(again), await state('f')]).toEqual([0, '']);
  seconds(99);
  expect([await write(again), await state('f')]).toEqual([0, '']);
  seconds(100);
  expect([await write(again), await state('f')]).toEqual([EROFS, '3/1000/100\0']);
  expect(await errnoOf('unlink', await at('f'), 0, null)).toBe(EROFS);
  seconds(999);
  expect(await errnoOf('unlink', await at('f'), 0, null)).toBe(EROFS);
  seconds(1);
  expect([await write(again), await state('f')]).toEqual([EROFS, '1/0/0\0']);
  expect(await errnoOf('rename', await at('f'), await at('f'), null)).toBe(EROFS);
  expect(await errnoOf('unlink', await at('f'), 0, null)).toBe(0);
});

it('with worm-files-deletable off a file cannot be removed after its retention', async () => {
  const { create, seconds, errnoOf, at, state } = await setUp({
    ...BY_FILE,
    'worm-files-deletable': 'off',
  });
  ((await create('f')) as Fd).release();
  seconds(100);
  expect(await errnoOf('truncate', await at('f'), 0, null)).toBe(EROFS);
  seconds(1001);
  expect(await errnoOf('unlink', await at('f'), 0, null)).toBe(EROFS);
  expect(await state('f')).toBe('1/0/0\0');
});

it.each([
  ['relax', EROFS, 0],
  ['enterprise', EROFS, EROFS],
])(
  'in retention-mode %s the end of a retention can be set by utime and chmod',
  async (mode, beforeChange, earlier) => {
    const { create, seconds, errnoOf, at, state } = await setUp({
      ...BY_FILE,
      'retention-mode': mode,
    });
    ((await create('f')) as Fd).release();
    const set = async (valid: number, to: Partial<Iatt>) =>
      errnoOf('setattr', await at('f'), Object.assign(new Iatt(), to), valid, null);
    expect(await set(SET_ATTR.MODE, { iaProt: 0o644 })).toBe(0);
    expect(await state('f')).toBe('');
    expect(await set(SET_ATTR.MODE, { iaProt: 0o444 })).toBe(0);
    expect(await state('f')).toBe(`${mode === 'relax' ? 3 : 11}/1000/100\0`);
    // The retention starts at 5000 and lasts 1000 seconds.
    expect(await set(SET_ATTR.ATIME, { iaAtime: 1 })).toBe(beforeChange);
    expect(await set(SET_ATTR.ATIME, { iaAtime: 7000 })).toBe(0);
    expect(await state('f')).toBe(`${mode === 'relax' ? 3 : 11}/2000/100\0`);
    expect(await set(SET_ATTR.ATIME, { iaAtime: 6500 })).toBe(earlier);
    expect(await set(SET_ATTR.MODE, { iaProt: 0o444 })).toBe(earlier);
    seconds(earlier === 0 ? 999 : 1999);
    expect(await errnoOf('unlink', await at('f'), 0, null)).toBe(EROFS);
    seconds(1);
    expect(await errnoOf('unlink', await at('f'), 0, null)).toBe(0);
  },
);

it('every fop that changes data of a retained file is refused, except from internal clients', async () => {
  const { create, errnoOf, at, graph } = await setUp({ ...BY_FILE, 'auto-commit-period': '0' });
  ((await create('f')) as Fd).release();
  const other = (await create('other')) as Fd;
  const loc = await at('f');
  const fd = new Fd(loc.inode!, O_RDWR, 1);
  const ways = (ask: typeof errnoOf) => [
    ask('truncate', loc, 0, null),
    ask('ftruncate', fd, 0, null),
    ask('fallocate', fd, 0, 0, 10, null),
    ask('discard', fd, 0, 1, null),
    ask('zerofill', fd, 0, 1, null),
    ask('copy_file_range', other, 0, fd, 0, 1, 0, null),
    ask('open', loc, O_TRUNC, fd, null),
  ];
  expect(await Promise.all(ways(errnoOf))).toEqual(Array(7).fill(EROFS));
  expect(await create('f', O_WRONLY | O_TRUNC)).toBe(EROFS);
  const { inodes } = graph;
  const unknown = new Loc(inodes.newInode(), inodes.root, 'f');
  expect(await errnoOf('rename', await at('other'), unknown, null)).toBe(EROFS);
  const heal = new Driver(connect(graph), HEAL);
  const healed = ways(async (name, ...args) => {
    const { opRet, opErrno } = await heal.windByName(name, args);
    return opRet < 0 ? opErrno : 0;
  });
  expect(await Promise.all(healed)).not.toContain(EROFS);
});

it('the first request after the commit period retains a file, even if its user may not write to it', async () => {
  const { create, graph, seconds, at, state } = await setUp(BY_FILE);
  ((await create('f')) as Fd).release();
  const loc = await at('f');
  seconds(100);
  const user = new Driver(connect(graph), { ...ROOT_CALLER, uid: 1002, gid: 200, pid: 7 });
  // The volume writes the state as root.
  expect(await user.wind('truncate', loc, 0, null)).toMatchObject({ opRet: -1, opErrno: EROFS });
  expect(await state('f')).toBe('3/1000/100\0');
});

it('option worm allows new files to be written, and existing ones only to be read', async () => {
  const { create, write, errnoOf, at, graph } = await setUp({ worm: 'on' });
  const fd = (await create('f')) as Fd;
  expect(await write(fd)).toBe(0);
  expect(await errnoOf('ftruncate', fd, 0, null)).toBe(EROFS);
  expect(await errnoOf('unlink', await at('f'), 0, null)).toBe(EROFS);
  expect(await create('f', O_WRONLY)).toBe(EROFS);
  expect(await create('f', 0)).not.toBe(EROFS);
  const reconfigure = (more: object) =>
    worm.reconfigure!(graph.top as never, {
      worm: false,
      'worm-file-level': false,
      'worm-files-deletable': true,
      'default-retention-period': 120,
      'retention-mode': 'relax',
      'auto-commit-period': 180,
      ...more,
    });
  reconfigure({});
  expect(graph.links.unlink.xl.type).toBe('features/access-control');
  expect(await errnoOf('ftruncate', fd, 0, null)).toBe(0);
  reconfigure({ worm: true });
  expect(await errnoOf('ftruncate', fd, 0, null)).toBe(EROFS);
});

it('a retention state is the same after encoding and decoding, and a malformed one decodes to null', () => {
  const state = fc.record({
    isRetained: fc.boolean(),
    isOnLegalHold: fc.boolean(),
    isEnterprise: fc.boolean(),
    period: fc.integer(),
    commitPeriod: fc.integer(),
  });
  fc.assert(
    fc.property(state, (each) => {
      expect(decodeRetention(encodeRetention(each))).toEqual(each);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      const found = decodeRetention(bytes);
      if (found !== null) expect(text(bytes)).toMatch(/^\d+\/-?\d+\/-?\d+/);
    }),
  );
});

import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { EEXIST, EISDIR, ENOENT, ENOTCONN, ESTALE } from '../../../../runtime/core/errno.ts';
import { Fd } from '../../../../runtime/core/fd.ts';
import { fail, wind } from '../../../../runtime/core/gen/fops.gen.ts';
import { collectCbk, unwindArgs } from '../../../../runtime/core/gen/generic.gen.ts';
import type { Iatt } from '../../../../runtime/core/iatt.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import type { Cbk } from '../../../../runtime/core/xlator.ts';
import { having } from '../../../../test/support/core.ts';
import { Distributed, type Told } from '../../../../test/support/distributed.ts';
import { hashName } from '../hash.ts';
import { decodePiece } from '../layout/layout.ts';

const NAMES = ['wz', 'wa', 'wm'];
const LAYOUT = 'trusted.glusterfs.dht';
const [O_RDWR, O_CREAT, O_EXCL] = [2, 0o100, 0o200];

let volume: Distributed;
/** The child that a name of the root belongs to. */
let hashedOf: (name: string) => string;

async function start(between?: (name: string) => { translator: never }): Promise<void> {
  const started = await Distributed.start(NAMES, {}, between);
  onTestFinished(() => started.stop());
  volume = started;
  const pieces = Object.entries(volume.xattr('/', LAYOUT)).map(
    ([child, hex]) => [child, decodePiece(Buffer.from(hex!, 'hex'))!] as const,
  );
  hashedOf = (name) => {
    const hash = hashName(name);
    return pieces.find(([, { start, stop }]) => start <= hash && hash <= stop)![0];
  };
}

beforeEach(() => start());

/** What children have of a name: the file, or a linkto and where it leads. */
function onChildren(name: string): Record<string, string> {
  const linktos = volume.xattr(`/${name}`, `${LAYOUT}.linkto`);
  const there = NAMES.filter((child) => volume.at(child, `/${name}`) !== null);
  return Object.fromEntries(
    there.map((child) => {
      const hex = linktos[child];
      const target = hex === undefined ? 'file' : Buffer.from(hex, 'hex').toString();
      return [child, target.replace('\0', '')];
    }),
  );
}

/** By a name that is not known; the data of what is opened is there already, or is written. */
function create(name: string, flags = O_RDWR | O_CREAT): Told {
  const loc = new Loc(volume.graph.inodes.newInode(), volume.root, name);
  const fd = new Fd(loc.inode!, flags, 1);
  const told = volume.ask('create', loc, flags, 0o640, 0, fd, volume.newXdata());
  if (told.opRet >= 0) volume.ask('writev', fd, new TextEncoder().encode('data'), 0, 0, null);
  fd.release();
  return told;
}
const lookup = (name: string): Told =>
  volume.ask('lookup', new Loc(volume.graph.inodes.newInode(), volume.root, name), null);

test('a file is made where its name says, and found without it', () => {
  for (const letter of ['a', 'b', 'c', 'd', 'e', 'f', 'with@sign', 'é']) {
    for (const child of NAMES) {
      const name = `${letter}-${child}`;
      const long = `${name}@dht:${child}`;
      expect([long, lookup(long).opErrno]).toEqual([long, ENOENT]);
      expect([long, create(long).opErrno]).toEqual([long, 0]);
      const own = hashedOf(name);
      const expected = own === child ? { [child]: 'file' } : { [own]: child, [child]: 'file' };
      expect([long, onChildren(name)]).toEqual([long, expected]);
      expect(onChildren(long)).toEqual({});
      expect(volume.list('/')).toEqual([name]);
      expect(volume.read(`/${name}`)).toBe('data');
      // By the long name it is found on that child, and nowhere else.
      const found = lookup(long).values[1] as Iatt;
      expect(found.iaGfid).toBe((lookup(name).values[1] as Iatt).iaGfid);
      for (const other of NAMES) {
        if (other !== child) expect(lookup(`${name}@dht:${other}`).opErrno).toBe(ENOENT);
      }
      expect(volume.ask('unlink', volume.loc(`/${name}`), 0, null).opRet).toBe(0);
      expect(onChildren(name)).toEqual({});
    }
  }
});

test('one that is there is opened where it is, and there is no second one', () => {
  for (const child of NAMES) {
    const name = `there-${child}`;
    create(name);
    const before = onChildren(name);
    const gfid = (lookup(name).values[1] as Iatt).iaGfid;
    const opened = create(`${name}@dht:${child}`);
    expect([opened.opErrno, (opened.values[2] as Iatt).iaGfid]).toEqual([0, gfid]);
    expect(create(`${name}@dht:${child}`, O_RDWR | O_CREAT | O_EXCL).opErrno).toBe(EEXIST);
    expect(onChildren(name)).toEqual(before);
  }
  volume.mkdir('/folder');
  expect(lookup('folder@dht:wa').opErrno).toBe(ENOENT);
  expect(create('folder@dht:wa').opErrno).toBe(EISDIR);
});

test.each([
  ['it is no subvolume', 'f@dht:other'],
  ['nor a part of one', 'f@dht:w'],
  ['it is another volume', 'f@other:wa'],
  ['nothing is before it', '@dht:wa'],
  ['nor a name of a file', '..@dht:wa'],
  ['nor that', '.@dht:wa'],
  ['something is after it', 'f@dht:wa.txt'],
])('a name is just a name where %s', (_, name) => {
  expect(create(name).opErrno).toBe(0);
  expect(onChildren(name)).toEqual({ [hashedOf(name)]: 'file' });
  expect(lookup(name).opErrno).toBe(0);
  expect(volume.list('/')).toEqual([name]);
});

test('the last of several counts', () => {
  expect(create('f@dht:wa@dht:wm').opErrno).toBe(0);
  expect(onChildren('f@dht:wa')).toMatchObject({ wm: 'file' });
});

test('other fops take it as a name, and what they have made is found by it', () => {
  expect(volume.mkdir('/d@dht:wa').opErrno).toBe(0);
  const loc = (name: string) => new Loc(volume.graph.inodes.newInode(), volume.root, name);
  const symlink = volume.ask('symlink', 'x', loc('s@dht:wa'), 0, volume.newXdata());
  const mknod = volume.ask('mknod', loc('p@dht:wa'), 0o10644, 0, 0, volume.newXdata());
  expect([symlink.opRet, mknod.opRet]).toEqual([0, 0]);
  expect(volume.list('/').sort()).toEqual(['d@dht:wa', 'p@dht:wa', 's@dht:wa']);
  for (const name of volume.list('/')) expect([name, lookup(name).opErrno]).toEqual([name, 0]);
  expect(volume.list('/d@dht:wa')).toEqual([]);
});

test('a name that is known leads to the same file as long as it is there', () => {
  create('f@dht:wa');
  for (let n = 0; n < 2; n++) expect(volume.lookup('/f@dht:wa').opErrno).toBe(0);
  volume.lookup('/f');
  expect(volume.ask('unlink', volume.loc('/f'), 0, null).opRet).toBe(0);
  expect(volume.lookup('/f@dht:wa').opErrno).toBe(ENOENT);
  create('f@dht:wa');
  // It is another file now: whoever knows the one before looks again.
  expect([ENOENT, ESTALE]).toContain(volume.lookup('/f@dht:wa').opErrno);
  expect(lookup('f@dht:wa').opErrno).toBe(0);
});

test('what cannot be made there is not said to be there', async () => {
  const refusing = having('refusing', {
    create: (frame, xl, ...args) => {
      if (xl.name === 'wa') fail.create(frame, ENOTCONN);
      else wind.create(frame, 0, passOn, xl.children[0]!, ...args);
    },
  });
  const passOn = collectCbk.create((frame, _cookie, _xl, ...reply) =>
    unwindArgs.create(frame, ...reply),
  ) as Cbk<'create', null>;
  await start(() => ({ translator: refusing as never }));
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
    expect(create(`${name}@dht:wa`).opErrno).toBe(ENOTCONN);
    expect(onChildren(name)).toEqual({});
    expect(create(`${name}@dht:wm`).opErrno).toBe(0);
  }
});

/**
 * Creation of files while another client changes the layout of their directory, or empties a child.
 */
import { expect, onTestFinished, test } from 'vitest';
import { Dict } from '../../../../runtime/core/dict.ts';
import { EIO } from '../../../../runtime/core/errno.ts';
import {
  collect,
  collectCbk,
  type FopName,
  unwind,
  unwindArgs,
  windArgs,
} from '../../../../runtime/core/gen/fops.gen.ts';
import { Fd, Loc } from '../../../../runtime/core/operands.ts';
import type { Fops } from '../../../../runtime/core/xlator.ts';
import { makeTranslator, type TestVolume } from '../../../../test/support/core.ts';
import { DistributedVolume, type FopReply } from '../../../../test/support/distributed-volume.ts';
import { decodePiece, encodePiece, makeEmptyPiece, type Piece } from '../layout/layout.ts';
import { hashName } from '../name-hash.ts';
import { FIX_LAYOUT } from './commands.ts';

const NAMES = ['wz', 'wa', 'wm'];
const LAYOUT = 'trusted.glusterfs.dht';
const FILES = [...Array(12).keys()].map((n) => `f${n}`);

let volume: DistributedVolume;
/** The watched requests to children, in order. */
let requests: string[];

const WATCHED = ['create', 'mknod', 'symlink', 'inodelk', 'lookup', 'getxattr'] as const;

/** Passes everything on, and records it. */
const watching = makeTranslator(
  'watching',
  Object.fromEntries(
    WATCHED.map((fop: FopName) => [
      fop,
      collect[fop]((frame, xl, args) => {
        requests.push(`${xl.name} ${fop}`);
        const cbk = collectCbk[fop]((back, _cookie, _xl, opRet, opErrno, values) =>
          unwindArgs[fop](back, opRet, opErrno, values),
        );
        windArgs[fop](frame, 0, cbk as never, xl.children[0]!, args);
      }),
    ]),
  ) as Fops<null>,
);

async function start(
  options: Readonly<Record<string, string>> = {},
  translator: unknown = watching,
): Promise<void> {
  requests = [];
  const between = (): Omit<TestVolume, 'name' | 'below'> => ({ translator: translator as never });
  const started = await DistributedVolume.start(NAMES, options, between);
  onTestFinished(() => started.stop());
  volume = started;
}

const piecesOf = (path: string): Piece[] =>
  Object.values(volume.readXattr(path, LAYOUT)).map(
    (hex) => decodePiece(Buffer.from(hex!, 'hex'))!,
  );

/** Gives the children other pieces, as another client's fix-layout does. */
function deal(path: string, pieces: readonly Piece[]): readonly Piece[] {
  const { inode } = volume.findLoc(path);
  NAMES.forEach((child, at) => {
    const dict = new Dict().set(LAYOUT, encodePiece(pieces[at]!));
    expect(volume.askChild(child, 'setxattr', new Loc(inode), dict, 0, null).opRet).toBe(0);
  });
  return pieces;
}
/** Gives each child the range of another. */
const rotate = (path: string): readonly Piece[] => {
  const before = piecesOf(path);
  return deal(
    path,
    before.map((_, at) => before[(at + 1) % before.length]!),
  );
};
const placeIn = (pieces: readonly Piece[], name: string): string =>
  NAMES[pieces.findIndex(({ start, stop }) => start <= hashName(name) && hashName(name) <= stop)]!;
const placesOf = (path: string): string[] =>
  NAMES.filter((child) => volume.readChild(child, path) !== null);

const newLoc = (parent: string, name: string): Loc =>
  new Loc(
    volume.graph.inodes.newInode(),
    parent === '/' ? volume.root : volume.findInode(parent),
    name,
  );
/** Creates without a lookup, as after an earlier one. */
function create(parent: string, name: string): FopReply {
  const loc = newLoc(parent, name);
  const fd = new Fd(loc.inode!, 2, 1);
  requests = [];
  const reply = volume.ask('create', loc, 0o102, 0o644, 0, fd, volume.gfidRequest());
  fd.release();
  return reply;
}
const mknod = (parent: string, name: string): FopReply =>
  volume.ask('mknod', newLoc(parent, name), 0o100644, 0, 0, volume.gfidRequest());
/** Checks that no lock is left: fix-layout needs all locks, and would not reply. */
function expectFree(path: string): void {
  const loc = new Loc(path === '/' ? volume.root : volume.findInode(path));
  const dict = new Dict().set(FIX_LAYOUT, 'yes');
  expect(volume.ask('setxattr', loc, dict, 0, null)).toMatchObject({ opRet: 0 });
}

test.each(['/', '/folder'])(
  'new files go to the children of the new layout after another client changed the layout of %s',
  async (folder) => {
    await start();
    if (folder !== '/') volume.mkdir(folder);
    const at = (name: string): string => `${folder === '/' ? '' : folder}/${name}`;
    create(folder, 'before');
    for (const [n, name] of FILES.entries()) {
      // The layout changes again after each time that the client has learned it.
      const now = n % 4 === 0 ? rotate(folder) : piecesOf(folder);
      expect([name, create(folder, name).opErrno]).toEqual([name, 0]);
      expect([name, placesOf(at(name))]).toEqual([name, [placeIn(now, name)]]);
      const { xattrs } = volume.readChild(placeIn(now, name), at(name))!;
      expect(xattrs.has(LAYOUT)).toBe(false);
    }
    expect(volume.list(folder).sort()).toEqual(['before', ...FILES].sort());
    expectFree(folder);
  },
);

test('a create in a directory with a known layout sends one request, to the child of the name', async () => {
  await start();
  volume.mkdir('/folder');
  const pieces = piecesOf('/folder');
  for (const name of FILES) {
    expect(create('/folder', name).opErrno).toBe(0);
    expect(requests).toEqual([`${placeIn(pieces, name)} create`]);
  }
});

test('a create of an existing file opens it, even if another client has given its name to another child', async () => {
  await start();
  create('/', 'file');
  const [place] = placesOf('/file');
  rotate('/');
  const reply = create('/', 'file');
  expect([reply.opErrno, placesOf('/file')]).toEqual([0, [place]]);
});

test('a create fails with EIO, without endless retries, if a child always refuses it', async () => {
  const refused = new Dict().set('glusterfs.preop.check.failed', 1);
  const refusing = makeTranslator('refusing', {
    create: (frame) => unwind.create(frame, -1, EIO, null, null, null, null, null, refused),
  });
  await start({}, refusing);
  for (const name of FILES) expect(create('/', name)).toMatchObject({ opRet: -1, opErrno: EIO });
  expectFree('/');
});

test('a create fails with EIO if no child has a range for the name', async () => {
  await start();
  deal(
    '/',
    NAMES.map(() => makeEmptyPiece(0)),
  );
  expect(create('/', 'file').opErrno).toBe(EIO);
  expectFree('/');
});

test.each([
  ['create', create],
  ['mknod', mknod],
] as const)(
  "%s makes a file on a decommissioned child only while the file's name belongs to that child",
  async (_, make) => {
    await start({ 'decommissioned-bricks': 'wa' });
    volume.mkdir('/folder');
    // Another client set this layout without regard to decommissioning.
    const third = 0x5555_5555;
    const piece = (start: number, stop: number): Piece => ({ ...makeEmptyPiece(0), start, stop });
    const before = deal('/folder', [
      piece(0, third - 1),
      piece(third, 2 * third - 1),
      piece(2 * third, 0xffff_ffff),
    ]);
    volume.lookup('/folder');
    const [early, ...late] = FILES.filter((name) => placeIn(before, name) === 'wa');
    expect(make('/folder', early!).opErrno).toBe(0);
    expect(placesOf(`/folder/${early}`)).toEqual(['wa']);
    // The child lost its range, and the client has not looked the directory up since.
    const after = deal('/folder', [
      piece(0, 2 * third - 1),
      piece(0, 0),
      piece(2 * third, 0xffff_ffff),
    ]);
    for (const name of late) {
      expect([name, make('/folder', name).opErrno]).toEqual([name, 0]);
      expect([name, placesOf(`/folder/${name}`)]).toEqual([name, [placeIn(after, name)]]);
    }
    expect(late.length).toBeGreaterThan(1);
    expectFree('/folder');
  },
);

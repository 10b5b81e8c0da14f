/** A directory is made while another client deals out the ranges of its folder anew. */
import { afterEach, describe, expect, test } from 'vitest';
import { Dict } from '../../../../runtime/core/dict.ts';
import { EIO } from '../../../../runtime/core/errno.ts';
import { unwind } from '../../../../runtime/core/gen/fops.gen.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { having } from '../../../../test/support/core.ts';
import { Distributed } from '../../../../test/support/distributed.ts';
import { hashName } from '../hash.ts';
import { decodePiece, encodePiece, type Piece } from '../layout/layout.ts';

const NAMES = ['wz', 'wa', 'wm'];
const LAYOUT = 'trusted.glusterfs.dht';
const MDS = `${LAYOUT}.mds`;
const DIRECTORIES = [...Array(12).keys()].map((n) => `/d${n}`);

let volume: Distributed;
afterEach(() => volume.stop());

const piecesOf = (path: string): Piece[] =>
  Object.values(volume.xattr(path, LAYOUT)).map((hex) => decodePiece(Buffer.from(hex!, 'hex'))!);

/** Each child has the range that another had, as it may be after another client's fix-layout. */
function rotate(path: string): Piece[] {
  const before = piecesOf(path);
  const after = before.map((_, at) => before[(at + 1) % before.length]!);
  const { inode } = volume.loc(path);
  NAMES.forEach((child, at) => {
    const dict = new Dict().set(LAYOUT, encodePiece(after[at]!));
    expect(volume.askChild(child, 'setxattr', new Loc(inode), dict, 0, null).opRet).toBe(0);
  });
  return after;
}

/** Where a name belongs by these, and who has made it by its mark. */
const placeIn = (pieces: readonly Piece[], name: string): string =>
  NAMES[pieces.findIndex(({ start, stop }) => start <= hashName(name) && hashName(name) <= stop)]!;
const madeBy = (path: string): string[] =>
  Object.entries(volume.xattr(path, MDS)).flatMap(([child, mark]) =>
    mark === undefined ? [] : child,
  );

describe('by a layout that is out of date', () => {
  test.each(['/', '/folder'])('in %s they are where their names belong now', async (folder) => {
    volume = await Distributed.start(NAMES);
    if (folder !== '/') volume.mkdir(folder);
    const at = (name: string) => `${folder === '/' ? '' : folder}${name}`;
    volume.mkdir(at('/before'));
    const now = rotate(folder);
    for (const name of DIRECTORIES) {
      // The layout is known once the first was refused; then it is another one again.
      expect([name, volume.mkdir(at(name)).opErrno]).toEqual([name, 0]);
      expect([name, ...madeBy(at(name))]).toEqual([name, placeIn(now, name.slice(1))]);
      expect(piecesOf(at(name)).some(({ start, stop }) => start !== stop)).toBe(true);
    }
    expect(piecesOf(folder)).toEqual(now);
    expect(volume.list(folder).sort()).toEqual(
      ['/before', ...DIRECTORIES].map((name) => name.slice(1)).sort(),
    );
  });

  test('also where it changes from one to the next', async () => {
    volume = await Distributed.start(NAMES);
    for (const path of DIRECTORIES) {
      const now = rotate('/');
      expect(volume.mkdir(path).opErrno).toBe(0);
      expect([path, ...madeBy(path)]).toEqual([path, placeIn(now, path.slice(1))]);
    }
    // No lock is left that would keep others waiting.
    for (const path of DIRECTORIES)
      expect(volume.ask('rmdir', volume.loc(path), 0, null).opRet).toBe(0);
  });
});

test('a child that always says so is not asked for ever', async () => {
  const refused = new Dict().set('glusterfs.preop.check.failed', 1);
  const refusing = having('refusing', {
    mkdir: (frame) => unwind.mkdir(frame, -1, EIO, null, null, null, null, refused),
  });
  volume = await Distributed.start(NAMES, {}, () => ({ translator: refusing as never }));
  expect(volume.mkdir('/dir')).toMatchObject({ opRet: -1, opErrno: EIO });
  expect(volume.mkdir('/dir')).toMatchObject({ opRet: -1, opErrno: EIO });
});

test('nothing of the layout above is with the new directory', async () => {
  volume = await Distributed.start(NAMES);
  const { inode } = volume.loc('/');
  const piece = Buffer.from(volume.xattr('/', LAYOUT).wz!, 'hex');
  const xdata = volume.newXdata().set('glusterfs.preop.parent.key', LAYOUT).set(LAYOUT, piece);
  const loc = new Loc(volume.graph.inodes.newInode(), inode, 'alone');
  expect(volume.askChild('wz', 'mkdir', loc, 0o755, 0, xdata).opRet).toBe(0);
  expect(volume.xattr('/alone', LAYOUT).wz).toBeUndefined();
});

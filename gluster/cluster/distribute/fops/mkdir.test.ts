/** mkdir while another client changes the layout of the parent directory. */
import { afterEach, describe, expect, test } from 'vitest';
import { Dict } from '../../../../runtime/core/dict.ts';
import { EIO } from '../../../../runtime/core/errno.ts';
import { unwind } from '../../../../runtime/core/gen/fops.gen.ts';
import { Loc } from '../../../../runtime/core/operands.ts';
import { makeTranslator } from '../../../../test/support/core.ts';
import { DistributedVolume } from '../../../../test/support/distributed-volume.ts';
import { decodePiece, encodePiece, type Piece } from '../layout/layout.ts';
import { hashName } from '../name-hash.ts';

const NAMES = ['wz', 'wa', 'wm'];
const LAYOUT = 'trusted.glusterfs.dht';
const MDS = `${LAYOUT}.mds`;
const DIRECTORIES = [...Array(12).keys()].map((n) => `/d${n}`);

let volume: DistributedVolume;
afterEach(() => volume.stop());

const piecesOf = (path: string): Piece[] =>
  Object.values(volume.readXattr(path, LAYOUT)).map(
    (hex) => decodePiece(Buffer.from(hex!, 'hex'))!,
  );

/** Gives each child the range of another, as another client's fix-layout may. */
function rotate(path: string): Piece[] {
  const before = piecesOf(path);
  const after = before.map((_, at) => before[(at + 1) % before.length]!);
  const { inode } = volume.findLoc(path);
  NAMES.forEach((child, at) => {
    const dict = new Dict().set(LAYOUT, encodePiece(after[at]!));
    expect(volume.askChild(child, 'setxattr', new Loc(inode), dict, 0, null).opRet).toBe(0);
  });
  return after;
}

/** The child of a name in a layout, and the children that carry its MDS mark. */
const placeIn = (pieces: readonly Piece[], name: string): string =>
  NAMES[pieces.findIndex(({ start, stop }) => start <= hashName(name) && hashName(name) <= stop)]!;
const madeBy = (path: string): string[] =>
  Object.entries(volume.readXattr(path, MDS)).flatMap(([child, mark]) =>
    mark === undefined ? [] : child,
  );

describe('mkdir after another client changed the layout', () => {
  test.each(['/', '/folder'])(
    'makes directories in %s on the children of the new layout',
    async (folder) => {
      volume = await DistributedVolume.start(NAMES);
      if (folder !== '/') volume.mkdir(folder);
      const at = (name: string) => `${folder === '/' ? '' : folder}${name}`;
      volume.mkdir(at('/before'));
      const now = rotate(folder);
      for (const name of DIRECTORIES) {
        // The client learns the layout by the first refusal.
        expect([name, volume.mkdir(at(name)).opErrno]).toEqual([name, 0]);
        expect([name, ...madeBy(at(name))]).toEqual([name, placeIn(now, name.slice(1))]);
        expect(piecesOf(at(name)).some(({ start, stop }) => start !== stop)).toBe(true);
      }
      expect(piecesOf(folder)).toEqual(now);
      expect(volume.list(folder).sort()).toEqual(
        ['/before', ...DIRECTORIES].map((name) => name.slice(1)).sort(),
      );
    },
  );

  test('succeeds and leaves no lock, even if the layout changes before each mkdir', async () => {
    volume = await DistributedVolume.start(NAMES);
    for (const path of DIRECTORIES) {
      const now = rotate('/');
      expect(volume.mkdir(path).opErrno).toBe(0);
      expect([path, ...madeBy(path)]).toEqual([path, placeIn(now, path.slice(1))]);
    }
    // No lock is left, for which rmdir would wait.
    for (const path of DIRECTORIES)
      expect(volume.ask('rmdir', volume.findLoc(path), 0, null).opRet).toBe(0);
  });
});

test('mkdir fails with EIO, without endless retries, if a child always refuses it', async () => {
  const refused = new Dict().set('glusterfs.preop.check.failed', 1);
  const refusing = makeTranslator('refusing', {
    mkdir: (frame) => unwind.mkdir(frame, -1, EIO, null, null, null, null, refused),
  });
  volume = await DistributedVolume.start(NAMES, {}, () => ({ translator: refusing as never }));
  expect(volume.mkdir('/dir')).toMatchObject({ opRet: -1, opErrno: EIO });
  expect(volume.mkdir('/dir')).toMatchObject({ opRet: -1, opErrno: EIO });
});

test('mkdir does not give a new directory the range of its parent, which the request carries', async () => {
  volume = await DistributedVolume.start(NAMES);
  const { inode } = volume.findLoc('/');
  const piece = Buffer.from(volume.readXattr('/', LAYOUT).wz!, 'hex');
  const xdata = volume.gfidRequest().set('glusterfs.preop.parent.key', LAYOUT).set(LAYOUT, piece);
  const loc = new Loc(volume.graph.inodes.newInode(), inode, 'alone');
  expect(volume.askChild('wz', 'mkdir', loc, 0o755, 0, xdata).opRet).toBe(0);
  expect(volume.readXattr('/alone', LAYOUT).wz).toBeUndefined();
});

/** Repairs of layouts and MDS marks at lookups, and their limits. */
import { afterEach, expect, test } from 'vitest';
import { Dict } from '../../../../runtime/core/dict.ts';
import { EACCES, ENOTCONN } from '../../../../runtime/core/errno.ts';
import { fail, tail } from '../../../../runtime/core/gen/fops.gen.ts';
import { makeTranslator } from '../../../../test/support/core.ts';
import { DistributedVolume } from '../../../../test/support/distributed-volume.ts';
import {
  COMPUTED_TYPE,
  countAnomalies,
  decodePiece,
  encodePiece,
  MANUAL_TYPE,
  type Piece,
} from '../layout/layout.ts';
import { hashName } from '../name-hash.ts';

const THREE = ['wz', 'wa', 'wm'];
const LAYOUT = 'trusted.glusterfs.dht';
const MDS = `${LAYOUT}.mds`;

let volume: DistributedVolume;
/** By child: the errno of lookups. */
let errnos: Map<string, number>;
afterEach(() => volume.stop());

async function start(): Promise<void> {
  errnos = new Map();
  volume = await DistributedVolume.start(THREE, {}, (name) => ({
    translator: makeTranslator('failing', {
      lookup(frame, xl, ...args) {
        const errno = errnos.get(name);
        if (errno !== undefined) fail.lookup(frame, errno);
        else tail.lookup(frame, xl.children[0]!, ...args);
      },
    }),
  }));
  volume.mkdir('/d');
}

const pieces = (): Piece[] =>
  THREE.map((child) => decodePiece(volume.readChild(child, '/d')!.xattrs.bytes(LAYOUT))!);
function change(child: string, value: Uint8Array): void {
  const dict = new Dict().set(LAYOUT, value);
  expect(volume.askChild(child, 'setxattr', volume.findLoc('/d'), dict, 0, null).opRet).toBe(0);
}
/** Shortens a child's range, which leaves a hole. */
const shorten = (child: string, more: Partial<Piece>): void => {
  const piece = pieces()[THREE.indexOf(child)]!;
  change(child, encodePiece({ ...piece, stop: piece.stop - 9, ...more }));
};
const isWhole = (): boolean => {
  const { holes, overlaps } = countAnomalies(pieces());
  return holes + overlaps === 0;
};

test.each([
  ['is rebuilt with the computed type', COMPUTED_TYPE],
  ['is completed, and keeps its type if set by hand', MANUAL_TYPE],
])("a directory's layout that lacks a range %s", async (_, type) => {
  await start();
  shorten('wa', { type });
  expect(isWhole()).toBe(false);
  volume.lookup('/d');
  expect(isWhole()).toBe(true);
  expect(pieces().map((piece) => [piece.type, piece.commitHash])).toEqual(
    THREE.map(() => [type, 1]),
  );
});

test('a layout range of unknown type is logged as malformed, and replaced', async () => {
  await start();
  const piece = pieces()[1]!;
  change('wa', encodePiece({ ...piece, type: 7 }));
  volume.lookup('/d');
  expect(volume.log).toContain('on disk is malformed');
  expect(isWhole()).toBe(true);
  expect(pieces().map((each) => each.type)).toEqual([COMPUTED_TYPE, COMPUTED_TYPE, COMPUTED_TYPE]);
});

test.each([
  ['down', ENOTCONN],
  ['failing', EACCES],
])('a lookup repairs nothing while a child is %s', async (_, errno) => {
  await start();
  shorten('wa', {});
  const before = pieces();
  errnos.set('wm', errno);
  expect(volume.lookup('/d').opRet).toBe(0);
  errnos.clear();
  expect(pieces()).toEqual(before);
  volume.lookup('/d');
  expect(isWhole()).toBe(true);
});

test('a directory without an MDS gets the child that its name belongs to as MDS', async () => {
  await start();
  const marked = (): string[] =>
    THREE.filter((child) => volume.readChild(child, '/d')!.xattrs.has(MDS));
  const [own] = marked();
  expect(volume.askChild(own!, 'removexattr', volume.findLoc('/d'), MDS, null).opRet).toBe(0);
  expect(marked()).toEqual([]);
  volume.lookup('/d');
  expect(marked()).toEqual([own]);
  const hash = hashName('d');
  const byRange = hash <= 0xaaaaaaa9 ? 'wz' : 'wa';
  expect(own).toBe(hash <= 0x55555554 ? 'wm' : byRange);
});

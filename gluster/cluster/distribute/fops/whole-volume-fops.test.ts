/** statfs: the sum of all children, or a quota of the whole volume. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Dict } from '../../../../runtime/core/dict.ts';
import { EIO, ENOTCONN } from '../../../../runtime/core/errno.ts';
import { fail, unwind } from '../../../../runtime/core/gen/fops.gen.ts';
import { Statvfs } from '../../../../runtime/core/iatt.ts';
import { Loc } from '../../../../runtime/core/operands.ts';
import { makeTranslator } from '../../../../test/support/core.ts';
import { DistributedVolume } from '../../../../test/support/distributed-volume.ts';

const THREE = ['wz', 'wa', 'wm'];
const BLOCK = 4096;
const IGNORE = 'ignore-deem-statfs';

interface Space {
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail?: number;
  readonly frsize?: number;
  readonly isLimit?: boolean;
}
const plenty: Space = { blocks: 1000, bfree: 900 };
let spaces: Record<string, Space | number>;
let volume: DistributedVolume;

const layer = (name: string) => ({
  translator: makeTranslator('space', {
    statfs(frame, _xl, _loc, xdata) {
      let space = spaces[name]!;
      if (typeof space !== 'number' && space.isLimit && xdata?.number(IGNORE)) space = plenty;
      if (typeof space === 'number') return fail.statfs(frame, space);
      const { blocks, bfree, bavail = bfree, frsize = BLOCK, isLimit } = space;
      const files = { files: 100, ffree: 90, favail: 90, namemax: 255 };
      const stat = Object.assign(new Statvfs(), { bsize: frsize, frsize, blocks, bfree, bavail });
      const replyXdata = isLimit ? Dict.of({ 'quota-deem-statfs': 1 }) : null;
      unwind.statfs(frame, 0, 0, Object.assign(stat, files), replyXdata);
    },
  }),
});

beforeEach(() => {
  spaces = { wz: plenty, wa: plenty, wm: plenty };
});
afterEach(() => volume.stop());

const start = async (options: Readonly<Record<string, string>> = {}): Promise<void> => {
  volume = await DistributedVolume.start(THREE, options, layer);
};
function space(): Partial<Statvfs> | number {
  const reply = volume.ask('statfs', new Loc(volume.root), null);
  return reply.opRet < 0 ? reply.opErrno : (reply.values[0] as Statvfs);
}

test('statfs returns the sum of the children that reply, in units of the largest block size', async () => {
  await start();
  expect(space()).toMatchObject({ blocks: 3000, bfree: 2700, files: 300, ffree: 270 });
  spaces.wa = { blocks: 1000, bfree: 500, frsize: 2 * BLOCK };
  expect(space()).toMatchObject({ frsize: 2 * BLOCK, blocks: 2000, bfree: 1400 });
  spaces.wz = EIO;
  expect(space()).toMatchObject({ blocks: 1500, bfree: 950 });
  spaces = { wz: ENOTCONN, wa: ENOTCONN, wm: ENOTCONN };
  expect(space()).toBe(ENOTCONN);
});

test('statfs of a directory with quotas returns the quota with the most used space, not their sum', async () => {
  await start();
  spaces.wz = { blocks: 100, bfree: 60, isLimit: true };
  spaces.wa = { blocks: 100, bfree: 40, isLimit: true };
  expect(space()).toMatchObject({ blocks: 100, bfree: 40 });
});

test("a file is created on the child that its name belongs to, even if that child's quota is full", async () => {
  await start({ 'min-free-disk': '50%' });
  const full = { blocks: 100, bfree: 1, isLimit: true };
  spaces = { wz: full, wa: full, wm: full };
  expect(space()).toMatchObject({ blocks: 100, bfree: 1 });
  const places = [...Array(20).keys()].map((n) => {
    volume.create(`/n${n}`);
    return THREE.filter((child) => volume.readChild(child, `/n${n}`) !== null).length;
  });
  // No file has a linkto.
  expect(places).toEqual(places.map(() => 1));
});

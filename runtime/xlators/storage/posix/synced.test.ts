/** A write that has to reach the disk before it is answered, of a file that was not opened so. */
import * as fs from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';
import { O_RDWR, ok } from '../../../../test/contract/check.ts';
import { folder, volume } from '../../../../test/support/posix.ts';

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return { ...real, fsync: vi.fn(real.fsync), fdatasync: vi.fn(real.fdatasync) };
});

const { O_DSYNC, O_SYNC } = fs.constants;

beforeEach(() => {
  vi.mocked(fs.fsync).mockClear();
  vi.mocked(fs.fdatasync).mockClear();
});

test.each([
  ['none', 0, 0, 0],
  ['O_DSYNC', O_DSYNC, 1, 0],
  ['O_SYNC', O_SYNC, 0, 1],
] as const)('flags of the write: %s', async (_name, flags, datasyncs, syncs) => {
  const vol = await volume(folder());
  const { fd } = ok(await vol.create(vol.root, 'f', O_RDWR));
  const data = new TextEncoder().encode('synced');
  const written = ok(await vol.fop('writev', fd!, data, 3, flags, null));
  expect([written.opRet, written.postbuf!.iaSize]).toEqual([6, 9]);
  expect(fs.fdatasync).toHaveBeenCalledTimes(datasyncs);
  expect(fs.fsync).toHaveBeenCalledTimes(syncs);
  fd!.release();
});

/** What only storage/memory does: a limit of its own, its own MD5, times that always differ. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { content, file, iatt, ok, time } from '../../../../test/contract/check.ts';
import { startVolume } from '../../../../test/contract/driver.ts';
import { Loc } from '../../../core/loc.ts';
import memory from './index.ts';
import { md5 } from './md5.ts';
import { Budget, PAGE_SIZE, Pages } from './pages.ts';

async function volume(options: Record<string, string> = {}) {
  const vol = await startVolume([{ name: 'disk', translator: memory, options }]);
  onTestFinished(() => vol.stop());
  return vol;
}

test('a volume with a size is full at some time', async () => {
  const vol = await volume({ size: '40KB' });
  const { fd, inode } = ok(await vol.create(vol.root, 'f'));
  const block = 'x'.repeat(8 * PAGE_SIZE);
  expect(ok(await vol.write(fd!, block, 0)).opRet).toBe(block.length);
  // Ten pages in all: of what comes next, two fit.
  const far = 1000 * PAGE_SIZE;
  expect(ok(await vol.write(fd!, block, far)).opRet).toBe(2 * PAGE_SIZE);
  expect((await iatt(vol, inode!)).iaSize).toBe(far + 2 * PAGE_SIZE);
  expect((await vol.write(fd!, block, 2 * far)).err).toBe('ENOSPC');
  ok(await vol.write(fd!, block, 0));
  const full = ok(await vol.fop('statfs', new Loc(vol.root), null)).statvfs!;
  expect([full.blocks, full.bfree]).toEqual([10, 0]);
  fd!.release();
  ok(await vol.unlink(vol.root, 'f'));
  vol.graph.inodes.forget(inode!, 0);
  const empty = ok(await vol.fop('statfs', new Loc(vol.root), null)).statvfs!;
  expect(empty.bfree).toBe(10);
  expect(await content(vol, await file(vol, vol.root, 'g', block))).toBe(block);
});

test('two changes never bear the same time', async () => {
  const vol = await volume();
  const { fd, inode } = ok(await vol.create(vol.root, 'f'));
  const seen = new Set<number>();
  for (let i = 0; i < 100; i++) {
    ok(await vol.write(fd!, 'x', i));
    const { iaMtimeNsec } = await iatt(vol, inode!);
    seen.add(time(0, iaMtimeNsec));
  }
  expect(seen.size).toBe(100);
  fd!.release();
});

test('two volumes share nothing', async () => {
  const [a, b] = [await volume(), await volume()];
  await file(a, a.root, 'f');
  expect((await b.lookup(b.root, 'f')).err).toBe('ENOENT');
});

test('md5 is MD5', () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(bytes, (message) => {
      const expected = createHash('md5').update(message).digest();
      expect(Buffer.compare(md5(message), expected)).toBe(0);
    }),
  );
});

test('pages behave like an array of bytes', () => {
  const SIZE = 5 * PAGE_SIZE;
  const place = fc.nat(SIZE - 1);
  const step = fc.record({
    what: fc.constantFrom('write', 'zero', 'truncate'),
    at: place,
    length: fc.nat(2 * PAGE_SIZE),
    byte: fc.integer({ min: 1, max: 255 }),
  });
  const property = fc.property(fc.array(step), (steps) => {
    const budget = new Budget(Number.POSITIVE_INFINITY);
    const pages = new Pages(budget);
    let model = new Uint8Array();
    for (const { what, at, length, byte } of steps) {
      const grown = (size: number) => {
        const next = new Uint8Array(size);
        next.set(model.subarray(0, size));
        return next;
      };
      if (what === 'write' && length > 0) {
        pages.write(new Uint8Array(length).fill(byte), at);
        model = grown(Math.max(model.length, at + length)).fill(byte, at, at + length);
      } else if (what === 'zero') {
        pages.zero(at, at + length);
        model.fill(0, at, at + length);
      } else if (what === 'truncate') {
        pages.truncate(at);
        model = grown(at);
      }
      expect(pages.size).toBe(model.length);
      expect(Buffer.compare(pages.read(0, 2 * SIZE), model)).toBe(0);
      expect(pages.count).toBe(budget.used);
    }
    pages.clear();
    expect(budget.used).toBe(0);
  });
  fc.assert(property);
});

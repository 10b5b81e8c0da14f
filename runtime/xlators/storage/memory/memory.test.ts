/** Properties of storage/memory alone: limits, pages, MD5, distinct times. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { content, file, iatt, mkdir, ok, time } from '../../../../test/contract/check.ts';
import { startVolume, testContext } from '../../../../test/contract/driver.ts';
import { Loc } from '../../../core/operands.ts';
import { FilePages } from './file-pages.ts';
import memory from './index.ts';
import { computeMd5 } from './md5.ts';
import { PAGE_SIZE, PageStore } from './page-store.ts';

async function volume(options: Record<string, string> = {}) {
  const vol = await startVolume([{ name: 'disk', translator: memory, options }]);
  onTestFinished(() => vol.stop());
  return vol;
}

test('writes beyond option size are short, then fail with ENOSPC, until an unlink frees pages', async () => {
  const vol = await volume({ size: '40KB' });
  const { fd, inode } = ok(await vol.create(vol.root, 'f'));
  const block = 'x'.repeat(8 * PAGE_SIZE);
  expect(ok(await vol.write(fd!, block, 0)).opRet).toBe(block.length);
  // Of the ten pages the next write gets the last two.
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

test('a hundred writes in a row give a file a hundred different modification times', async () => {
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

test('rmdir with the recursive flag removes a full directory, and keeps hard links and open files', async () => {
  const vol = await volume({ size: '40KB' });
  const d = await mkdir(vol, vol.root, 'd');
  const deep = await mkdir(vol, await mkdir(vol, d, 'e'), 'f');
  await mkdir(vol, d, 'empty');
  await file(vol, deep, 'gone', 'x'.repeat(8 * PAGE_SIZE));
  const linked = await file(vol, vol.root, 'stays', 'stays');
  ok(await vol.link(linked, deep, 'linked'));
  const { fd } = ok(await vol.create(deep, 'open'));
  ok(await vol.write(fd!, 'open', 0));
  const loc = new Loc(null, vol.root, 'd');
  expect((await vol.fop('rmdir', loc, 0, null)).err).toBe('ENOTEMPTY');
  ok(await vol.fop('rmdir', loc, 1, null));
  expect(await vol.names(vol.root)).toEqual(['stays']);
  expect((await iatt(vol, vol.root)).iaNlink).toBe(2);
  expect((await iatt(vol, linked)).iaNlink).toBe(1);
  expect(await content(vol, linked)).toBe('stays');
  expect(ok(await vol.read(fd!, 100, 0)).text).toBe('open');
  expect((await vol.fop('mkdir', vol.newLoc(deep, 'new'), 0o755, 0, null)).err).not.toBe('');
  fd!.release();
});

test("a lookup of another volume's file fails with ENOENT", async () => {
  const [a, b] = [await volume(), await volume()];
  await file(a, a.root, 'f');
  expect((await b.lookup(b.root, 'f')).err).toBe('ENOENT');
});

test('md5 returns the same digest as node:crypto', () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(bytes, (message) => {
      const expected = createHash('md5').update(message).digest();
      expect(Buffer.compare(computeMd5(message), expected)).toBe(0);
    }),
  );
});

test('files have the same bytes as plain arrays after any changes, and their store of pages has no gaps', () => {
  const SIZE = 5 * PAGE_SIZE;
  const FILES = 3;
  const step = fc.record({
    file: fc.nat(FILES - 1),
    what: fc.constantFrom('write', 'zero', 'truncate', 'clear'),
    at: fc.nat(SIZE - 1),
    length: fc.nat(2 * PAGE_SIZE),
    byte: fc.integer({ min: 1, max: 255 }),
  });
  const property = fc.property(fc.array(step), (steps) => {
    const store = new PageStore(Number.POSITIVE_INFINITY);
    const files = Array.from({ length: FILES }, () => new FilePages(store));
    const models = files.map(() => new Uint8Array());
    for (const { file, what, at, length, byte } of steps) {
      const pages = files[file]!;
      const grown = (size: number) => {
        const next = new Uint8Array(size);
        next.set(models[file]!.subarray(0, size));
        models[file] = next;
      };
      if (what === 'write' && length > 0) {
        pages.write(new Uint8Array(length).fill(byte), at);
        grown(Math.max(models[file]!.length, at + length));
        models[file]!.fill(byte, at, at + length);
      } else if (what === 'zero') {
        pages.makeHole(at, at + length);
        models[file]!.fill(0, at, at + length);
      } else if (what === 'truncate') {
        pages.truncate(at);
        grown(at);
      } else if (what === 'clear') {
        pages.freeAll();
        models[file]!.fill(0);
      }
      for (const [i, each] of files.entries()) {
        expect(each.size).toBe(models[i]!.length);
        expect(Buffer.compare(each.read(0, 2 * SIZE), models[i]!)).toBe(0);
      }
      expect(store.usedPageCount).toBe(
        files.reduce((sum, { allocatedPageCount: count }) => sum + count, 0),
      );
    }
  });
  fc.assert(property);
});

test('large files that were written in turn keep their data when one of them is freed', () => {
  const store = new PageStore(Number.POSITIVE_INFINITY);
  const SIZE = 600 * PAGE_SIZE;
  const files = [1, 2, 3].map((byte) => {
    const pages = new FilePages(store);
    // The files take turns page by page, so no two pages of one file are adjacent.
    return { byte, pages };
  });
  for (let at = 0; at < SIZE; at += PAGE_SIZE) {
    for (const { byte, pages } of files) pages.write(new Uint8Array(PAGE_SIZE).fill(byte), at);
  }
  files[1]!.pages.freeAll();
  files[0]!.pages.truncate(SIZE / 2);
  for (const { byte, pages } of [files[0]!, files[2]!]) {
    expect(pages.read(0, SIZE).every((each) => each === byte)).toBe(true);
  }
  expect(store.usedPageCount).toBe(900);
  expect([files[0]!.pages.allocatedPageCount, files[2]!.pages.allocatedPageCount]).toEqual([
    300, 600,
  ]);
});

test('an unlinked file keeps its data until its inode is forgotten', async () => {
  const vol = await volume();
  const inode = await file(vol, vol.root, 'f', 'kept');
  ok(await vol.unlink(vol.root, 'f'));
  expect(await content(vol, inode)).toBe('kept');
  const used = async () => ok(await vol.fop('statfs', new Loc(vol.root), null)).statvfs!;
  const before = await used();
  expect(before.files - before.ffree).toBe(2);
  vol.graph.inodes.forget(inode, 0);
  const after = await used();
  expect(after.files - after.ffree).toBe(1);
  expect(after.blocks - after.bfree).toBe(0);
});

test('a mkdir beyond option inodes fails with ENOSPC, and a hard link succeeds', async () => {
  const vol = await volume({ inodes: '3' });
  ok(await vol.mkdir(vol.root, 'd'));
  const inode = await file(vol, vol.root, 'f', 'x');
  expect((await vol.mkdir(vol.root, 'e')).err).toBe('ENOSPC');
  ok(await vol.link(inode, vol.root, 'g'));
  const { files, ffree } = ok(await vol.fop('statfs', new Loc(vol.root), null)).statvfs!;
  expect([files, ffree]).toEqual([3, 0]);
});

test('a full volume frees the space of an unlinked file that is closed, and keeps one that is open', async () => {
  const vol = await volume({ inodes: '3', size: '8KB' });
  const removed = await file(vol, vol.root, 'removed', 'x'.repeat(PAGE_SIZE));
  const { fd, inode: open } = ok(await vol.create(vol.root, 'open'));
  ok(await vol.write(fd!, 'x'.repeat(PAGE_SIZE), 0));
  ok(await vol.unlink(vol.root, 'removed'));
  ok(await vol.unlink(vol.root, 'open'));
  expect(await content(vol, removed)).toBe('x'.repeat(PAGE_SIZE));
  // The new file needs one page and one inode; the open file keeps its own.
  const made = await file(vol, vol.root, 'new', 'y'.repeat(PAGE_SIZE));
  expect(await content(vol, made)).toBe('y'.repeat(PAGE_SIZE));
  expect((await vol.fop('stat', new Loc(removed), null)).err).toBe('ESTALE');
  expect((await vol.mkdir(vol.root, 'more')).err).toBe('ENOSPC');
  expect((await vol.write(fd!, 'x', PAGE_SIZE)).err).toBe('ENOSPC');
  expect((await iatt(vol, open!)).iaSize).toBe(PAGE_SIZE);
  fd!.release();
  vol.graph.inodes.forget(removed, 0);
  ok(await vol.mkdir(vol.root, 'more'));
});

test('a write to a full volume takes the space of an unlinked file that is closed', async () => {
  const vol = await volume({ size: '8KB' });
  const removed = await file(vol, vol.root, 'removed', 'x'.repeat(2 * PAGE_SIZE));
  ok(await vol.unlink(vol.root, 'removed'));
  const made = await file(vol, vol.root, 'new', 'y'.repeat(2 * PAGE_SIZE));
  expect(await content(vol, made)).toBe('y'.repeat(2 * PAGE_SIZE));
  expect((await vol.fop('stat', new Loc(removed), null)).err).toBe('ESTALE');
});

test('statfs without option size shows the available memory of the machine as free', async () => {
  const available = 100 * PAGE_SIZE;
  const context = { ...testContext(), availableMemory: () => available };
  const vol = await startVolume([{ name: 'disk', translator: memory }], context);
  onTestFinished(() => vol.stop());
  await file(vol, vol.root, 'f', 'x'.repeat(PAGE_SIZE + 1));
  const { blocks, bfree, bavail } = ok(await vol.fop('statfs', new Loc(vol.root), null)).statvfs!;
  expect([blocks, bfree, bavail]).toEqual([102, 100, 100]);
});

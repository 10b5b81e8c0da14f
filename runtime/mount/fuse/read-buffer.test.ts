/**
 * The mount's read buffer (`Frame.readBuffer`): a storage reads into it if its reply goes straight to the mount. A
 * translator in between, which might retain the data, gets separate bytes.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TestVolume } from '../../../test/support/core.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { Rig, u32, u64 } from '../../../test/support/fuse.ts';
import type { Frame } from '../../core/frame.ts';
import { tail, unwind, wind } from '../../core/gen/fops.gen.ts';
import {
  type Cbk,
  defineTranslator,
  type Fops,
  type FopsOf,
  type Translator,
  type Xlator,
} from '../../core/xlator.ts';
import ioStats from '../../xlators/debug/io-stats/index.ts';
import readAhead from '../../xlators/performance/read-ahead/index.ts';
import posix from '../../xlators/storage/posix/index.ts';
import { OP } from './opcodes.ts';

/** Bytes that the rig's peer accepts at once, without the header. */
const LARGE = 65_536;
const SIZE = 3 * LARGE;
/** Data whose bytes depend on their positions. */
const byteAt = (offset: number): number =>
  (offset * 31 + (offset >>> 8) * 7 + (offset >>> 16)) & 255;
const content = Buffer.alloc(SIZE, 0).map((_, offset) => byteAt(offset));
const slice = (offset: number, size: number): Buffer =>
  Buffer.from(content.subarray(offset, offset + size));

let rig: Rig;
let disk: TestVolume;
beforeEach(() => {
  const directory = makeFolder();
  writeFileSync(join(directory, 'file'), content);
  disk = { translator: posix as unknown as Translator<unknown>, options: { directory } };
});
afterEach(() => rig.close());

/** A volume above the disk with these fops. */
function above(fops: Fops<null>, type = 'debug/above'): TestVolume {
  const description = 'Is above the disk.';
  const made = {
    type,
    description,
    children: [1, 1],
    options: {},
    fops,
    init: () => null,
  } as const;
  return { translator: defineTranslator<null, Record<string, never>>(made) as Translator<unknown> };
}

/** The file's node, and an open handle. */
function openFile(): [node: number, handle: number] {
  const node = rig.find('file').id;
  return [node, Number(rig.ask(OP.OPEN, node, u32(0), u32(0)).body.readBigUInt64LE(0))];
}

const readIn = (handle: number, offset: number, size: number) =>
  [u64(handle), u64(offset), u32(size), u32(0), u64(0), u32(0), u32(0)] as const;

/** The storage's reply, and the buffer that it was offered. */
interface Seen {
  readonly readBuffer: Uint8Array | null;
  vector: Uint8Array | null;
}

/** Wraps the storage to record each READ and its reply. */
function watchedDisk(): { volume: TestVolume; seen: Seen[] } {
  const seen: Seen[] = [];
  const { translator } = disk;
  const findFops = translator.fops as FopsOf<unknown>;
  const readv: NonNullable<Fops<unknown>['readv']> = (frame, xl, ...args) => {
    const { cbk } = frame;
    const one: Seen = { readBuffer: frame.readBuffer, vector: null };
    seen.push(one);
    const listen: Cbk<'readv', unknown> = (up, cookie, at, opRet, opErrno, vector, ...rest) => {
      one.vector = vector;
      (cbk as Cbk<'readv', unknown>)(up, cookie, at, opRet, opErrno, vector, ...rest);
    };
    frame.cbk = listen as typeof cbk;
    findFops(xl).readv!(frame, xl, ...args);
  };
  const fops = (xl: Xlator<unknown>) => ({ ...findFops(xl), readv });
  return { volume: { ...disk, translator: { ...translator, fops } }, seen };
}

const tailing = above({
  readv: (frame, xl, ...args) => tail.readv(frame, xl.children[0]!, ...args),
});
const counting: TestVolume = {
  translator: ioStats as unknown as Translator<unknown>,
  options: { 'count-fop-hits': 'on', 'latency-measurement': 'on' },
};

describe('a READ', () => {
  test.each([
    ['without a volume above', []],
    ['below a volume with a tail wind', [tailing]],
    ['below a watching volume', [counting]],
    ['below several such volumes', [counting, tailing, counting]],
  ])('uses the read buffer %s', async (_where, volumes) => {
    const { volume, seen } = watchedDisk();
    rig = await Rig.startOver([volume, ...volumes]);
    const [node, handle] = openFile();
    for (const [offset, size] of [
      [0, LARGE],
      [LARGE + 1, 4096],
      [SIZE - 100, 4096],
      [SIZE, 4096],
    ] as const) {
      const { error, body } = rig.ask(OP.READ, node, ...readIn(handle, offset, size));
      expect(error).toBe(0);
      expect(body.equals(slice(offset, size))).toBe(true);
    }
    expect(seen).toHaveLength(4);
    for (const { readBuffer, vector } of seen) {
      expect(readBuffer).toBe(rig.session.readBuffer);
      expect(vector!.buffer).toBe(rig.session.out.buffer);
    }
  });
});

describe('a volume that may retain data', () => {
  const keeper = () => {
    const kept: Uint8Array[] = [];
    const readvCbk: Cbk<'readv', null> = (frame, _cookie, _xl, opRet, opErrno, vector, ...rest) => {
      kept.push(vector!);
      unwind.readv(frame, opRet, opErrno, vector, ...rest);
    };
    const keeping = above({
      readv: (frame, xl, ...args) => wind.readv(frame, 0, readvCbk, xl.children[0]!, ...args),
    });
    return { kept, keeping };
  };

  test.each([100, 4096, 32_768, LARGE])(
    'gets the data of a READ of %i bytes outside the shared read buffer',
    async (size) => {
      const { kept, keeping } = keeper();
      rig = await Rig.startOver([disk, counting, keeping, counting]);
      const [node, handle] = openFile();
      for (const offset of [0, size, 2 * size]) {
        rig.ask(OP.READ, node, ...readIn(handle, offset, size));
      }
      // Other replies use the read buffer, too.
      rig.ask(OP.GETATTR, node, u32(0), u32(0), u64(0));
      const offsets = kept.map((vector, i) => Buffer.from(vector).equals(slice(i * size, size)));
      expect(offsets).toEqual([true, true, true]);
    },
  );
});

test('a volume that reads ahead of the client does not use the read buffer', async () => {
  const { volume, seen } = watchedDisk();
  const ahead: TestVolume = {
    translator: readAhead as unknown as Translator<unknown>,
    options: { 'page-size': '4KB' },
  };
  rig = await Rig.startOver([volume, ahead]);
  const [node, handle] = openFile();
  for (let offset = 0; offset < 12 * 4096; offset += 4096) {
    const { body } = rig.ask(OP.READ, node, ...readIn(handle, offset, 4096));
    expect(body.equals(slice(offset, 4096))).toBe(true);
  }
  // The first READ is the client's; the others are read ahead.
  expect(seen.map(({ readBuffer }) => readBuffer !== null)).toEqual([
    true,
    ...seen.slice(1).map(() => false),
  ]);
  expect(seen.length).toBeGreaterThan(12);
});

test('delayed READs reply with their own bytes, in any order', async () => {
  const held: (() => void)[] = [];
  const holding = above({
    readv: (frame: Frame, xl, ...args) =>
      void held.push(() => tail.readv(frame, xl.children[0]!, ...args)),
  });
  rig = await Rig.startOver([disk, holding]);
  const [node, handle] = openFile();
  const asked = [0, 1, 2, 3].map((i) => ({
    unique: rig.send(OP.READ, node, ...readIn(handle, i * 5000, 5000)),
    offset: i * 5000,
  }));
  for (const i of [2, 0, 3, 1]) {
    held[i]!();
    const { unique, body } = rig.receive();
    expect(unique).toBe(asked[i]!.unique);
    expect(body.equals(slice(asked[i]!.offset, 5000))).toBe(true);
  }
});

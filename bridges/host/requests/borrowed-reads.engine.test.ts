/**
 * Reads whose data lies in the mount's memory (`Frame.readBuffer`) while a module sees them: the data is copied if the
 * request outlives the call of the module, or if the module hands it on later.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { tail } from '../../../runtime/core/gen/fops.gen.ts';
import { defineTranslator, type Translator } from '../../../runtime/core/xlator.ts';
import { OP } from '../../../runtime/mount/fuse/opcodes.ts';
import posix from '../../../runtime/xlators/storage/posix/index.ts';
import type { TestVolume } from '../../../test/support/core.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { Rig, u32, u64 } from '../../../test/support/fuse.ts';
import glupy from '../../glupy.ts';

const content = Buffer.from(
  new Uint8Array(4096).map((_, offset) => (offset * 31 + (offset >>> 8)) & 255),
);
/** Sizes of reads, by which the modules below know what to do. */
const [PASSED, HELD, CHANGED, KEPT, HANDED_ON, RELEASING, AGAIN, TWICE] = [
  100, 101, 102, 103, 104, 105, 106, 107,
];
/** The distance of the second read of TWICE from the first. */
const SECOND = 500;

const PYTHON = `from glupy import *

class xlator(Translator):
    def init(self):
        self.held, self.kept = [], []

    def readv(self, frame, fd, size, offset, flags, xdata):
        frame.wind()
        if size == ${TWICE}:
            frame.wind(fd, size, offset + ${SECOND}, flags, xdata)

    def readv_cbk(self, frame, op_ret, op_errno, vector, stbuf, xdata):
        if op_ret == ${TWICE}:
            if frame.local:
                self.log.info((bytes(frame.local) + bytes(vector)).hex())
            else:
                frame.local = vector
                frame.unwind(op_ret, op_errno, vector, stbuf, xdata)
            return
        if op_ret == ${HELD}:
            self.held.append((frame, op_ret, vector, stbuf))
            return
        if op_ret == ${CHANGED}:
            frame.unwind(op_ret, op_errno, bytes(vector)[::-1], stbuf, xdata)
            return
        if op_ret == ${KEPT}:
            self.kept.append(vector)
        if op_ret == ${HANDED_ON}:
            stbuf.ia_nlink = 7
        if op_ret == ${RELEASING}:
            for held, size, data, iatt in self.held:
                held.unwind(size, 0, data, iatt, None)
            for data in self.kept:
                try:
                    bytes(data)
                    self.log.error("the data of an ended request was readable")
                except HandleExpired:
                    pass
        frame.unwind(op_ret, op_errno, vector, stbuf, xdata)

    async def readv(self, frame, fd, size, offset, flags, xdata):
        reply = await self.child.readv(fd, size, offset, flags, xdata)
        if size == ${AGAIN}:
            other = await self.child.readv(fd, size, offset + 500, flags, xdata)
            data = bytes(reply.vector[:50]) + bytes(other.vector[50:])
            frame.unwind(len(data), 0, data, reply.stbuf, None)
            return
        return reply
`;

let rig: Rig;
afterEach(() => rig.close());

/** Starts a module above a disk, with a volume in between that records whether reads are offered the memory. */
async function start(source: string) {
  const directory = makeFolder();
  writeFileSync(join(directory, 'file'), content);
  const offered: boolean[] = [];
  /** The second reads of TWICE, which wait until the test lets them pass. */
  const seconds: (() => void)[] = [];
  const between = defineTranslator<null, Record<string, never>>({
    type: 'debug/between',
    description: 'Records reads.',
    children: [1, 1],
    options: {},
    fops: {
      readv(frame, xl, ...args) {
        offered.push(frame.readBuffer !== null);
        const pass = (): void => tail.readv(frame, xl.children[0]!, ...args);
        const [, size, offset] = args;
        if (size === TWICE && offset >= SECOND) seconds.push(pass);
        else pass();
      },
    },
    init: () => null,
  });
  const makeVolume = (translator: unknown, options = {}): TestVolume => ({
    translator: translator as Translator<unknown>,
    options,
  });
  const folder = makeFolder({ 'm.py': source });
  rig = await Rig.startOver([
    makeVolume(posix, { directory }),
    makeVolume(between),
    makeVolume(glupy, { 'module-name': 'm', 'module-path': folder }),
  ]);
  const node = rig.find('file').id;
  const handle = Number(rig.ask(OP.OPEN, node, u32(0), u32(0)).body.readBigUInt64LE(0));
  const send = (offset: number, size: number): number =>
    rig.send(OP.READ, node, u64(handle), u64(offset), u32(size), u32(0), u64(0), u32(0), u32(0));
  return { offered, seconds, send };
}

const slice = (offset: number, size: number): string =>
  content.toString('hex', offset, offset + size);

describe('a read through a module in Python', () => {
  const withoutAsync = PYTHON.slice(0, PYTHON.indexOf('    async def'));

  test('a module that passes a read on gets its data in the memory of the mount', async () => {
    const { offered, send } = await start(withoutAsync);
    for (const offset of [0, 1000]) {
      send(offset, PASSED);
      expect(rig.receive().body.toString('hex')).toBe(slice(offset, PASSED));
    }
    expect(offered).toEqual([true, true]);
  });

  test('a module that holds, changes, keeps or hands on the data of a read never gives that of another', async () => {
    const { send } = await start(withoutAsync);
    const held = [10, 700].map((offset) => ({ unique: send(offset, HELD), offset }));
    send(20, CHANGED);
    expect(rig.receive().body.reverse().toString('hex')).toBe(slice(20, CHANGED));
    for (const size of [KEPT, HANDED_ON, PASSED]) {
      send(3 * size, size);
      expect(rig.receive().body.toString('hex')).toBe(slice(3 * size, size));
    }
    const last = send(2000, RELEASING);
    const replies = new Map(
      [1, 2, 3].map(() => {
        const { unique, body } = rig.receive();
        return [unique, body.toString('hex')];
      }),
    );
    for (const { unique, offset } of held) expect(replies.get(unique)).toBe(slice(offset, HELD));
    expect(replies.get(last)).toBe(slice(2000, RELEASING));
  });

  test('a module that replies with the first of two reads has its data at the second, too', async () => {
    const { seconds, send } = await start(withoutAsync);
    for (const [size, offset] of [
      [TWICE, 40],
      [PASSED, 30],
    ] as const) {
      send(offset, size);
      expect(rig.receive().body.toString('hex')).toBe(slice(offset, size));
    }
    expect(seconds).toHaveLength(1);
    seconds[0]!();
    expect(rig.lines.join('\n')).toContain(slice(40, TWICE) + slice(40 + SECOND, TWICE));
  });

  test('a module that awaits a second read still has the data of the first', async () => {
    const { send } = await start(PYTHON.replace('def readv_cbk', 'def unused'));
    send(0, AGAIN);
    expect(rig.receive().body.toString('hex')).toBe(slice(0, 50) + slice(550, AGAIN - 50));
    send(30, PASSED);
    expect(rig.receive().body.toString('hex')).toBe(slice(30, PASSED));
  });
});

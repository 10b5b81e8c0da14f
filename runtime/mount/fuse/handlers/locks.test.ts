/** The kernel's lock requests, and their fop lk. */

import { afterEach, describe, expect, test } from 'vitest';
import { FakeContext, HeldLeaf, startGraph } from '../../../../test/support/core.ts';
import { type Part, Rig, u32, u64 } from '../../../../test/support/fuse.ts';
import { connect } from '../../../api/driver.ts';
import {
  EAGAIN,
  EBADF,
  EDEADLK,
  EINTR,
  EINVAL,
  ENOSYS,
  EOPNOTSUPP,
  EOVERFLOW,
} from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { fail, fopNames, unwind } from '../../../core/gen/fops.gen.ts';
import { taps } from '../../../core/gen/taps.gen.ts';
import {
  F_GETLK,
  F_RDLCK,
  F_SETLK,
  F_SETLKW,
  F_UNLCK,
  F_WRLCK,
  type Flock,
} from '../../../core/lock.ts';
import { FLOCK } from '../../../core/xdata.ts';
import { defineTranslator, type Fops } from '../../../core/xlator.ts';
import locks from '../../../xlators/features/locks/index.ts';
import { OP } from '../opcodes.ts';
import * as P from '../protocol.ts';
import { probeLocks } from './lock-support.ts';

let rig: Rig;
afterEach(() => rig.close());

const OWNER = [u32(0xdeadbeef), u32(0x01020304)];
const OWNER_TEXT = 'efbeadde04030201';
/** The end of an unlimited range: the largest signed number. */
const NO_END = [u32(0xffff_ffff), u32(0x7fff_ffff)];

/** A request that lk received. */
interface Seen {
  readonly frame: Frame;
  readonly handle: number;
  readonly cmd: number;
  readonly flock: Flock;
  readonly isFlock: boolean;
}

/** A rig with one open file, whose lk holds requests or answers them. */
async function opened(
  answer: (seen: Seen) => void = () => {},
  fops: Fops<null> & { release?: (fd: number) => void } = {},
) {
  const seen: Seen[] = [];
  rig = await Rig.make({
    open: (frame, _xl, _loc, _flags, fd) => unwind.open(frame, 0, 0, fd, null),
    lk: (frame, _xl, fd, cmd, flock, xdata) => {
      const isFlock = xdata?.number(FLOCK) === 1;
      const one = { frame, handle: fd.id, cmd, flock, isFlock };
      seen.push(one);
      answer(one);
    },
    ...fops,
  });
  const inode = rig.find('file');
  const { body } = rig.ask(OP.OPEN, inode.id, u32(2), u32(0));
  const handle = Number(body.readBigUInt64LE(0));
  const body48 = (end: readonly Part[], type: number, flags: number, fh = handle): Part[] => {
    const range = [u64(10), ...end];
    return [u64(fh), ...OWNER, ...range, u32(type), u32(99), u32(flags), u32(0)];
  };
  return { seen, handle, inode, lkIn: body48 };
}

const granted = ({ frame, flock }: Seen): void => unwind.lk(frame, 0, 0, flock, null);

describe('a lock request', () => {
  test.each([
    ['GETLK', OP.GETLK, F_GETLK],
    ['SETLK', OP.SETLK, F_SETLK],
    ['SETLKW', OP.SETLKW, F_SETLKW],
  ])('%s winds lk with its owner and range', async (_, opcode, cmd) => {
    const { seen, handle, inode, lkIn } = await opened(granted);
    expect(rig.ask(opcode, inode.id, ...lkIn([u64(14)], F_WRLCK, 0)).error).toBe(0);
    const flock = { type: F_WRLCK, whence: 0, start: 10, len: 5, pid: 99, owner: OWNER_TEXT };
    expect(seen).toMatchObject([{ handle, cmd, flock, isFlock: false }]);
    expect(seen[0]!.frame.root).toMatchObject({ op: 'LK', lkOwner: OWNER_TEXT });
  });

  test('without an end has the length 0, and is marked in xdata if it is of flock(2)', async () => {
    const { seen, inode, lkIn } = await opened(granted);
    expect(rig.ask(OP.SETLK, inode.id, ...lkIn(NO_END, F_RDLCK, P.LK_FLOCK)).error).toBe(0);
    expect(seen).toMatchObject([{ flock: { type: F_RDLCK, len: 0 }, isFlock: true }]);
  });

  test('GETLK replies the conflicting lock, or F_UNLCK', async () => {
    let found: Partial<Flock> = { type: F_WRLCK, start: 100, len: 50, pid: 5 };
    const { inode, lkIn } = await opened(({ frame, flock }) =>
      unwind.lk(frame, 0, 0, { ...flock, ...found }, null),
    );
    const ask = (): Buffer => rig.ask(OP.GETLK, inode.id, ...lkIn(NO_END, F_RDLCK, 0)).body;
    const words = '6400000000000000 9500000000000000 01000000 05000000';
    expect(ask().toString('hex')).toBe(words.replaceAll(' ', ''));
    found = { type: F_UNLCK };
    expect(ask().readUInt32LE(16)).toBe(F_UNLCK);
  });

  test.each([EAGAIN, EDEADLK])(
    'a lock request fails with the same errno as lk: %i',
    async (errno) => {
      const { inode, lkIn } = await opened(({ frame }) => fail.lk(frame, errno));
      for (const opcode of [OP.GETLK, OP.SETLK, OP.SETLKW]) {
        expect(rig.ask(opcode, inode.id, ...lkIn(NO_END, F_WRLCK, 0)).error).toBe(-errno);
      }
    },
  );

  test('with an unknown handle gets EBADF', async () => {
    const { seen, inode, lkIn } = await opened();
    expect(rig.ask(OP.SETLK, inode.id, ...lkIn(NO_END, F_WRLCK, 0, 9999)).error).toBe(-EBADF);
    expect(seen).toEqual([]);
  });

  test.each([
    ['ends before it starts', [u64(9)], EINVAL, 10],
    ['starts beyond all files', NO_END, EOVERFLOW, 2 ** 60],
  ])('a lock request whose range %s is refused', async (_, end, errno, start) => {
    const { seen, inode, lkIn } = await opened();
    const parts = lkIn(end, F_WRLCK, 0);
    expect(rig.ask(OP.SETLK, inode.id, ...parts.with(3, u64(start))).error).toBe(-errno);
    expect(seen).toEqual([]);
  });

  test('a lock request that waits is interrupted when its caller gives up', async () => {
    const { seen, inode, lkIn } = await opened(({ frame }) =>
      frame.root.whenInterrupted(() => fail.lk(frame, EINTR)),
    );
    const unique = rig.send(OP.SETLKW, inode.id, ...lkIn(NO_END, F_WRLCK, 0));
    expect([rig.hasAnswer(), rig.session.inFlightCount, rig.session.mayNeedEventLoop]).toEqual([
      false,
      1,
      true,
    ]);
    seen[0]!.frame.root.rest();
    expect(rig.session.mayNeedEventLoop).toBe(false);
    rig.send(OP.INTERRUPT, 0, u64(unique));
    expect(rig.receive()).toMatchObject({ unique, error: -EINTR });
    expect([rig.hasAnswer(), rig.session.inFlightCount]).toEqual([false, 0]);
  });
});

describe('RELEASE', () => {
  const release = (handle: number, flags: number): Part[] => [
    u64(handle),
    u32(2),
    u32(flags),
    ...OWNER,
  ];

  test('RELEASE of a file with a flock unlocks it, then releases the fd', async () => {
    const released: number[] = [];
    const { seen, handle, inode } = await opened(undefined, {
      open: (frame, xl, _loc, _flags, fd) => {
        fd.ctxSet(xl, true);
        unwind.open(frame, 0, 0, fd, null);
      },
      release: (fd) => released.push(fd),
    });
    rig.send(OP.RELEASE, inode.id, ...release(handle, P.RELEASE_FLOCK_UNLOCK));
    const flock = { type: F_UNLCK, start: 0, len: 0, owner: OWNER_TEXT };
    expect(seen).toMatchObject([{ handle, cmd: F_SETLK, flock, isFlock: true }]);
    expect(released).toEqual([]);
    granted(seen[0]!);
    expect(released).toEqual([handle]);
    expect(rig.receive().error).toBe(0);
  });

  test('RELEASE of a file without a flock winds no lk', async () => {
    const { seen, handle, inode } = await opened();
    expect(rig.ask(OP.RELEASE, inode.id, ...release(handle, 0)).error).toBe(0);
    expect(rig.session.fds.size).toBe(0);
    const flags = P.RELEASE_FLOCK_UNLOCK;
    expect(rig.ask(OP.RELEASE, inode.id, ...release(handle, flags)).error).toBe(0);
    expect(seen).toEqual([]);
  });
});

describe('INIT', () => {
  const LOCKS = P.POSIX_LOCKS | P.FLOCK_LOCKS;

  test.each([
    [true, LOCKS],
    [false, 0],
  ])('requests locks from the kernel if the graph serves them (%s)', async (served, flags) => {
    rig = await Rig.make({}, { locks: served });
    const { body } = rig.ask(OP.INIT, 0, u32(7), u32(40), u32(0), u32(0xffff_ffff), u32(0));
    expect(body.readInt32LE(12) & LOCKS).toBe(flags);
  });
});

describe('probeLocks', () => {
  const passing = (watches: boolean) =>
    defineTranslator<null, Record<string, never>>({
      type: 'debug/passing',
      description: 'Passes everything on.',
      children: [1, 1],
      options: {},
      fops: taps(fopNames, () => 0),
      watches,
      init: () => null,
    });
  const refusing = (errno: number) => {
    const leaf = new HeldLeaf();
    const asked: string[] = [];
    leaf.onRequest = ({ name, answer }) => {
      asked.push(name);
      answer(-1, errno, null, null);
    };
    return { asked, translator: leaf.onlyFops('lk') };
  };
  const none = new HeldLeaf().onlyFops('lookup');

  test.each([
    ['true with features/locks', [none, locks, passing(true)], true],
    ['false for a storage without lk', [none], false],
    ['false if all volumes pass lk on', [none, passing(false), passing(true)], false],
    ['false if lk fails with ENOSYS', [refusing(ENOSYS).translator], false],
    ['false if lk fails with EOPNOTSUPP', [refusing(EOPNOTSUPP).translator, passing(false)], false],
    ['true if lk fails with EBADF', [refusing(EBADF).translator], true],
  ])('returns %s', async (_, translators, served) => {
    rig = await Rig.make();
    const context = new FakeContext();
    const graph = await startGraph(
      translators.map((translator) => ({ translator: translator as never })),
      context,
    );
    expect(await probeLocks(connect(graph))).toBe(served);
    expect(graph.inodes.root.fdCount).toBe(0);
    await graph.stop();
  });

  test('winds no lk if the only volumes with lk are those that just observe it', async () => {
    rig = await Rig.make();
    const graph = await startGraph([{ translator: none }, { translator: passing(true) as never }]);
    let asked = 0;
    const { fop } = graph.links.lk;
    graph.links.lk = {
      ...graph.links.lk,
      fop: (...args) => {
        asked += 1;
        fop(...args);
      },
    };
    expect(await probeLocks(connect(graph))).toBe(false);
    expect(asked).toBe(0);
    await graph.stop();
  });
});

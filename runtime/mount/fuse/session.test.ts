/** Messages to a session, and their replies: exactly one each. */
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Rig, u32, u64 } from '../../../test/support/fuse.ts';
import { Dict } from '../../core/dict.ts';
import type { Frame } from '../../core/frame.ts';
import { fail, unwind } from '../../core/gen/fops.gen.ts';
import { Iatt } from '../../core/iatt.ts';
import type { Fd } from '../../core/operands.ts';
import type { Fops, Translator } from '../../core/xlator.ts';
import { OP } from './opcodes.ts';
import * as P from './protocol.ts';
import { type Request, readGroups } from './request.ts';

const [EPERM, ENOENT, EIO, EAGAIN, EACCES, EINVAL] = [1, 2, 5, 11, 13, 22];
const ENOSYS = 38;

let rig: Rig;
afterEach(() => rig.close());

/** GETATTR of the root. */
const getattr = (): number => rig.send(OP.GETATTR, 1, u32(0), u32(0), u64(0));

/** A leaf that holds `stat` requests until the test answers them. */
function keeping(): { fops: Fops<null>; kept: Frame[] } {
  const kept: Frame[] = [];
  return { kept, fops: { stat: (frame) => void kept.push(frame) } };
}

const answerStat = (frame: Frame): void => {
  const buf = new Iatt();
  buf.iaCtime = 1;
  unwind.stat(frame, 0, 0, buf, null);
};

describe('a reply', () => {
  test('carries the number of its request, in any order of replies', async () => {
    const { fops, kept } = keeping();
    rig = await Rig.make(fops);
    const numbers = [getattr(), getattr(), getattr()];
    expect(rig.session.inFlightCount).toBe(3);
    expect(rig.hasAnswer()).toBe(false);
    for (const frame of [kept[2]!, kept[0]!, kept[1]!]) answerStat(frame);
    const got = [rig.receive(), rig.receive(), rig.receive()].map(({ unique }) => unique);
    expect(got).toEqual([numbers[2], numbers[0], numbers[1]]);
    expect(rig.session.inFlightCount).toBe(0);
  });

  test('the request of a reply has the uid, gid, pid and groups of its caller', async () => {
    const { fops, kept } = keeping();
    rig = await Rig.make(fops);
    rig.caller = { uid: 1000, gid: 100, pid: process.pid };
    const unique = getattr();
    const { uid, gid, pid, op, kernelUnique, groups } = kept[0]!.root as Request;
    expect({ uid, gid, pid, op, kernelUnique }).toEqual({
      ...rig.caller,
      op: 'STAT',
      kernelUnique: unique,
    });
    // Node adds the process's own group.
    const own = process.getgroups!().filter((group) => group !== process.getegid!());
    expect(groups.filter((group) => group !== process.getegid!()).sort()).toEqual(own.sort());
    answerStat(kept[0]!);
  });

  test.runIf(process.getuid!() === 0)(
    'the request of a reply does not have group 0 if its caller has no groups',
    () => {
      const before = process.getgroups!();
      try {
        process.setgroups!([]);
        expect(readGroups(process.pid)).toEqual([]);
        process.setgroups!([7, 0]);
        expect([...readGroups(process.pid)].sort()).toEqual([0, 7]);
      } finally {
        process.setgroups!(before);
      }
    },
  );

  test.each([
    [ENOENT, -116],
    [EIO, -EIO],
    [511, -511],
    // Errnos that a FUSE reply cannot carry.
    [0, -EIO],
    [512, -EIO],
    [-5, -EIO],
  ])('to a fop that fails with errno %i has errno %i', async (errno, error) => {
    rig = await Rig.make({ stat: (frame) => fail.stat(frame, errno) });
    getattr();
    expect(rig.receive().error).toBe(error);
  });

  test('is dropped and logged if the request already has a reply', async () => {
    rig = await Rig.make({
      stat: (frame) => {
        answerStat(frame);
        answerStat(frame);
      },
    });
    getattr();
    expect(rig.receive().error).toBe(0);
    expect(rig.hasAnswer()).toBe(false);
    expect(rig.lines.join()).toMatch(/unwound twice/);
  });
});

test('a request gets EIO half a second after its translator was interrupted before the reply', async () => {
  const { fops, kept } = keeping();
  rig = await Rig.make({
    stat: (frame, ...more) => {
      // The translator's code after this point never runs.
      fops.stat!(frame, ...more);
      rig.session.handleAbandonedTurn();
    },
  });
  const [late, early] = [getattr(), getattr()];
  answerStat(kept[1]!);
  expect(rig.receive()).toMatchObject({ unique: early, error: 0 });
  rig.context.advance(499);
  expect(rig.hasAnswer()).toBe(false);
  rig.context.advance(1);
  expect(rig.receive()).toMatchObject({ unique: late, error: -EIO });
  expect([rig.hasAnswer(), rig.session.inFlightCount]).toEqual([false, 0]);
  expect(rig.lines.join()).toContain('STAT: abandoned with a call that ran too long');
  // Other code may still work on the request.
  answerStat(kept[0]!);
  expect(rig.hasAnswer()).toBe(false);
});

test('a reply after the end of the FUSE session is dropped', async () => {
  const { fops, kept } = keeping();
  rig = await Rig.make(fops);
  getattr();
  getattr();
  rig.session.close();
  answerStat(kept[0]!);
  fail.stat(kept[1]!, EIO);
  expect([rig.hasAnswer(), rig.session.inFlightCount]).toEqual([false, 0]);
});

describe('a translator that throws', () => {
  test('fails its request with EIO once, and the next request is served', async () => {
    let count = 0;
    rig = await Rig.make({
      stat: (frame) => {
        count += 1;
        if (count === 1) throw new TypeError('x is not a function');
        answerStat(frame);
      },
    });
    getattr();
    expect(rig.receive().error).toBe(-EIO);
    expect(rig.lines.join()).toMatch(/GETATTR: a translator threw: TypeError: x is not a function/);
    expect(rig.lines.join()).toMatch(/session\.test\.ts/);
    getattr();
    expect(rig.receive().error).toBe(0);
    expect([rig.hasAnswer(), rig.session.inFlightCount]).toEqual([false, 0]);
  });

  test('after its reply does not change that reply', async () => {
    rig = await Rig.make({
      stat: (frame) => {
        answerStat(frame);
        throw new Error('late');
      },
    });
    getattr();
    expect(rig.receive().error).toBe(0);
    expect(rig.hasAnswer()).toBe(false);
    expect(rig.lines.join()).toMatch(/late/);
  });

  test('has its later reply dropped, because the request has failed', async () => {
    const { kept } = keeping();
    rig = await Rig.make({
      stat: (frame) => {
        kept.push(frame);
        throw new Error('no');
      },
    });
    getattr();
    expect(rig.receive().error).toBe(-EIO);
    answerStat(kept[0]!);
    expect(rig.hasAnswer()).toBe(false);
  });
});

describe('a message', () => {
  test('a malformed message gets EINVAL and is logged', async () => {
    rig = await Rig.make();
    expect(rig.ask(OP.GETATTR, 1, u32(0)).error).toBe(-EINVAL);
    expect(rig.lines.join()).toMatch(/malformed GETATTR of 44 bytes/);
  });

  test.each([OP.FORGET, OP.BATCH_FORGET, OP.INTERRUPT])(
    'a malformed message of operation %i, which has no reply, gets none',
    async (opcode) => {
      rig = await Rig.make();
      rig.send(opcode, 1, u32(9));
      expect(rig.hasAnswer()).toBe(false);
    },
  );

  test('shorter than a header gets no reply', async () => {
    rig = await Rig.make();
    rig.sendBytes(new Uint8Array(20));
    expect(rig.hasAnswer()).toBe(false);
  });

  test.each([OP.POLL, OP.BMAP, OP.SETUPMAPPING, 999])(
    'a message of operation %i gets ENOSYS',
    async (opcode) => {
      rig = await Rig.make();
      expect(rig.ask(opcode, 1, u64(0), u64(0), u64(0)).error).toBe(-ENOSYS);
    },
  );

  test('with an unknown inode gets ESTALE, and with an unknown file handle EBADF', async () => {
    rig = await Rig.make();
    expect(rig.ask(OP.GETATTR, 99, u32(0), u32(0), u64(0)).error).toBe(-116);
    expect(rig.ask(OP.LOOKUP, 99, 'name').error).toBe(-116);
    expect(rig.ask(OP.FLUSH, 1, u64(9), u64(0), u64(0)).error).toBe(-9);
  });
});

test('a message of random bytes gets at most one reply, and no exception', async () => {
  rig = await Rig.make();
  rig.find('file');
  rig.find('dir');
  const silent: number[] = [OP.FORGET, OP.BATCH_FORGET];
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 54 }),
      fc.integer({ min: 0, max: 4 }),
      fc.uint8Array({ maxLength: 120 }),
      (opcode, nodeid, body) => {
        const unique = rig.send(opcode, nodeid, body);
        if (silent.includes(opcode)) return !rig.hasAnswer();
        if (opcode === OP.INTERRUPT && !rig.hasAnswer()) return body.length < 8;
        return rig.receive().unique === unique && !rig.hasAnswer();
      },
    ),
    { numRuns: 2000 },
  );
  expect(rig.session.inFlightCount).toBe(0);
  expect(rig.lines.filter((line) => /threw/.test(line))).toEqual([]);
});

describe('INTERRUPT', () => {
  test('INTERRUPT of a dead caller interrupts its request, which still gets its reply', async () => {
    const { fops, kept } = keeping();
    rig = await Rig.make(fops);
    // A pid above all valid ones, as of an ended process.
    rig.caller.pid = 0x7fff_ffff;
    const unique = getattr();
    let told = 0;
    kept[0]!.root.whenInterrupted(() => {
      told += 1;
    });
    rig.send(OP.INTERRUPT, 0, u64(unique));
    expect([told, kept[0]!.root.interrupted]).toEqual([1, true]);
    expect(rig.hasAnswer()).toBe(false);
    answerStat(kept[0]!);
    expect(rig.receive()).toMatchObject({ unique, error: 0 });
  });

  test('INTERRUPT of a living caller, which handles a signal, does not interrupt the request', async () => {
    const { fops, kept } = keeping();
    rig = await Rig.make(fops);
    rig.caller.pid = process.pid;
    const unique = getattr();
    rig.send(OP.INTERRUPT, 0, u64(unique));
    expect(kept[0]!.root.interrupted).toBe(false);
    answerStat(kept[0]!);
    expect(rig.receive()).toMatchObject({ unique, error: 0 });
  });

  test('INTERRUPT of an unknown request gets EAGAIN', async () => {
    rig = await Rig.make();
    expect(rig.ask(OP.INTERRUPT, 0, u64(4711)).error).toBe(-EAGAIN);
  });
});

describe('the data of a WRITE', () => {
  test('stays valid until its reply while other requests arrive', async () => {
    const written: { frame: Frame; vector: Uint8Array }[] = [];
    rig = await Rig.make({
      open: (frame, _xl, _loc, _flags, fd: Fd) => unwind.open(frame, 0, 0, fd, null),
      writev: (frame, _xl, _fd, vector) => void written.push({ frame, vector }),
    });
    const { id } = rig.find('file');
    const handle = Number(rig.ask(OP.OPEN, id, u32(2), u32(0)).body.readBigUInt64LE(0));
    const write = (text: string): number => {
      const head = [u64(handle), u64(0), u32(text.length), u32(0), u64(0), u32(2), u32(0)];
      return rig.send(OP.WRITE, id, ...head, Buffer.from(text));
    };
    const buffers = new Set<Uint8Array>();
    for (let round = 0; round < 3; round++) {
      const first = write('first');
      buffers.add(rig.session.buffer);
      write('other');
      buffers.add(rig.session.buffer);
      const texts = written.map(({ vector }) => new TextDecoder().decode(vector));
      expect(texts).toEqual(['first', 'other']);
      // `slice` of a Buffer would not copy the data.
      expect(Object.getPrototypeOf(written[0]!.vector)).toBe(Uint8Array.prototype);
      for (const { frame, vector } of written.splice(0)) {
        unwind.writev(frame, vector.length, 0, null, null, null);
      }
      expect(rig.receive()).toMatchObject({ unique: first, error: 0 });
      expect(rig.receive().body.readUInt32LE(0)).toBe(5);
    }
    // The buffers are reused.
    expect(buffers.size).toBeLessThanOrEqual(3);
  });

  test('arrives complete in every size', async () => {
    const sizes = [0, 1, 8191, 8192, 8193, 100_000];
    rig = await Rig.make({
      open: (frame, _xl, _loc, _flags, fd: Fd) => unwind.open(frame, 0, 0, fd, null),
      readv: (frame, _xl, _fd, size, offset) => {
        const vector = new Uint8Array(size).fill(offset);
        unwind.readv(frame, size, 0, vector, null, null);
      },
    });
    const { id } = rig.find('file');
    const handle = Number(rig.ask(OP.OPEN, id, u32(0), u32(0)).body.readBigUInt64LE(0));
    for (const [offset, size] of sizes.entries()) {
      const head = [u64(handle), u64(offset), u32(size), u32(0), u64(0), u32(0), u32(0)];
      const { error, body } = rig.ask(OP.READ, id, ...head);
      expect(error).toBe(0);
      expect(body.equals(Buffer.alloc(size, offset))).toBe(true);
    }
  });
});

describe('INIT', () => {
  const init = (major: number, minor: number): readonly [number, Buffer] => {
    const body = [u32(major), u32(minor), u32(131072), u32(0xffff_ffff), u32(0xffff_ffff)];
    const { error, body: answer } = rig.ask(OP.INIT, 0, ...body, new Uint8Array(44));
    return [error, answer];
  };

  test('agrees on the older minor version, and requests only the features that glossa uses', async () => {
    rig = await Rig.make();
    const [error, body] = init(7, 36);
    expect([error, body.length]).toEqual([0, 64]);
    expect([body.readUInt32LE(0), body.readUInt32LE(4)]).toEqual([7, 36]);
    const flags = body.readUInt32LE(12);
    expect(flags & P.DO_READDIRPLUS).not.toBe(0);
    const ours = P.ATOMIC_O_TRUNC | P.DONT_MASK | P.POSIX_ACL | P.HANDLE_KILLPRIV_V2;
    expect(flags & ours).toBe(ours);
    expect(flags & (P.WRITEBACK_CACHE | P.POSIX_LOCKS)).toBe(0);
    expect([body.readUInt32LE(20), body.readUInt16LE(28)]).toEqual([1048576, 256]);
    expect(init(7, 99)[1].readUInt32LE(4)).toBe(45);
  });

  test('at a mount without ACLs requests DONT_MASK, but not POSIX_ACL', async () => {
    rig = await Rig.make({}, { acl: false });
    const flags = init(7, 36)[1].readUInt32LE(12);
    expect(flags & (P.POSIX_ACL | P.DONT_MASK)).toBe(P.DONT_MASK);
  });

  test('requests attributes for every listing over a remote volume, else only if the program uses them', async () => {
    const leaf = {
      type: 'debug/leaf',
      description: 'Test.',
      children: [0, 0],
      options: {},
      fops: {},
    };
    const requestsAuto = async (isRemote: boolean): Promise<boolean> => {
      const translator = { ...leaf, isRemote, init: () => null } as unknown as Translator<unknown>;
      rig = await Rig.startOver([{ translator }]);
      const flags = init(7, 36)[1].readUInt32LE(12);
      expect(flags & P.DO_READDIRPLUS).not.toBe(0);
      return (flags & P.READDIRPLUS_AUTO) !== 0;
    };
    expect(await requestsAuto(true)).toBe(false);
    await rig.close();
    expect(await requestsAuto(false)).toBe(true);
  });

  test.each([
    [ENOENT, 'unmounted before it began'],
    [EINVAL, 'the kernel refused the answer to INIT'],
  ])('INIT whose reply fails with errno %i logs: %s', async (errno, text) => {
    rig = await Rig.make();
    vi.spyOn(rig.session, 'replyHeader').mockReturnValue(-errno);
    expect(() => init(7, 36)).toThrow('no answer');
    expect(rig.lines.join()).toContain(text);
  });

  test("the mount's part of a statedump counts requests, and shows what the kernel agreed to", async () => {
    rig = await Rig.make();
    init(7, 36);
    const { xl } = rig.session.initiator;
    const off = { passthrough: 'off', 'writeback-cache': 'off' };
    expect(xl.translator.dump!(xl)).toMatchObject({ requests: 1, 'in-flight': 0, ...off });
  });

  test('INIT of a kernel that is too old gets EPROTO and an error in the log', async () => {
    rig = await Rig.make();
    expect(init(7, 30)[0]).toBe(-71);
    expect(rig.lines.join()).toMatch(/speaks FUSE 7\.30, and 7\.31 is needed/);
  });
});

test('DESTROY, the last request of a mount, gets an empty reply', async () => {
  rig = await Rig.make();
  expect(rig.ask(OP.DESTROY, 1)).toMatchObject({ error: 0, body: Buffer.alloc(0) });
});

test('only root and the mounting user can read attributes that reveal paths', async () => {
  const names = ['glusterfs.pathinfo', 'glusterfs.gfidtopath', 'user.a'];
  rig = await Rig.make({
    getxattr(frame, _xl, _loc, name) {
      unwind.getxattr(frame, 0, 0, new Dict().set(name!, 'told'), null);
    },
  });
  const own = process.geteuid!();
  const ask = (uid: number) => {
    rig.caller = { uid, gid: 0, pid: 0 };
    return names.map((name) => {
      const { error, body } = rig.ask(OP.GETXATTR, 1, u32(64), u32(0), name);
      return error === 0 ? body.toString() : error;
    });
  };
  expect(ask(own)).toEqual(['told', 'told', 'told']);
  expect(ask(0)).toEqual(['told', 'told', 'told']);
  expect(ask(own + 1000)).toEqual([-EACCES, -EACCES, 'told']);
});

test('only root and the mounting user can invalidate by reading glossa.invalidate', async () => {
  rig = await Rig.make();
  const get = (size = 64) => rig.send(OP.GETXATTR, 1, u32(size), u32(0), 'glossa.invalidate');
  rig.caller = { uid: (process.getuid?.() ?? 0) + 1, gid: 0, pid: 0 };
  get();
  expect(rig.receive().error).toBe(-EPERM);
  rig.caller = { uid: process.getuid?.() ?? 0, gid: 0, pid: 0 };
  get(0);
  expect(rig.receive().body.readUInt32LE(0)).toBe(65_536);
});

test('readGroups returns no groups for an ended process and for the kernel', async () => {
  rig = await Rig.make();
  expect([readGroups(0), readGroups(2 ** 22 + 1)]).toEqual([[], []]);
});

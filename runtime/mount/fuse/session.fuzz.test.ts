/**
 * Invalid messages: real ones that are cut, extended and changed, and random bytes, on a volume in memory. None may
 * throw, hang, get two replies, or leak.
 */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { Rig, u32, u64 } from '../../../test/support/fuse.ts';
import type { Translator } from '../../core/xlator.ts';
import memory from '../../xlators/storage/memory/index.ts';
import posix from '../../xlators/storage/posix/index.ts';
import { captured } from './codec/testdata/linux-6.18.ts';
import { nameOpcode, OP, opcodes } from './opcodes.ts';
import * as P from './protocol.ts';

const EINVAL = 22;
const HEADER = P.IN_HEADER_SIZE;
/** Operations without a reply. */
const SILENT: ReadonlySet<number> = new Set([OP.FORGET, OP.BATCH_FORGET]);
/** Operations without a reply when malformed. */
const SILENT_WHEN_BROKEN: ReadonlySet<number> = new Set([...SILENT, OP.INTERRUPT]);

const messages = captured.map(({ hex }) => Buffer.from(hex, 'hex'));
const known = Object.values(opcodes).map(({ opcode }) => opcode);

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.startOver([{ translator: memory as Translator<unknown> }]);
  // Targets for small node ids and handles.
  for (const name of ['file', 'other']) {
    rig.ask(OP.CREATE, 1, u32(0o102), u32(0o644), u32(0o22), u32(0), name);
  }
  rig.ask(OP.MKDIR, 1, u32(0o755), u32(0o22), 'dir');
  rig.ask(OP.OPENDIR, 1, u32(0), u32(0));
});
afterEach(() => rig.close());

const opcodeOf = (message: Buffer): number => message.readUInt32LE(4);

/** The request with a unique number, and the correct length in its header. */
function sealed(message: Uint8Array, unique: number): Buffer {
  const bytes = Buffer.from(message);
  if (bytes.length >= 4) bytes.writeUInt32LE(bytes.length, 0);
  if (bytes.length >= 16) bytes.writeBigUInt64LE(BigInt(unique), 8);
  return bytes;
}

/** Sends a message and returns the errnos of its replies, which must carry its number. */
function errorsOf(message: Buffer): number[] {
  rig.sendBytes(message);
  const errors: number[] = [];
  while (rig.hasAnswer()) {
    const { unique, error } = rig.receive();
    expect(unique).toBe(Number(message.readBigUInt64LE(8)));
    errors.push(error);
  }
  return errors;
}

/** Expects one reply, or none for an operation without replies. */
function expectOne(message: Buffer): void {
  const errors = errorsOf(message);
  const opcode = opcodeOf(message);
  if (SILENT.has(opcode)) expect(errors).toEqual([]);
  else if (SILENT_WHEN_BROKEN.has(opcode)) expect(errors.length).toBeLessThan(2);
  else expect(errors, `${nameOpcode(opcode)} ${message.toString('hex')}`).toHaveLength(1);
}

/** Expects no exception, no waiting request, and no leaked message buffer. */
function expectSound(): void {
  expect(rig.lines.filter((line) => /threw|twice/.test(line))).toEqual([]);
  expect(rig.session.inFlightCount).toBe(0);
}

describe('a captured message', () => {
  test.each(messages.map((message) => [nameOpcode(opcodeOf(message)), message] as const))(
    '%s, cut at any length, gets EINVAL and is logged',
    (name, message) => {
      // Later protocols extended INIT; the old length is valid.
      const whole = name === 'INIT' ? HEADER + 16 : message.length;
      for (let length = HEADER; length < whole; length++) {
        rig.lines.length = 0;
        const errors = errorsOf(sealed(message.subarray(0, length), 1000 + length));
        const isSilent = SILENT_WHEN_BROKEN.has(opcodeOf(message));
        expect(errors).toEqual(isSilent ? [] : [-EINVAL]);
        expect(rig.lines.join()).toContain(`malformed ${name} of ${length} bytes`);
      }
      expectSound();
    },
  );

  test('shorter than a header is logged, and gets no reply', () => {
    for (let length = 0; length < HEADER; length++) {
      rig.sendBytes(sealed(messages[0]!.subarray(0, length), 2));
    }
    expect(rig.hasAnswer()).toBe(false);
    expect(rig.lines.filter((line) => /malformed/.test(line))).toHaveLength(HEADER);
  });

  test.each([0, 1, HEADER, 0xffff_ffff])(
    'a captured message whose header says %i bytes is malformed',
    (len) => {
      for (const message of messages) {
        const bytes = sealed(message, 2);
        bytes.writeUInt32LE(len, 0);
        if (len === bytes.length) continue;
        const isSilent = SILENT_WHEN_BROKEN.has(opcodeOf(message));
        expect(errorsOf(bytes)).toEqual(isSilent ? [] : [-EINVAL]);
      }
      expectSound();
    },
  );

  test('a captured message whose name lacks its NUL is malformed', () => {
    const NAMED = [
      OP.LOOKUP,
      OP.MKNOD,
      OP.MKDIR,
      OP.UNLINK,
      OP.RMDIR,
      OP.LINK,
      OP.CREATE,
      OP.SYMLINK,
    ];
    for (const message of messages.filter((one) => NAMED.includes(opcodeOf(one)))) {
      const bytes = sealed(message, 2);
      const end = bytes.lastIndexOf(0);
      expect(end).toBe(bytes.length - 1);
      bytes[end] = 0x78;
      expect(errorsOf(bytes)).toEqual([-EINVAL]);
    }
    expectSound();
  });
});

/** Sizes, offsets and node ids at the limits of Numbers and of C's integers. */
const HUGE = [
  '00000080',
  'ffffffff',
  'ffffff7f',
  '00000000ffffffff',
  '0000000000002000',
  '0000000000000080',
  'ffffffffffffff7f',
  'ffffffffffffffff',
].map((hex) => Buffer.from(hex, 'hex'));

/** A change of a message, at a position relative to its length. */
type Change = (message: Buffer, place: number) => Buffer;

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom(...HUGE).map(
    (value): Change =>
      (message, place) => {
        const at = HEADER + 4 * Math.floor((place * (message.length - HEADER)) / 4);
        value.copy(message, Math.min(at, message.length));
        return message;
      },
  ),
  fc.integer({ min: 0, max: 255 }).map(
    (value): Change =>
      (message, place) => {
        if (message.length > 4) message[4 + Math.floor(place * (message.length - 4))] = value;
        return message;
      },
  ),
  fc.constant<Change>((message, place) => message.subarray(0, Math.floor(place * message.length))),
  fc.uint8Array({ maxLength: 300 }).map(
    (more): Change =>
      (message) =>
        Buffer.concat([message, more]),
  ),
  fc.constantFrom(...known).map(
    (opcode): Change =>
      (message) => {
        if (message.length >= 8) message.writeUInt32LE(opcode, 4);
        return message;
      },
  ),
  fc.integer({ min: 0, max: 6 }).map(
    (nodeid): Change =>
      (message) => {
        if (message.length >= 24) message.writeBigUInt64LE(BigInt(nodeid), 16);
        return message;
      },
  ),
  fc.integer({ min: 0, max: 0xffff }).map(
    (extensions): Change =>
      (message) => {
        if (message.length >= 38) message.writeUInt16LE(extensions, 36);
        return message;
      },
  ),
);

const changed = fc
  .tuple(
    fc.constantFrom(...messages),
    fc.array(fc.tuple(change, fc.double({ min: 0, max: 0.999, noNaN: true })), { maxLength: 4 }),
  )
  .map(([message, changes]) => {
    let bytes: Buffer = Buffer.from(message);
    for (const [apply, place] of changes) bytes = apply(bytes, place);
    return bytes;
  });

test('a FUSE message with any change gets one reply, and leaks nothing', () => {
  const buffers = new Set<Uint8Array>();
  let unique = 2;
  fc.assert(
    fc.property(fc.array(changed, { maxLength: 20 }), (sequence) => {
      for (const message of sequence) {
        unique += 2;
        const bytes = sealed(message, unique);
        if (bytes.length < HEADER) rig.sendBytes(bytes);
        else expectOne(bytes);
        buffers.add(rig.session.buffer);
      }
      expectSound();
    }),
    { numRuns: 500 },
  );
  // Every request was answered at once, so one buffer sufficed.
  expect(buffers.size).toBe(1);
});

test('a FUSE operation with random arguments gets one reply, and leaks nothing', () => {
  let unique = 2;
  fc.assert(
    fc.property(
      fc.constantFrom(...known, OP.POLL, OP.BMAP, OP.SETUPMAPPING, 4096),
      fc.integer({ min: 0, max: 6 }),
      fc.uint8Array({ maxLength: 200 }),
      (opcode, nodeid, body) => {
        unique += 2;
        const bytes = sealed(Buffer.concat([Buffer.alloc(HEADER), body]), unique);
        bytes.writeUInt32LE(opcode, 4);
        bytes.writeBigUInt64LE(BigInt(nodeid), 16);
        expectOne(bytes);
      },
    ),
    { numRuns: 3000 },
  );
  expectSound();
});

test('RELEASE closes every file that was opened, also after malformed messages', () => {
  const { fds } = rig.session;
  const before = fds.size;
  fc.assert(
    fc.property(changed, (message) => {
      if (message.length < HEADER) return;
      const bytes = sealed(message, 4);
      // Like the kernel, uses only handles that it was given.
      if (opcodeOf(bytes) === OP.RELEASE || opcodeOf(bytes) === OP.RELEASEDIR) return;
      rig.sendBytes(bytes);
      while (rig.hasAnswer()) {
        const { error, body } = rig.receive();
        const opens = [OP.OPEN, OP.OPENDIR].includes(opcodeOf(bytes));
        const creates = [OP.CREATE, OP.TMPFILE].includes(opcodeOf(bytes));
        if (error !== 0 || !(opens || creates)) continue;
        const handle = body.subarray(creates ? 128 : 0).readBigUInt64LE(0);
        const release = [u64(Number(handle)), u32(0), u32(0), u64(0)];
        expect(rig.ask(OP.RELEASE, 1, ...release).error).toBe(0);
      }
      expect(fds.size).toBe(before);
    }),
    { numRuns: 1000 },
  );
});

test('the reply to INIT requests only features that the kernel offers', () => {
  const word = fc.integer({ min: 0, max: 0xffff_ffff });
  fc.assert(
    fc.property(fc.integer({ min: 31, max: 60 }), word, word, (minor, flags, flags2) => {
      const body = [u32(7), u32(minor), u32(131_072), u32(flags), u32(flags2)];
      const { error, body: answer } = rig.ask(OP.INIT, 0, ...body, new Uint8Array(44));
      expect([error, answer.readUInt32LE(0), answer.readUInt32LE(4)]).toEqual([
        0,
        7,
        Math.min(minor, P.MINOR_MAX),
      ]);
      expect(answer.readUInt32LE(12) & ~flags).toBe(0);
      expect(answer.readUInt32LE(32) & ~flags2).toBe(0);
    }),
  );
});

/** Operations that would fill the disk, or make files that cannot be removed. */
const NOT_ON_DISK: ReadonlySet<number> = new Set([OP.FALLOCATE, OP.IOCTL]);

test('random messages to storage/posix, with asynchronous replies, get one reply each', async () => {
  const directory = makeFolder();
  onTestFinished(() => {
    // A random mode may deny access even to the owner.
    execFileSync('chmod', ['-R', 'u+rwx', directory]);
  });
  const onDisk = await Rig.startOver([
    { translator: posix as Translator<unknown>, options: { directory } },
  ]);
  onTestFinished(() => onDisk.close());
  const { session } = onDisk;
  let unique = 2;
  const sequences = fc.array(changed, { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(sequences, async (sequence) => {
      const owed = new Set<number>();
      for (const message of sequence) {
        unique += 2;
        const bytes = sealed(message, unique);
        if (bytes.length < HEADER || NOT_ON_DISK.has(opcodeOf(bytes))) continue;
        if (!SILENT_WHEN_BROKEN.has(opcodeOf(bytes))) owed.add(unique);
        onDisk.sendBytes(bytes);
      }
      while (session.inFlightCount > 0) await new Promise(setImmediate);
      while (onDisk.hasAnswer()) owed.delete(onDisk.receive().unique);
      expect([...owed]).toEqual([]);
    }),
    { numRuns: 200 },
  );
  expect(onDisk.lines.filter((line) => /threw|twice/.test(line))).toEqual([]);
});

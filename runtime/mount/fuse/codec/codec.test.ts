/** The codec: captured messages, literal replies, and malformed messages. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Iatt, Statvfs } from '../../../core/iatt.ts';
import { nameOpcode, opcodes } from '../opcodes.ts';
import { Cursor, InHeader, Span } from './cursor.ts';
import { encodeDirent, NAME_OFFSET } from './dir.ts';
import {
  DELETE_NAME_OFFSET,
  encodeDelete,
  encodeIncEpoch,
  encodeInvalEntry,
  encodeInvalInode,
  INVAL_ENTRY_NAME_OFFSET,
} from './notify.ts';
import * as attr from './reply-structs.ts';
import {
  ENTRY_OUT_SIZE,
  encodeEntryOut,
  encodeNegativeEntry,
  encodeOutHeader,
  put64,
  Validity,
} from './reply-structs.ts';
import {
  encodeGetxattrOut,
  encodeInitOut,
  encodeLseekOut,
  encodeOpenOut,
  encodeStatfsOut,
  encodeWriteOut,
  INIT_OUT_SIZE,
} from './structs.gen.ts';
import { captured } from './testdata/linux-6.18.ts';
import { formatRequest } from './testdata/request-text.ts';

const SHOWN = `
  LOOKUP #6 node 1 uid 0 gid 0 name=dir
  FORGET #212 node 3 uid 0 gid 0 nlookup=2
  GETATTR #4 node 1 uid 0 gid 0 flags=0 fh=0
  SETATTR #58 node 5 uid 0 gid 0 valid=1 fh=0 size=0 atime=0 mtime=0 ctime=0 atimensec=0 mtimensec=0 ctimensec=0 mode=33152 uid=0 gid=0
  SETATTR #64 node 5 uid 0 gid 0 valid=6 fh=0 size=0 atime=0 mtime=0 ctime=0 atimensec=0 mtimensec=0 ctimensec=0 mode=0 uid=1 gid=2
  SETATTR #70 node 5 uid 0 gid 0 valid=48 fh=0 size=0 atime=1234567890 mtime=1234567890 ctime=0 atimensec=500000000 mtimensec=500000000 ctimensec=0 mode=0 uid=0 gid=0
  SETATTR #80 node 5 uid 0 gid 0 valid=584 fh=4 size=3 atime=0 mtime=0 ctime=0 atimensec=0 mtimensec=0 ctimensec=0 mode=0 uid=0 gid=0
  SETATTR #226 node 5 uid 0 gid 0 valid=584 fh=13 size=1 atime=0 mtime=0 ctime=0 atimensec=0 mtimensec=0 ctimensec=0 mode=0 uid=0 gid=0
  READLINK #50 node 8 uid 0 gid 0
  SYMLINK #46 node 1 uid 0 gid 0 name=sym target=target
  MKNOD #54 node 1 uid 0 gid 0 mode=4516 rdev=0 umask=18 name=fifo
  MKDIR #8 node 1 uid 0 gid 0 mode=493 umask=18 name=dir
  UNLINK #206 node 1 uid 0 gid 0 name=file3
  RMDIR #210 node 1 uid 0 gid 0 name=dir
  LINK #40 node 1 uid 0 gid 0 oldnodeid=5 name=hard
  OPEN #28 node 5 uid 0 gid 0 flags=32768 openFlags=0
  READ #32 node 5 uid 0 gid 0 fh=2 offset=0 size=4096 readFlags=0 lockOwnerLo=0 lockOwnerHi=0 flags=32768
  WRITE #20 node 5 uid 0 gid 0 fh=1 offset=0 size=5 writeFlags=0 lockOwnerLo=0 lockOwnerHi=0 flags=32769 data=hello
  STATFS #202 node 1 uid 0 gid 0
  RELEASE #24 node 5 uid 0 gid 0 fh=1 flags=32769 releaseFlags=0 lockOwnerLo=0 lockOwnerHi=0
  FSYNC #154 node 5 uid 0 gid 0 fh=7 fsyncFlags=1
  SETXATTR #86 node 5 uid 0 gid 0 size=5 flags=0 name=user.name value=value
  GETXATTR #18 node 5 uid 0 gid 0 size=0 name=security.capability
  LISTXATTR #98 node 5 uid 0 gid 0 size=0 name=
  REMOVEXATTR #94 node 5 uid 0 gid 0 name=user.name
  FLUSH #16 node 5 uid 0 gid 0 fh=1 lockOwnerLo=1497714990 lockOwnerHi=2172254804
  INIT #2 node 0 uid 0 gid 0 major=7 minor=45 maxReadahead=131072 flags=1946157051 flags2=1533 +44
  OPENDIR #104 node 3 uid 0 gid 0 flags=100352 openFlags=0
  READDIR #108 node 3 uid 0 gid 0 fh=5 offset=2 size=131072 readFlags=0 lockOwnerLo=0 lockOwnerHi=0 flags=100352
  RELEASEDIR #110 node 3 uid 0 gid 0 fh=5 flags=100352 releaseFlags=0 lockOwnerLo=0 lockOwnerHi=0
  FSYNCDIR #170 node 3 uid 0 gid 0 fh=9 fsyncFlags=0
  CREATE #14 node 1 uid 0 gid 0 flags=33345 mode=33188 umask=18 openFlags=0 name=file
  BATCH_FORGET #260 node 0 uid 0 gid 0 count=4 itemsOffset=48
  FALLOCATE #178 node 5 uid 0 gid 0 fh=10 offset=0 length=100 mode=0
  READDIRPLUS #106 node 3 uid 0 gid 0 fh=5 offset=0 size=131072 readFlags=0 lockOwnerLo=0 lockOwnerHi=0 flags=100352
  RENAME2 #142 node 1 uid 0 gid 0 newdir=1 flags=1 oldname=file newname=file2
  COPY_FILE_RANGE_64 #14 node 3 uid 0 gid 0 fhIn=1 offIn=1 nodeidOut=3 fhOut=1 offOut=9 len=3 flags=0
  STATX #18 node 3 uid 0 gid 0 getattrFlags=0 fh=0 sxFlags=0 sxMask=4095
  IOCTL #22 node 3 uid 0 gid 0 fh=2 flags=0 cmd=2148034049 inSize=0 outSize=4 data=
  IOCTL #34 node 3 uid 0 gid 0 fh=4 flags=0 cmd=1074292226 inSize=4 outSize=0 data=\ufffd\0\0\0
  TMPFILE #44 node 1 uid 0 gid 0 flags=4292610 mode=33206 umask=18 openFlags=0 name=/
  GETLK #26 node 9 uid 0 gid 0 fh=3 ownerLo=2156020388 ownerHi=3449209675 start=10 end=14 type=1 pid=0 lkFlags=0
  SETLK #28 node 9 uid 0 gid 0 fh=3 ownerLo=2156020388 ownerHi=3449209675 start=10 end=14 type=1 pid=18145 lkFlags=0
  SETLKW #30 node 9 uid 0 gid 0 fh=3 ownerLo=2156020388 ownerHi=3449209675 start=0 end=9223372036854776000 type=2 pid=0 lkFlags=0
  SETLKW #40 node 9 uid 0 gid 0 fh=4 ownerLo=2722002865 ownerHi=2530708095 start=0 end=9223372036854776000 type=0 pid=18403 lkFlags=1
  RELEASE #46 node 9 uid 0 gid 0 fh=4 flags=32768 releaseFlags=2 lockOwnerLo=2722002865 lockOwnerHi=2530708095
  LSEEK #222 node 5 uid 0 gid 0 fh=13 offset=0 whence=4
`;

const bytesOf = (hex: string): Uint8Array =>
  new Uint8Array(Buffer.from(hex.replace(/\s/g, ''), 'hex'));

/** The output of `encode` in a buffer of `size` bytes 0xaa. */
function encoded(size: number, encode: (view: DataView) => unknown): string {
  const bytes = new Uint8Array(size).fill(0xaa);
  encode(new DataView(bytes.buffer));
  return Buffer.from(bytes).toString('hex');
}

const hex = (text: string): string => text.replace(/\s/g, '');

/** The message cut to a length, which its header has. */
function cut(message: Uint8Array, length: number): Uint8Array {
  const bytes = message.slice(0, length);
  if (length >= 4) new DataView(bytes.buffer).setUint32(0, length, true);
  return bytes;
}

describe('captured FUSE requests', () => {
  test('include every decoded operation, except those listed as rare', () => {
    const seen = new Set(captured.map(({ hex }) => bytesOf(hex)[4]));
    const missing = Object.values(opcodes).filter((row) => !seen.has(row.opcode));
    expect(missing.map((row) => nameOpcode(row.opcode)).sort()).toEqual([
      'ACCESS',
      'COPY_FILE_RANGE',
      'DESTROY',
      'INTERRUPT',
      'RENAME',
      'SYNCFS',
    ]);
  });

  test('decode to the expected values, without unread bytes', () => {
    const lines = captured.map(({ hex }) => formatRequest(bytesOf(hex)));
    expect(lines).toEqual(
      SHOWN.trim()
        .split('\n')
        .map((line) => line.trim()),
    );
  });

  test.each(captured)(
    'captured requests of $call are reported as incomplete if any bytes are missing at their end',
    ({ hex }) => {
      const message = bytesOf(hex);
      // Only the later words of INIT may be missing.
      const needed = formatRequest(message).startsWith('INIT') ? 40 + 16 : message.length;
      for (let length = 0; length < needed; length++) {
        expect(formatRequest(cut(message, length)), `${length} of ${message.length} bytes`).toBe(
          'SHORT',
        );
      }
    },
  );

  test('are reported as incomplete if the length in their header is wrong', () => {
    const message = bytesOf(captured[0]!.hex);
    message[0] = message.length + 1;
    expect(formatRequest(message)).toBe('SHORT');
    message[0] = message.length - 1;
    expect(formatRequest(message)).toBe('SHORT');
  });

  test('decode to the same values if the kernel adds extensions after the arguments', () => {
    const message = new Uint8Array([
      ...bytesOf(captured[0]!.hex),
      0,
      0,
      0,
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
    ]);
    const view = new DataView(message.buffer);
    view.setUint32(0, message.length, true);
    view.setUint16(36, 1, true);
    expect(formatRequest(message)).toBe('LOOKUP #6 node 1 uid 0 gid 0 name=dir +4');
    view.setUint16(36, 9, true);
    expect(formatRequest(message)).toBe('SHORT');
  });
});

describe('a FUSE request', () => {
  const header = (opcode: number, length: number): string =>
    encoded(40, (view) => {
      for (let i = 0; i < 40; i += 4) view.setUint32(i, 0, true);
      view.setUint32(0, length, true);
      view.setUint32(4, opcode, true);
      view.setUint32(8, 9, true);
      view.setUint32(16, 1, true);
    });

  test.each([
    [
      12,
      '0200000000000000 6100 6200',
      'RENAME #9 node 1 uid 0 gid 0 newdir=2 flags=0 oldname=a newname=b',
    ],
    [34, '04000000 00000000', 'ACCESS #9 node 1 uid 0 gid 0 mask=4'],
    [36, '0600000000000000', 'INTERRUPT #9 node 1 uid 0 gid 0 unique=6'],
    [38, '', 'DESTROY #9 node 1 uid 0 gid 0'],
    [39, '', 'SHORT'],
    [40, '', 'POLL'],
    [50, '0000000000000000', 'SYNCFS #9 node 1 uid 0 gid 0 +8'],
    [4096, '', 'opcode 4096'],
    // A name without its NUL, a write with too little data.
    [1, '6162', 'SHORT'],
    [16, `${'00'.repeat(16)} 09000000 ${'00'.repeat(20)} 6161`, 'SHORT'],
    // A count above the number of forgets.
    [42, '05000000 00000000 0100000000000000 0100000000000000', 'SHORT'],
  ])('of opcode %i with the body %j decodes to "%s"', (opcode, body, text) => {
    const bytes = bytesOf(header(opcode, 40 + hex(body).length / 2) + hex(body));
    expect(formatRequest(bytes)).toBe(text);
  });
});

describe('decoding', () => {
  const anyMessage = fc
    .tuple(
      fc.constantFrom(...Object.values(opcodes).map((row) => row.opcode), 0, 4096, 0xffff_ffff),
      fc.uint8Array({ minLength: 0, maxLength: 200 }),
      fc.boolean(),
    )
    .map(([opcode, body, honest]) => {
      const message = new Uint8Array(40 + body.length);
      message.set(body, 40);
      const view = new DataView(message.buffer);
      view.setUint32(0, message.length, true);
      view.setUint32(4, opcode, true);
      if (!honest && body.length > 0) message.set(body.subarray(0, 40), 0);
      return message;
    });

  test('decoding of random bytes does not throw, and returns only byte ranges inside the message', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const cursor = new Cursor(message);
        const header = new InHeader();
        cursor.readHeader(message.length, header);
        for (const row of Object.values(opcodes)) {
          cursor.readHeader(message.length, header);
          (row.decode as (cursor: Cursor, out: unknown) => void)(cursor, row.args);
          expect(cursor.position).toBeLessThanOrEqual(message.length);
          for (const value of Object.values(row.args as object)) {
            if (!(value instanceof Span)) continue;
            expect(value.start).toBeLessThanOrEqual(value.end);
            expect(value.end).toBeLessThanOrEqual(message.length);
          }
        }
        expect(typeof formatRequest(message)).toBe('string');
      }),
      { numRuns: 500 },
    );
  });

  test('decoding of a message that is longer than the buffer reports it as incomplete', () => {
    const cursor = new Cursor(new Uint8Array(48));
    cursor.readHeader(49, new InHeader());
    expect(cursor.isShort).toBe(true);
  });

  test('returns 0 and empty byte ranges after an incomplete field', () => {
    const cursor = new Cursor(new Uint8Array([1, 2, 3, 4, 5, 6]));
    const span = new Span();
    expect([cursor.readU32(), cursor.readU64(), cursor.readI64(), cursor.readU32()]).toEqual([
      0x04030201, 0, 0, 0,
    ]);
    cursor.readData(1, span);
    expect([cursor.isShort, span.length]).toEqual([true, 0]);
    const unended = new Cursor(new Uint8Array([1, 2, 3]));
    expect([unended.readName(), unended.isShort, unended.readU32()]).toEqual(['', true, 0]);
  });
});

describe('a 64-bit number', () => {
  const view = new DataView(new ArrayBuffer(8));
  const again = (method: 'readU64' | 'readI64'): number =>
    new Cursor(new Uint8Array(view.buffer))[method]();

  test('up to 2^53 survives encoding and decoding', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeInteger(), (unsigned, signed) => {
        put64(view, 0, unsigned);
        expect(view.getBigUint64(0, true)).toBe(BigInt(unsigned));
        expect(again('readU64')).toBe(unsigned);
        put64(view, 0, signed);
        expect(view.getBigInt64(0, true)).toBe(BigInt(signed));
        expect(again('readI64')).toBe(signed);
      }),
    );
  });

  test('beyond 2^53 decodes to a Number beyond 2^53', () => {
    view.setBigUint64(0, 2n ** 63n - 1n, true);
    expect(again('readU64')).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
  });
});

describe('a cache timeout', () => {
  test.each([
    [0, 0, 0],
    [1, 1, 0],
    [0.25, 0, 250_000_000],
    [1.9999999999, 1, 999_999_999],
    [1e12, 31_536_000, 0],
  ])('of %d seconds is sent to the kernel as %d s and %d ns', (seconds, sec, nsec) => {
    const validity = new Validity(seconds);
    expect([validity.sec, validity.nsec]).toEqual([sec, nsec]);
  });
});

describe('the encoding', () => {
  const iatt = new Iatt();
  iatt.mode = 0o100644;
  iatt.iaSize = 0x1_0000_0005;
  iatt.iaBlocks = 8;
  iatt.iaNlink = 2;
  iatt.iaUid = 1000;
  iatt.iaGid = 100;
  iatt.iaRdev = 10 * 2 ** 32 + 229;
  iatt.iaAtime = -1;
  iatt.iaAtimeNsec = 1;
  iatt.iaMtime = 1_234_567_890;
  iatt.iaMtimeNsec = 500_000_000;
  iatt.iaCtime = 0x1_0000_0000;
  const ATTR = hex(`
    efcdab8967452301 0500000001000000 0800000000000000
    ffffffffffffffff d202964900000000 0000000001000000
    01000000 0065cd1d 00000000 a4810000
    02000000 e8030000 64000000 e50a0000 00000200 00000000`);

  test('the encoding of a reply header matches struct fuse_out_header', () => {
    expect(encoded(16, (view) => encodeOutHeader(view, 0x1_0000_0006, 2, 0))).toBe(
      hex('10000000 feffffff 0600000001000000'),
    );
    expect(encodeOutHeader(new DataView(new ArrayBuffer(16)), 6, 0, 128)).toBe(144);
  });

  test('the encoding of attributes matches struct fuse_attr_out', () => {
    expect(attr.ATTR_OUT_SIZE).toBe(104);
    const valid = new Validity(1.5);
    const got = encoded(104, (view) =>
      attr.encodeAttrOut(view, 0, valid, 0x01234567, 0x89abcdef, iatt),
    );
    expect(got).toBe(hex('0100000000000000 0065cd1d 00000000') + ATTR);
  });

  test('the encoding of an entry matches struct fuse_entry_out', () => {
    const got = encoded(128, (view) =>
      encodeEntryOut(
        view,
        0,
        42,
        new Validity(2),
        new Validity(0.25),
        0x01234567,
        0x89abcdef,
        iatt,
      ),
    );
    const head =
      '2a00000000000000 0000000000000000 0200000000000000 0000000000000000 00000000 80b2e60e';
    expect(got).toBe(hex(head) + ATTR);
  });

  test('the encoding of a reply for an absent name has node id 0 and the timeout', () => {
    const got = encoded(ENTRY_OUT_SIZE, (view) => encodeNegativeEntry(view, 0, new Validity(3)));
    const head = '0000000000000000 0000000000000000 0300000000000000 0300000000000000';
    expect(got).toBe(hex(head) + '00'.repeat(96));
  });

  test('the encoding of INIT matches struct fuse_init_out', () => {
    const got = encoded(INIT_OUT_SIZE, (view) =>
      encodeInitOut(view, 0, {
        major: 7,
        minor: 45,
        maxReadahead: 131072,
        flags: 0x40_0001,
        flags2: 32,
        maxBackground: 64,
        congestionThreshold: 48,
        maxWrite: 1048576,
        timeGran: 1,
        maxPages: 256,
        maxStackDepth: 1,
      }),
    );
    const words =
      '07000000 2d000000 00000200 01004000 4000 3000 00001000 01000000 0001 0000 20000000 01000000';
    expect(got).toBe(hex(words) + '00'.repeat(24));
  });

  test('the encoding of open, write, lseek and getxattr matches their structs', () => {
    expect(encoded(16, (view) => encodeOpenOut(view, 0, 7, 2, 0))).toBe(
      hex('0700000000000000 02000000 00000000'),
    );
    expect(encoded(8, (view) => encodeWriteOut(view, 0, 4096))).toBe(hex('00100000 00000000'));
    expect(encoded(8, (view) => encodeLseekOut(view, 0, 5e9))).toBe(hex('00f2052a01000000'));
    expect(encoded(8, (view) => encodeGetxattrOut(view, 0, 5))).toBe(hex('05000000 00000000'));
  });

  test('the encoding of statfs matches struct fuse_statfs_out', () => {
    const st = new Statvfs();
    Object.assign(st, { blocks: 1, bfree: 2, bavail: 3, files: 4, ffree: 5, bsize: 6, frsize: 7 });
    const got = encoded(80, (view) => encodeStatfsOut(view, 0, st));
    const counts = [1, 2, 3, 4, 5].map((n) => `0${n}00000000000000`).join('');
    expect(got).toBe(counts + hex('06000000 ff000000 07000000') + '00'.repeat(28));
  });

  test('the encoding of a directory entry is padded to 8 bytes', () => {
    const got = encoded(40, (view) => {
      new Uint8Array(view.buffer).set(bytesOf('616263'), NAME_OFFSET);
      expect(encodeDirent(view, 0, 1, 2, 5, 8, 3)).toBe(32);
    });
    const head = '0200000001000000 0500000000000000 03000000 08000000';
    expect(got).toBe(hex(`${head} 616263 0000000000 aaaaaaaaaaaaaaaa`));
  });

  test('the encoding of notices matches their structs', () => {
    expect(encoded(40, (view) => encodeInvalInode(view, 5, -1, 0))).toBe(
      hex('28000000 02000000 0000000000000000 0500000000000000 ffffffffffffffff 0000000000000000'),
    );
    const got = encoded(35, (view) => {
      new Uint8Array(view.buffer).set(bytesOf('6162'), INVAL_ENTRY_NAME_OFFSET);
      expect(encodeInvalEntry(view, 1, 2)).toBe(35);
    });
    const head = '23000000 03000000 0000000000000000 0100000000000000 02000000 00000000';
    expect(got).toBe(hex(`${head} 616200`));
    const expired = encoded(35, (view) => void encodeInvalEntry(view, 1, 2, true));
    expect(expired.slice(56, 64)).toBe('01000000');
    const removed = encoded(43, (view) => {
      new Uint8Array(view.buffer).set(bytesOf('6162'), DELETE_NAME_OFFSET);
      expect(encodeDelete(view, 1, 5, 2)).toBe(43);
    });
    const ids = '0100000000000000 0500000000000000 02000000 00000000';
    expect(removed).toBe(hex(`2b000000 06000000 0000000000000000 ${ids} 616200`));
    expect(encoded(16, (view) => expect(encodeIncEpoch(view)).toBe(16))).toBe(
      hex('10000000 08000000 0000000000000000'),
    );
  });
});

test('nameOpcode returns the name of an operation, or its number if it is unknown', () => {
  expect([nameOpcode(39), nameOpcode(47), nameOpcode(999)]).toEqual([
    'IOCTL',
    'COPY_FILE_RANGE',
    'opcode 999',
  ]);
});

/** The protocol of `glossa api`, without a socket. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ApiValue,
  makeGreeting,
  makeMessage,
  makeRequest,
  OPERATIONS,
  readU32,
} from '../../../test/support/api-client.ts';
import { connectInProcess as connect } from '../../../test/support/api-connection.ts';
import { concatBytes, decodeName, encodeName } from '../../core/bytes.ts';
import {
  EACCES,
  EBADF,
  EINTR,
  EINVAL,
  EISDIR,
  ELOOP,
  ENOENT,
  ENOSYS,
  ENOTDIR,
} from '../../core/errno.ts';
import { tail, unwind } from '../../core/gen/fops.gen.ts';
import { gfidFromBytes } from '../../core/gfid.ts';
import { toHex } from '../../core/hex.ts';
import { O_DIRECTORY, O_NOFOLLOW } from '../../core/open-flags.ts';
import type { Fops } from '../../core/xlator.ts';
import accessControl from '../../xlators/features/access-control/index.ts';
import { BYTES_MAX, REQUESTS_MAX } from './api-connection.ts';
import { DATA_MAX } from './handle-operations.ts';
import { PROTOCOL_VERSION } from './operations.ts';
import { isVariable, STAT_SIZE } from './values.ts';

const O_RDWR_CREAT = 0o102;
const F_GETLK = 5;
const F_SETLK = 6;
const F_SETLKW = 7;

const open = async (client: Awaited<ReturnType<typeof connect>>, path: string): Promise<number> =>
  readU32(await client.do('open', [O_RDWR_CREAT, 0o644, path]));
describe('a greeting', () => {
  it('is replied to with the version and the limits of the server', async () => {
    const client = await connect({ greets: false });
    client.receive(makeGreeting());
    const [reply] = client.takeMessages();
    expect(decodeName(reply!.subarray(0, 8))).toBe('glossa\0\x01');
    expect(JSON.parse(decodeName(reply!.subarray(8)))).toEqual({
      version: '0.0.0',
      dataMax: DATA_MAX,
      requestsMax: REQUESTS_MAX,
    });
  });

  it('with another protocol version is refused with a reply that names both versions', async () => {
    const client = await connect({ greets: false });
    client.receive(makeGreeting(255));
    const [reply] = client.takeMessages();
    expect(JSON.parse(decodeName(reply!.subarray(8))).error).toBe(
      `the client speaks version 255 of the protocol, and the server version ${PROTOCOL_VERSION}`,
    );
    expect(client.isOpen).toBe(false);
  });

  it.each([
    ['a message without it', makeMessage(encodeName('hello'))],
    ['an HTTP request', encodeName('GET / HTTP/1.1\r\n\r\n')],
    ['an empty message', makeMessage()],
    ['a long message', makeMessage(new Uint8Array(70_000))],
  ])('replaced by %s closes the connection', async (_, bytes) => {
    const client = await connect({ greets: false });
    client.receive(bytes);
    expect(client.isOpen).toBe(false);
    expect(client.logged).toHaveLength(1);
  });
});

describe('a request of an API client', () => {
  it('writes, reads and lists files', async () => {
    const client = await connect();
    await client.do('mkdir', [0o755, 2, '/a/b']);
    const handle = await open(client, '/a/b/file');
    expect([...(await client.do('write', [handle, 2, encodeName('text')])).body].at(-1)).toBe(6);
    expect(decodeName((await client.do('read', [handle, 1, 100])).body)).toBe('\0text');
    expect(decodeName((await client.do('read_file', [3, '/a/b/file'])).body)).toBe('\0\0t');
    const listing = await client.do('opendir', [0, '/a/b']);
    expect(readU32(listing)).toBe(0);
    expect(decodeName(listing.body.subarray(12))).toBe('file');
    await client.do('close', [handle]);
    expect((await client.call('close', [handle])).errno).toBe(EBADF);
    await client.do('rm', [2, '/a']);
    expect((await client.call('stat', ['/a'])).errno).toBe(ENOENT);
  });

  it.each<[string, number, string, number]>([
    ['a link by O_NOFOLLOW', O_NOFOLLOW, '/link', ELOOP],
    ['a link by O_CREAT and O_NOFOLLOW', O_RDWR_CREAT | O_NOFOLLOW, '/link', ELOOP],
    [
      'a link to an absent file by O_CREAT and O_NOFOLLOW',
      O_RDWR_CREAT | O_NOFOLLOW,
      '/dangling',
      ELOOP,
    ],
    ['a file by O_DIRECTORY', O_DIRECTORY, '/file', ENOTDIR],
    ['a file by O_CREAT and O_DIRECTORY', O_RDWR_CREAT | O_DIRECTORY, '/file', EINVAL],
    ['a directory', O_DIRECTORY, '/', EISDIR],
    ['a file by O_NOFOLLOW', O_NOFOLLOW, '/file', 0],
    ['a new file by O_CREAT and O_NOFOLLOW', O_RDWR_CREAT | O_NOFOLLOW, '/new', 0],
    ['the target of a link', 0, '/link', 0],
  ])('that opens %s gets the result of open(2)', async (_, flags, path, errno) => {
    const client = await connect();
    await client.do('mknod', [0o100644, 0, '/file']);
    await client.do('symlink', ['file', '/link']);
    await client.do('symlink', ['absent', '/dangling']);
    expect((await client.call('open', [flags, 0o644, path])).errno).toBe(errno);
  });

  it('for a file by its gfid needs permission on the file', async () => {
    const client = await connect({ above: accessControl });
    await client.do('write_file', [O_RDWR_CREAT, 0o600, '/file', encodeName('secret')]);
    const gfid = gfidFromBytes((await client.do('stat', ['/file'])).body);
    const user = readU32(await client.do('identity', [1000, 1000, 0o022, '', '']));
    expect(decodeName((await client.do('read_object', [0, 100, gfid])).body)).toBe('secret');
    expect((await client.call('read_object', [0, 100, gfid], user)).errno).toBe(EACCES);
    expect((await client.call('write_object', [0, gfid, encodeName('x')], user)).errno).toBe(
      EACCES,
    );
  });

  it('for a large directory gets its entries with attributes in several replies', async () => {
    const client = await connect();
    const names = Array.from({ length: 2000 }, (_, at) => `name-${at}`);
    for (const name of names) await client.do('mknod', [0o100644, 0, `/${name}`]);
    const listed: string[] = [];
    let reply = await client.do('opendir', [64, '/']);
    for (;;) {
      for (let at = 4; at < reply.body.length; ) {
        const nameAt = at + 4 + STAT_SIZE + 4;
        const length = readU32(reply, nameAt - 4);
        listed.push(decodeName(reply.body.subarray(nameAt, nameAt + length)));
        at = nameAt + length;
      }
      const handle = readU32(reply);
      if (handle === 0) break;
      reply = await client.do('readdir', [handle]);
    }
    expect(listed.sort()).toEqual(names.sort());
  });

  it.each<[string, string | number, ApiValue[], number, number]>([
    ['of an unknown operation', 9999, [], 0, ENOSYS],
    ['of an unknown identity', 'stat', ['/'], 7, EINVAL],
    ['with a NUL in a path', 'stat', ['/a\0b'], 0, EINVAL],
    ['with a negative position', 'read', [1, -1, 1], 0, EINVAL],
    ['with a position beyond 2^53', 'read', [1, 2 ** 54, 1], 0, EINVAL],
    ['with an unknown handle', 'fstat', [3], 0, EBADF],
    ['with groups of 3 bytes', 'identity', [0, 0, 0, new Uint8Array(3), ''], 0, EINVAL],
    ['with an empty path', 'stat', [''], 0, ENOENT],
  ])('%s fails, and the connection stays open', async (_, name, values, identity, errno) => {
    const client = await connect();
    expect((await client.call(name, values, identity)).errno).toBe(errno);
    await client.do('stat', ['/']);
  });

  it.each([
    ['shorter than its arguments', makeMessage(makeRequest(1, 'stat', ['/']).slice(4, -1))],
    [
      'longer than its arguments',
      makeMessage(makeRequest(1, 'stat', ['/']).slice(4), encodeName('x')),
    ],
    ['without a whole head', makeMessage(new Uint8Array(11))],
    ['with more data than allowed', makeMessage(new Uint8Array(DATA_MAX + 65_537))],
  ])('%s closes the connection, with a line in the log', async (_, bytes) => {
    const client = await connect();
    client.receive(bytes);
    expect(client.isOpen).toBe(false);
    expect(client.logged).toEqual([expect.stringMatching(/^process 1 is disconnected: /)]);
  });

  it('to remove a tree fails with the path of the file that cannot be removed', async () => {
    const client = await connect({
      fops: {
        unlink(frame, _xl, _loc, _flags, _xdata) {
          unwind.unlink(frame, -1, EACCES, null, null, null);
        },
      },
    });
    await client.do('mkdir', [0o755, 2, '/tree/below']);
    await client.do('mknod', [0o100644, 0, '/tree/below/file']);
    const reply = await client.call('rm', [2, '/tree']);
    expect(reply.errno).toBe(EACCES);
    expect(decodeName(reply.body.subarray(4))).toBe('/tree/below/file');
  });
});

/** A fop that replies only when the test says so. */
function makeHeldFop() {
  const held: (() => void)[] = [];
  const fops: Fops<null> = {
    stat(frame, xl, loc, xdata) {
      held.push(() => tail.stat(frame, xl.children[0]!, loc, xdata));
    },
    create(frame, xl, ...args) {
      held.push(() => tail.create(frame, xl.children[0]!, ...args));
    },
  };
  return { fops, held };
}

describe('requests of an API client', () => {
  it('are replied to in the order in which they end', async () => {
    const { fops, held } = makeHeldFop();
    const client = await connect({ fops });
    const gfid = '00000000-0000-0000-0000-000000000001';
    const [first, second] = [
      client.send('stat_object', [gfid]),
      client.send('stat_object', [gfid]),
    ];
    const third = client.send('stat', ['/']);
    held[1]!();
    held[0]!();
    expect(client.takeReplies().map(({ id }) => id)).toEqual([third, second, first]);
  });

  it('end with EINTR when they are cancelled, and a file that they open later is closed', async () => {
    const { fops, held } = makeHeldFop();
    const client = await connect({ fops });
    const opening = client.send('open', [O_RDWR_CREAT, 0o644, '/file']);
    const cancelling = client.send('cancel', [opening]);
    expect(client.takeReplies().map(({ id, errno }) => [id, errno])).toEqual([
      [opening, EINTR],
      [cancelling, 0],
    ]);
    held[0]!();
    expect(client.takeReplies()).toEqual([]);
    expect(client.openFiles).toBe(0);
    expect((await client.call('fstat', [1])).errno).toBe(EBADF);
  });

  it('for a lock that another owner holds wait until they are cancelled', async () => {
    const client = await connect();
    const handle = await open(client, '/file');
    const other = readU32(
      await client.do('identity', [0xffff_ffff, 0xffff_ffff, 0o022, '', 'other owner']),
    );
    await client.do('lock', [handle, F_SETLK, 1, 0, 0]);
    const waiting = client.send('lock', [handle, F_SETLKW, 1, 0, 0], other);
    await client.do('stat', ['/']);
    expect(client.takeReplies()).toEqual([]);
    client.send('cancel', [waiting]);
    expect(await client.nextReply()).toMatchObject({ id: waiting, errno: EINTR });
    await client.nextReply();
    const held = await client.do('lock', [handle, F_GETLK, 1, 0, 0], other);
    expect(readU32(held)).toBe(1);
  });

  it('can be cancelled while twice the limit of requests wait for locks', async () => {
    const client = await connect();
    const handle = await open(client, '/file');
    const other = readU32(await client.do('identity', [0, 0, 0o022, '', 'other owner']));
    await client.do('lock', [handle, F_SETLK, 1, 0, 0]);
    const waiting = Array.from({ length: 2 * REQUESTS_MAX }, () =>
      client.send('lock', [handle, F_SETLKW, 1, 0, 0], other),
    );
    for (const id of waiting) client.send('cancel', [id]);
    const ended = client.takeReplies().filter(({ errno }) => errno === EINTR);
    expect(ended.map(({ id }) => id)).toEqual(waiting);
  }, 120_000);

  it('beyond the limit are not read until others have ended', async () => {
    const { fops, held } = makeHeldFop();
    const client = await connect({ fops });
    const gfid = '00000000-0000-0000-0000-000000000001';
    for (let count = 0; count < REQUESTS_MAX + 10; count++) client.send('stat_object', [gfid]);
    expect(held).toHaveLength(REQUESTS_MAX);
    expect(client.connection.isPaused).toBe(true);
    for (let at = 0; at < REQUESTS_MAX + 10; at++) held[at]!();
    expect(client.takeReplies()).toHaveLength(REQUESTS_MAX + 10);
    expect(client.connection.isPaused).toBe(false);
  });

  it('are not read from a client that does not read its replies', async () => {
    const client = await connect();
    const handle = await open(client, '/file');
    await client.do('write', [handle, 0, new Uint8Array(DATA_MAX)]);
    client.setReading(false);
    const count = 4 * (BYTES_MAX / DATA_MAX);
    for (let sent = 0; sent < count; sent++) client.send('read', [handle, 0, DATA_MAX]);
    expect(client.connection.isPaused).toBe(true);
    expect(client.connection.out.position).toBeLessThan(BYTES_MAX + 2 * DATA_MAX);
    client.setReading(true);
    expect(client.takeReplies()).toHaveLength(count);
  });

  it('keep the data of a write until it ends, while others are received', async () => {
    const later: (() => void)[] = [];
    const client = await connect({
      fops: {
        writev(frame, xl, ...args) {
          later.push(() => tail.writev(frame, xl.children[0]!, ...args));
        },
      },
    });
    const handle = await open(client, '/file');
    for (let at = 0; at < 20; at++) {
      client.send('write', [handle, at * 1000, new Uint8Array(1000).fill(at)]);
    }
    for (const act of later) act();
    client.takeReplies();
    const { body } = await client.do('read', [handle, 0, 20_000]);
    expect(body.every((byte, at) => byte === Math.floor(at / 1000))).toBe(true);
  });
});

describe('the end of a connection', () => {
  it('closes 10,000 open files', async () => {
    const client = await connect();
    for (let count = 0; count < 10_000; count++) await open(client, `/${count % 100}`);
    expect(client.openFiles).toBe(10_000);
    await client.close();
    expect(client.openFiles).toBe(0);
    expect(client.graph.initiators.size).toBe(0);
  });

  it('during an open closes the file once it is open', async () => {
    const { fops, held } = makeHeldFop();
    const client = await connect({ fops });
    client.send('open', [O_RDWR_CREAT, 0o644, '/file']);
    await client.close();
    held[0]!();
    expect(client.openFiles).toBe(0);
  });
});

describe('the decoder of API requests', () => {
  /** A value of each argument type, and sometimes one that is wrong. */
  const argumentOf = (type: string): fc.Arbitrary<ApiValue> => {
    if (type === 'u32') return fc.nat({ max: 0xffff_ffff });
    if (type === 'name') return fc.string({ maxLength: 20 });
    if (type === 'data') return fc.uint8Array({ maxLength: 50 });
    if (type === 'gfid') return fc.constant('00000000-0000-0000-0000-000000000001');
    return fc.oneof(fc.integer(), fc.maxSafeInteger());
  };
  const request = fc
    .constantFrom(...Object.keys(OPERATIONS))
    .chain((name) =>
      fc
        .tuple(...OPERATIONS[name]!.args.map(({ type }) => argumentOf(type)))
        .map((values) => makeRequest(1, name, values)),
    );

  it('accepts every operation with any values of its types', async () => {
    const client = await connect();
    await fc.assert(
      fc.asyncProperty(request, async (bytes) => {
        client.receive(bytes);
        expect(client.isOpen).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('survives changed, cut and joined bytes, and leaves no client in the graph', async () => {
    const change = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { minLength: 1, maxLength: 5 }),
        fc.array(change, { maxLength: 5 }),
        fc.nat(),
        async (requests, changes, cut) => {
          const client = await connect();
          const bytes = concatBytes(requests);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          client.receive(bytes.subarray(0, cut % (bytes.length + 1)));
          client.receive(bytes.subarray(cut % (bytes.length + 1)));
          await client.close();
          expect(client.graph.initiators.size).toBe(0);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('survives random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, greets) => {
        const client = await connect({ greets });
        client.receive(bytes);
        await client.close();
        expect(client.graph.initiators.size).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the table of API operations', () => {
  const rows = Object.entries(OPERATIONS);

  it('has each number once', () => {
    const numbers = rows.map(([, { number }]) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it.each(rows)('has at most six arguments for %s, those of fixed size first', (_, { args }) => {
    const kinds = args.map(({ type }) => Number(isVariable(type)));
    expect(kinds).toEqual([...kinds].sort());
    expect(kinds.length).toBeLessThanOrEqual(6);
  });
});

it('the example in the protocol reference has the bytes that client and server send', async () => {
  const page = readFileSync('docs/reference/api-protocol.md', 'utf8');
  const example = /## An example.*?```text\n(.*?)```/s.exec(page)![1]!;
  const lines = example.split('\n').filter(Boolean);
  const sent: { from: string; hex: string }[] = [];
  for (const line of lines) {
    const [, from, hex] = /^(client|server)? +((?:[0-9a-f.]+ )*[0-9a-f.]+)(?: {2,}.*)?$/.exec(
      line,
    )!;
    if (from === undefined) sent.at(-1)!.hex += hex;
    else sent.push({ from, hex: hex! });
  }
  const client = await connect({ greets: false });
  const replies: string[] = [];
  const greeting = sent.splice(0, 2);
  client.receive(fromHex(greeting[0]!.hex));
  expect(client.takeMessages()).toHaveLength(1);
  for (const { from, hex } of sent) {
    if (from === 'client') {
      client.receive(fromHex(hex));
      replies.push(...client.takeMessages().map((message) => toHex(makeMessage(message))));
    } else expect(replies.shift()).toBe(hex.replaceAll(' ', ''));
  }
  expect(replies).toEqual([]);
});

const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.replaceAll(' ', '').match(/../g)!, (digits) => Number.parseInt(digits, 16));

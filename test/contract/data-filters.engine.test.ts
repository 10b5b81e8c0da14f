/** Modules that filter data: what is written is read, in any pieces, and below it is changed. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Volume } from '../../runtime/api/volume.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { startGraph } from '../support/core.ts';
import {
  BLOCKS,
  BLOCKS_JS,
  openFiltered,
  TRANSFORM,
  TRANSFORM_JS,
} from '../support/data-modules.ts';
import { rows } from '../support/rows.ts';

/** A change of one file: its kind, an offset or size, and a length. */
type Change = readonly [
  'write' | 'append' | 'write only' | 'truncate' | 'ftruncate',
  number,
  number,
];

const change: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom('write', 'append', 'write only', 'truncate', 'ftruncate'),
  fc.nat(64),
  fc.nat(35),
);

async function apply(volume: Volume, [kind, at, length]: Change): Promise<void> {
  if (kind === 'truncate') return volume.truncate('/f', at);
  const flags = { write: 'r+', append: 'a', 'write only': 1, ftruncate: 'r+' }[kind];
  const file = await volume.open('/f', flags);
  const data = Buffer.from(Array.from({ length }, (_, index) => 97 + ((at + index) % 26)));
  if (kind === 'ftruncate') await file.truncate(at);
  else await file.write(data, 0, length, kind === 'append' ? null : at);
  await file.close();
}

/** Without an overhead. */
const SAME_LENGTH = BLOCKS.replace('overhead = 3', 'overhead = 0')
  .replace(/return b"<.*$/m, 'return bytes(each ^ 0xAA for each in data)')
  .replace(/if data[\s\S]*index}: .*$/m, 'pass')
  .replace('0x55 for each in data[2:-1]', '0xAA for each in data');

const thread = { isolation: 'thread' };
const ways = [
  { title: 'blocks in Python', source: BLOCKS, options: {}, numRuns: 60 },
  { title: 'blocks in Python in a thread', source: BLOCKS, options: thread, numRuns: 15 },
  { title: 'blocks in JavaScript', source: BLOCKS_JS, options: {}, numRuns: 60 },
  { title: 'blocks in Python, without an overhead', source: SAME_LENGTH, options: {}, numRuns: 40 },
  { title: 'transforms in Python', source: TRANSFORM, options: {}, numRuns: 40 },
  { title: 'transforms in Python in a thread', source: TRANSFORM, options: thread, numRuns: 15 },
  { title: 'transforms in JavaScript', source: TRANSFORM_JS, options: {}, numRuns: 40 },
];

describe.each(ways)('$title', ({ source, options, numRuns }) => {
  it('a file behaves as one of storage/memory at any writes, appends and truncates', async () => {
    const { above } = await openFiltered(source, options);
    const plain = Volume.fromGraph(await startGraph([{ translator: memory }] as never), {
      ownsGraph: true,
    });
    onTestFinished(() => plain.close());
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        for (const volume of [above, plain]) await volume.writeFile('/f', '');
        for (const each of changes) {
          for (const volume of [above, plain]) await apply(volume, each);
          const [ours, theirs] = [await above.readFile('/f'), await plain.readFile('/f')];
          expect([each, String(ours)]).toEqual([each, String(theirs)]);
          expect((await above.stat('/f')).size).toBe((await plain.stat('/f')).size);
        }
      }),
      { numRuns },
    );
  });

  it('is encoded below, and read in pieces above', async () => {
    const { above, below } = await openFiltered(source, options);
    const text = 'abcdefghijklmnopqrstuvwxyz'.repeat(40);
    await above.writeFile('/f', text);
    expect(String(await below.readFile('/f'))).not.toContain('abc');
    const opened = await above.open('/f', 'r');
    for (const [at, length] of [
      [0, 5],
      [7, 9],
      [10, 10],
      [25, 500],
      [1030, 100],
    ] as const) {
      const { buffer, bytesRead } = await opened.read(Buffer.alloc(length), 0, length, at);
      expect(String(Buffer.from(buffer as Buffer).subarray(0, bytesRead))).toBe(
        text.slice(at, at + length),
      );
    }
    await opened.close();
    expect((await above.readdir('/', { withFileTypes: true })).map(({ name }) => name)).toEqual([
      'f',
    ]);
  });
});

it('many writes at once into one block are all kept', async () => {
  const { above } = await openFiltered(BLOCKS, thread);
  await above.writeFile('/f', '.'.repeat(40));
  const file = await above.open('/f', 'r+');
  await Promise.all(
    Array.from({ length: 40 }, (_, at) => file.write(Buffer.from([97 + (at % 26)]), 0, 1, at)),
  );
  await file.close();
  expect(String(await above.readFile('/f'))).toBe(
    Array.from({ length: 40 }, (_, at) => String.fromCharCode(97 + (at % 26))).join(''),
  );
});

describe('the example encrypt.py', () => {
  const source = readFileSync('examples/files/encrypt.py', 'utf8');

  it('keeps data secret, and refuses what was changed below', async () => {
    const { above, below } = await openFiltered(source, { passphrase: 'x' });
    const text = 'secret '.repeat(2000);
    await above.writeFile('/f', text);
    expect(String(await above.readFile('/f'))).toBe(text);
    const stored = Buffer.from(await below.readFile('/f'));
    expect(stored.includes('secret')).toBe(false);
    expect(stored.length).toBe(14_000 + 4 * 32);
    stored[5000] = stored[5000]! ^ 1;
    await below.writeFile('/f', stored);
    await expect(above.readFile('/f')).rejects.toMatchObject({ code: 'EIO' });
  });
});

describe('mistakes', () => {
  it.each(rows`
return data ⇒ encode returned 10 bytes for 10: 13 were expected
return "text" ⇒ encode must return bytes, not str
return None ⇒ encode must return bytes, not NoneType
raise ValueError("no") ⇒ ValueError: no
return bytes(13) ⇒ encode of FILE: returned zeros for block 0, which are a hole
  `)('encode with %s makes the write EIO, with its line', async (body, message) => {
    const { above, context } = await openFiltered(BLOCKS.replace(/return b"<.*$/m, body));
    await expect(above.writeFile('/f', 'x'.repeat(10))).rejects.toMatchObject({ code: 'EIO' });
    const log = context.lines.join('\n').replace(/[-0-9a-f]{36}/, 'FILE');
    expect(log).toContain(message);
    if (!message!.includes('hole')) expect(log).toMatch(/\[m\.py:[78]:encode\]/);
  });

  it.each(rows`
return data[1:] ⇒ transform_write returned 9 bytes for 10: 10 were expected
return data * 2 ⇒ transform_write returned 20 bytes for 10: 10 were expected
return None ⇒ transform_write must return bytes, not NoneType
raise ValueError("no") ⇒ ValueError: no
  `)('transform_write with %s makes the write EIO, with its line', async (body, message) => {
    const source = TRANSFORM.replace(/(write.*\n +)return .*$/m, `$1${body}`);
    const { above, below, context } = await openFiltered(source);
    await expect(above.writeFile('/f', 'x'.repeat(10))).rejects.toMatchObject({ code: 'EIO' });
    expect(context.lines.join('\n')).toContain(message);
    expect(context.lines.join('\n')).toMatch(/\[m\.py:1[01]:transform_write\]/);
    expect((await below.stat('/f')).size).toBe(0);
  });

  it.each(rows`
return data.slice(1) ⇒ transformRead returned 9 bytes for 10: 10 were expected
return 'text' ⇒ transformRead must return a Uint8Array
throw new FopError(EBADMSG) ⇒ 
  `)('transformRead with %s fails the read', async (body, message) => {
    const source = TRANSFORM_JS.replace(/return turn\(offset, data\);/, body).replace(
      '{ ',
      '{ FopError, EBADMSG, ',
    );
    const { above, context } = await openFiltered(source);
    await above.writeFile('/f', 'x'.repeat(10));
    const code = message === '' ? 'EBADMSG' : 'EIO';
    await expect(above.readFile('/f')).rejects.toMatchObject({ code });
    expect(context.lines.join('\n')).toContain(message);
    if (message !== '') expect(context.lines.join('\n')).toMatch(/\[m\.mjs:\d+:transformRead\]/);
  });

  it.each(rows`
block_size = 0 ⇒ block_size must be from 1 to 1048576 bytes, not 0
block_overhead = 11 ⇒ block_overhead must be from 0 to block_size, not 11
encode = None ⇒ block_size needs a method encode(self, frame, inode, index, data)
async def encode(self, frame, inode, index, data): pass ⇒ m.py:15: encode cannot be an async def
def readv(self, frame, fd, size, offset, flags, xdata): pass ⇒ block_size has the host answer for data: the module cannot handle readv itself
def fallocate(self, frame, fd, mode, offset, len, xdata): pass ⇒ block_size has the host answer for data: the module cannot handle fallocate itself
def entry_seen(self, frame, parent, name): return True ⇒ entry_seen and block_size belong in two modules, one above the other
  `)('blocks with %s are refused', async (line, message) => {
    await expect(openFiltered(`${BLOCKS}\n    ${line}\n`)).rejects.toThrow(message);
  });

  it.each(rows`
transform_read = None ⇒ m.py:10: the other of the two needs a method transform_read(self, frame, fd, offset, data)
def transform_read(self, data): pass ⇒ m.py:13: transform_read must take (self, frame, fd, offset, data)
async def transform_write(self, frame, fd, offset, data): pass ⇒ m.py:13: transform_write cannot be an async def
def writev(self, frame, fd, vector, offset, flags, xdata): pass ⇒ transform_read has the host answer for data: the module cannot handle writev itself
def entry_seen(self, frame, parent, name): return True ⇒ entry_seen and transform_read belong in two modules, one above the other
  `)('transforms with %s are refused', async (line, message) => {
    await expect(openFiltered(`${TRANSFORM}\n    ${line}\n`)).rejects.toThrow(message);
  });

  it.each(rows`
async transformRead ⇒ transformRead cannot be async
unknownRead ⇒ the other of the two needs a method transformRead(frame, fd, offset, data)
  `)('%s in JavaScript is refused', async (name, message) => {
    const source = TRANSFORM_JS.replace('transformRead', name!);
    await expect(openFiltered(source)).rejects.toThrow(message);
  });
});

/** The encoding of DAP messages, and the breakpoints of methods and lines, without a client. */
import { describe, expect, it } from 'vitest';
import { withScratch } from '../../../test/support/mount.ts';
import { findFop, makeMethodBreakpoint, makeVolumeBreakpoint } from './line-breakpoints.ts';
import { BadStream, encodeMessage, MessageDecoder } from './message-stream.ts';

describe('DAP messages', () => {
  const messages = [{ seq: 1, text: 'ä…' }, { seq: 2 }, {}];
  const bytes = Buffer.concat(messages.map(encodeMessage));

  it.each([1, 7, 1000])('are decoded from a stream that arrives in pieces of %i bytes', (step) => {
    const decoder = new MessageDecoder();
    const read: unknown[] = [];
    for (let at = 0; at < bytes.length; at += step) {
      read.push(...decoder.push(bytes.subarray(at, at + step)));
    }
    expect(read).toEqual(messages);
  });

  it.each([
    ['Content-Type: x\r\n\r\n{}', /without a length/],
    ['Content-Length: 99999999999\r\n\r\n', /too long/],
    ['Content-Length: 1\r\n\r\n{', /malformed JSON/],
    ['x'.repeat(5000), /without a header/],
  ])('that begin with %.30s are refused', (text, why) => {
    const push = () => new MessageDecoder().push(Buffer.from(text));
    expect(push).toThrow(BadStream);
    expect(push).toThrow(why);
  });
});

it.each([
  ['lookup', 'lookup'],
  ['lookup_cbk', 'lookup_cbk'],
  ['lookupCbk', 'lookup_cbk'],
  ['readdirp', 'readdirp'],
  ['init', null],
  ['remember', null],
])('the method %s of a module belongs to the fop %s', (name, fop) => {
  expect(findFop(name)).toBe(fop);
});

it.each([
  [1, { text: 'lookup@v', line: 3 }],
  [4, { text: 'lookup@v', line: 3 }],
  [9, { text: 'stat_cbk@v', line: 8 }],
])('a breakpoint at line %i of a module is set at the method of a fop', (line, found) => {
  const methods = [
    { name: 'statCbk', file: 'm.js', line: 8 },
    { name: 'lookup', file: 'm.js', line: 3 },
    { name: 'helper', file: 'm.js', line: 5 },
  ];
  expect(makeMethodBreakpoint(methods, 'v', line)).toEqual(found);
  expect(makeMethodBreakpoint([], 'v', line)).toEqual({
    message: expect.stringContaining('no method'),
  });
});

it('a breakpoint at a line of a volfile is set at its volume', () =>
  withScratch(async (scratch) => {
    const path = await scratch.writeFile(
      'a.vol',
      '# volume x\nvolume a\n  type t/a\nend-volume\n\n',
    );
    expect([1, 2, 3, 4, 5].map((line) => makeVolumeBreakpoint(path, line))).toEqual([
      { message: 'this line belongs to no volume' },
      ...[2, 3, 4].map(() => ({ text: '@a', line: 2 })),
      { message: 'this line belongs to no volume' },
    ]);
    expect(makeVolumeBreakpoint(scratch.at('none'), 1)).toEqual({
      message: expect.stringContaining('cannot read'),
    });
  }));

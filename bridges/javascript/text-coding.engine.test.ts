/** TextEncoder and TextDecoder of JavaScript modules, compared with Node's own. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeMachine } from '../machine/node/index.ts';
import { createEngine, type Engine } from './engine.ts';
import { BRIDGE } from './imports.ts';

const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be'] as const;

const SOURCE = `
const outcome = (run) => { try { return run() } catch (error) { return [error.name] } };
const calls = {
  decode: ({ encoding, how, pieces }) => {
    const decoder = new TextDecoder(encoding, how);
    return pieces.map((piece, i) => outcome(() =>
      decoder.decode(Uint8Array.from(piece), { stream: i < pieces.length - 1 })));
  },
  encode: ({ text, room }) => {
    const into = new Uint8Array(room);
    const { read, written } = new TextEncoder().encodeInto(text, into);
    return { all: [...new TextEncoder().encode(text)], read, written, into: [...into] };
  },
  evaluate: (text) => outcome(() => expressions[text]()),
};
const expressions = {
  buffer: () => new TextDecoder().decode(Uint8Array.of(97, 98).buffer),
  part: () => new TextDecoder().decode(new DataView(Uint8Array.of(0, 97, 98, 0).buffer, 1, 2)),
  view: () => new TextDecoder().decode(new Uint16Array(Uint8Array.of(97, 98).buffer)),
  text: () => new TextDecoder().decode('text'),
  nothing: () => new TextDecoder().decode(),
  again: () => {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const first = outcome(() => decoder.decode(Uint8Array.of(0xe2, 0x41), { stream: true }));
    return [first, decoder.decode(Uint8Array.of(0x41))];
  },
  label: () => labels.map((label) => outcome(() => new TextDecoder(label).encoding)),
};
const labels = ['utf8', ' UTF-8\\n', 'unicode-1-1-utf-8', 'utf-16', 'ucs-2', 'unicodefffe', 'latin1',
  '', 'utf-32', 'utf–8'];
export const call = (name, args) => JSON.stringify(calls[name](JSON.parse(args)));
`;

let engine: Engine;
const call = (name: string, args: unknown): unknown =>
  JSON.parse(engine.call(engine.getProperty(functions, 'call')!, name, JSON.stringify(args))!);
let functions = 0;

beforeAll(async () => {
  const load = (name: string) =>
    nodeMachine.parts.readText(name.replace(/^(glossa:|\.\/)/, 'guest/'));
  engine = await createEngine({
    machine: nodeMachine,
    hostFunctions: { now: { params: '', result: 'i', call: () => 0 } },
    resolve: (_, name) => name,
    load,
    timeLimitMs: 0,
    memoryLimitBytes: 64 * 2 ** 20,
    log() {},
  });
  engine.import(BRIDGE, load(BRIDGE));
  functions = engine.import('m.js', SOURCE);
});
afterAll(() => engine.close());

/** The result, or the name of the thrown error. */
function runOrError(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return [(error as Error).name];
  }
}

/** Bytes that are nearly text: random bytes hardly ever are. */
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
      fc.constantFrom(
        ...[
          [0xef, 0xbb, 0xbf],
          [0xff, 0xfe],
          [0xfe, 0xff],
          [0xe0, 0x9f],
          [0xed, 0xa0, 0x80],
        ],
        ...[
          [0xf0, 0x8f],
          [0xf4, 0x90],
          [0x00, 0xd8],
          [0x00, 0xdc],
          [0xf0, 0x9f, 0x92],
        ],
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

const options = fc.record({ fatal: fc.boolean(), ignoreBOM: fc.boolean() });

describe('TextDecoder', () => {
  it.each(ENCODINGS)('decodes arbitrary pieces of %s as Node does', (encoding) => {
    const drawn = fc.array(bytes, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(drawn, options, (pieces, decoderOptions) => {
        const nodes = new TextDecoder(encoding, decoderOptions);
        const expected = pieces.map((piece, i) =>
          runOrError(() => nodes.decode(piece, { stream: i < pieces.length - 1 })),
        );
        const actual = call('decode', {
          encoding,
          how: decoderOptions,
          pieces: pieces.map((one) => [...one]),
        });
        // After an error this decoder starts over; Node's continues.
        const end = expected.findIndex(Array.isArray);
        const same = end < 0 ? expected.length : end + 1;
        expect((actual as unknown[]).slice(0, same)).toEqual(expected.slice(0, same));
      }),
    );
  });

  it('accepts the names of encodings in the standard, and throws RangeError for others', () => {
    const [utf8, utf16] = ['utf-8', 'utf-16le'];
    expect(call('evaluate', 'label')).toEqual([
      ...[utf8, utf8, utf8, utf16, utf16, 'utf-16be', 'windows-1252'],
      ...[['RangeError'], ['RangeError'], ['RangeError']],
    ]);
  });

  it.each([
    ['an ArrayBuffer', 'buffer'],
    ['a DataView of a part', 'part'],
    ['another view', 'view'],
  ])('decodes %s', (_, expression) => expect(call('evaluate', expression)).toBe('ab'));

  it('throws TypeError for a string, and decodes no argument to an empty text', () => {
    expect(call('evaluate', 'text')).toEqual(['TypeError']);
    expect(call('evaluate', 'nothing')).toBe('');
  });

  it('decodes the next text from its start after an error', () => {
    expect(call('evaluate', 'again')).toEqual([['TypeError'], 'A']);
  });

  it('decodes a text longer than one piece', () => {
    const text = 'x\u{1f600}é'.repeat(9000);
    const pieces = [[...new TextEncoder().encode(text)]];
    expect(call('decode', { encoding: 'utf-8', pieces })).toEqual([text]);
  });
});

describe('TextEncoder', () => {
  const texts = fc.string({
    unit: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', '\udfff')),
  });

  it('encodes arbitrary text as Node does, lone surrogates included', () => {
    fc.assert(
      fc.property(texts, fc.nat(20), (text, room) => {
        expect(call('encode', { text, room })).toEqual({
          ...{ all: [...new TextEncoder().encode(text)], ...encodeCharacters(text, room) },
        });
      }),
    );
  });
});

/**
 * The result of encodeInto by its standard: characters are encoded until one does not fit. Node 26's own stops
 * earlier when a text is longer than the room.
 */
function encodeCharacters(text: string, room: number) {
  const into: number[] = [];
  let read = 0;
  for (const character of text) {
    const encoded = new TextEncoder().encode(character);
    if (into.length + encoded.length > room) break;
    into.push(...encoded);
    read += character.length;
  }
  const rest = new Array<number>(room - into.length).fill(0);
  return { read, written: into.length, into: [...into, ...rest] };
}

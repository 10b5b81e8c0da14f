/** The codecs of modules in JavaScript beside Node's own. */
import { TextDecoder as NodeDecoder, TextEncoder as NodeEncoder } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextDecoder, TextEncoder } from './text-codec.ts';

const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be'] as const;

/** The result, or the name of the error that is thrown. */
function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return (error as Error).name;
  }
}

/** Bytes that are near to text: what is drawn alone is hardly ever. */
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      fc.string({ unit: 'binary' }).map((text) => new NodeEncoder().encode(text)),
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
  it.each(ENCODINGS)('%s: any bytes, in any pieces, are read as by Node', (encoding) => {
    const pieces = fc.array(bytes, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(pieces, options, (all, how) => {
        const [ours, nodes] = [new TextDecoder(encoding, how), new NodeDecoder(encoding, how)];
        // After an error a decoder begins anew here; Node's goes on in the middle.
        for (const [i, piece] of all.entries()) {
          const stream = i < all.length - 1;
          const wanted = outcome(() => nodes.decode(piece, { stream }));
          expect(outcome(() => ours.decode(piece, { stream }))).toEqual(wanted);
          if (wanted === 'TypeError') return;
        }
      }),
    );
  });

  it.each([
    ['utf8', 'utf-8'],
    [' UTF-8\n', 'utf-8'],
    ['unicode-1-1-utf-8', 'utf-8'],
    ['utf-16', 'utf-16le'],
    ['ucs-2', 'utf-16le'],
    ['unicodefffe', 'utf-16be'],
  ])('the label %j means %s', (label, name) => expect(new TextDecoder(label).encoding).toBe(name));

  it.each(['latin1', 'shift_jis', '', 'utf-32', 'utf–8'])('the label %j is a RangeError', (label) =>
    expect(() => new TextDecoder(label)).toThrow(RangeError),
  );

  it.each<[string, ArrayBufferLike | ArrayBufferView]>([
    ['an ArrayBuffer', Uint8Array.of(97, 98).buffer],
    ['a DataView of a part', new DataView(Uint8Array.of(0, 97, 98, 0).buffer, 1, 2)],
    ['another view', new Uint16Array(Uint8Array.of(97, 98).buffer)],
  ])('reads %s', (_, source) => expect(new TextDecoder().decode(source)).toBe('ab'));

  it('refuses what has no bytes', () => {
    expect(() => new TextDecoder().decode('text' as never)).toThrow(TypeError);
    expect(new TextDecoder().decode()).toBe('');
  });

  it('begins anew after an error', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    expect(() => decoder.decode(Uint8Array.of(0xe2, 0x41), { stream: true })).toThrow(TypeError);
    expect(decoder.decode(Uint8Array.of(0x41))).toBe('A');
  });

  it('a text longer than what is put together at a time is whole', () => {
    const text = 'x\u{1f600}é'.repeat(9000);
    expect(new TextDecoder().decode(new NodeEncoder().encode(text))).toBe(text);
  });
});

describe('TextEncoder', () => {
  const texts = fc.string({
    unit: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', '\udfff')),
  });

  it('encodes any text as Node does, half pairs included', () => {
    fc.assert(
      fc.property(texts, fc.nat(20), (text, room) => {
        const [ours, nodes] = [new TextEncoder(), new NodeEncoder()];
        expect(ours.encode(text)).toEqual(nodes.encode(text));
        const [mine, wanted] = [new Uint8Array(room), new Uint8Array(room)];
        expect(ours.encodeInto(text, mine)).toEqual(nodes.encodeInto(text, wanted));
        expect(mine).toEqual(wanted);
      }),
    );
  });
});

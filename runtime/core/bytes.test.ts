import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeName, encodeName, encodeNameInto, NameError, nameLength } from './bytes.ts';
import { EILSEQ } from './errno.ts';

/** Bytes that resemble UTF-8 more often than random ones. */
const leads = [0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff];
const nearlyUtf8 = fc
  .array(fc.oneof(fc.constantFrom(...leads), fc.integer({ min: 0x80, max: 0xbf })), {
    maxLength: 40,
  })
  .map((bytes) => Uint8Array.from(bytes));
const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), nearlyUtf8);
const wellFormed = fc.string({ unit: 'binary' });

test('encoding a decoded name returns the original bytes', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const name = decodeName(bytes, 0, bytes.length);
      expect(encodeName(name)).toEqual(bytes);
      expect(nameLength(name)).toBe(bytes.length);
    }),
    { numRuns: 2000 },
  );
});

test('encoding a decoded text that is longer than a name returns the original bytes', () => {
  // Sequences of 1 to 4 bytes, of which one is at every offset of a piece's end.
  const unit = encodeName('aä€😀');
  for (let shift = 0; shift < unit.length; shift += 1) {
    const bytes = new Uint8Array(10_000).map((_, i) => unit[(i + shift) % unit.length]!);
    expect(encodeName(decodeName(bytes))).toEqual(bytes);
    const text = `${'x'.repeat(shift)}${'aä€😀'.repeat(2000)}`;
    expect(decodeName(encodeName(text))).toBe(text);
  }
  expect(decodeName(new Uint8Array(9000).fill(0xff))).toBe('\udcff'.repeat(9000));
});

test('decoding an encoded well-formed string returns the string', () => {
  fc.assert(fc.property(wellFormed, (name) => decodeName(encodeName(name)) === name));
});

test('valid UTF-8 decodes and encodes as by TextDecoder and TextEncoder', () => {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  fc.assert(
    fc.property(wellFormed, (name) => {
      const bytes = new TextEncoder().encode(name);
      expect(encodeName(name)).toEqual(bytes);
      expect(decodeName(bytes)).toBe(name);
    }),
  );
  const isUtf8 = (bytes: Uint8Array): boolean => {
    try {
      strict.decode(bytes);
      return true;
    } catch {
      // A fatal decoder throws for invalid UTF-8.
      return false;
    }
  };
  fc.assert(
    fc.property(anyBytes, (bytes) => /\p{Surrogate}/u.test(decodeName(bytes)) !== isUtf8(bytes)),
    { numRuns: 2000 },
  );
});

test.each([
  ['a lone continuation byte', [0x80], '\udc80'],
  ['an overlong slash, 2 bytes', [0xc0, 0xaf], '\udcc0\udcaf'],
  ['an overlong slash, 3 bytes', [0xe0, 0x80, 0xaf], '\udce0\udc80\udcaf'],
  ['an overlong form of 4 bytes', [0xf0, 0x8f, 0xbf, 0xbf], '\udcf0\udc8f\udcbf\udcbf'],
  ['an encoded surrogate', [0xed, 0xa0, 0x80], '\udced\udca0\udc80'],
  ['the last code point', [0xf4, 0x8f, 0xbf, 0xbf], '\u{10ffff}'],
  ['one beyond the last code point', [0xf4, 0x90, 0x80, 0x80], '\udcf4\udc90\udc80\udc80'],
  ['a sequence cut short', [0x61, 0xe2, 0x82], 'a\udce2\udc82'],
  ['a sequence broken by ASCII', [0xe2, 0x82, 0x61], '\udce2\udc82a'],
  ['a byte order mark', [0xef, 0xbb, 0xbf], '\ufeff'],
  ['Latin-1 in between', [0x63, 0x61, 0x66, 0xe9, 0x2e, 0xc3, 0xa9], 'caf\udce9.é'],
  ['nothing', [], ''],
])('%s has the same bytes after decoding and encoding', (_, bytes, name) => {
  expect(decodeName(Uint8Array.from(bytes))).toBe(name);
  expect(encodeName(name)).toEqual(Uint8Array.from(bytes));
});

test('decodeName reads only the bytes from start to end', () => {
  const bytes = Uint8Array.from([0x61, 0xc3, 0xa9, 0x62]);
  expect(decodeName(bytes, 0, 1)).toBe('a');
  expect(decodeName(bytes, 1, 3)).toBe('é');
  expect(decodeName(bytes, 0, 2)).toBe('a\udcc3');
  expect(decodeName(bytes, 4, 4)).toBe('');
});

test.each([254, 255, 256, 5000])('a name of %i characters survives encoding', (length) => {
  const name = 'x'.repeat(length - 1);
  expect(decodeName(encodeName(`${name}y`))).toBe(`${name}y`);
  expect(decodeName(encodeName(`${name}ä`))).toBe(`${name}ä`);
});

test('a decoded name is unchanged after another name is decoded', () => {
  const first = decodeName(encodeName('abc'));
  decodeName(encodeName('xyz'));
  expect(first).toBe('abc');
});

test('encodeNameInto changes no bytes before or after the encoded name', () => {
  const out = new Uint8Array(8).fill(0xaa);
  expect(encodeNameInto('aé', out, 2)).toBe(3);
  expect([...out]).toEqual([0xaa, 0xaa, 0x61, 0xc3, 0xa9, 0xaa, 0xaa, 0xaa]);
});

test.each(['\ud800', 'a\udbffb', '\udc00', '\udc7f', '\udd00', '\udfff', '\ud800\ud800\udc00'])(
  'encoding throws an error for a lone surrogate that stands for no byte (%j)',
  (name) => {
    for (const encode of [encodeName, nameLength]) {
      expect(() => encode(name)).toThrow(NameError);
    }
    expect(() => encodeNameInto(name, new Uint8Array(32), 0)).toThrow(NameError);
  },
);

test('NameError has the surrogate, its position and EILSEQ', () => {
  const error = (() => {
    try {
      encodeName('ab\udfff');
    } catch (caught) {
      return caught;
    }
  })();
  expect(error).toBeInstanceOf(RangeError);
  expect(error).toMatchObject({ name: 'NameError', code: 'EILSEQ', errno: EILSEQ });
  expect((error as Error).message).toBe('the lone surrogate U+DFFF (at 2) stands for no byte');
});

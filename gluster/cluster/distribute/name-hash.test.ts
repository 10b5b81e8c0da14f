import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeName } from '../../../runtime/core/bytes.ts';
import { hashName, NameHash, RSYNC_REGEX } from './name-hash.ts';

/** Results of gf_dm_hashfn in GlusterFS 10's own library. */
const VECTORS: Readonly<Record<string, number>> = {
  '': 0x884774a2,
  '/': 0x8619bd58,
  a: 0x3a17e4e6,
  b: 0x6f558edc,
  ab: 0xc3af40d9,
  abc: 0xba8bd29a,
  abcd: 0xd89627f6,
  abcde: 0x0a45ccec,
  file: 0xc40ec480,
  file1: 0xa787fa82,
  file10: 0x0613e786,
  'hello.txt': 0xe68d61cc,
  'README.md': 0x49624ce6,
  '%s': 0x73cfa862,
  '\x7f': 0x521e24b2,
  '\x01': 0x50ed5649,
  'name with space': 0x90ae5fed,
  '.foo.txt.Ab12Cd': 0x26430f1a,
  '0123456789abcde': 0x9fc1c536,
  '0123456789abcdef': 0x6ecb5ada,
  '0123456789abcdefg': 0x7f5d9903,
  [`${'0123456789abcdef'.repeat(2)}`]: 0xf1ed7304,
  [`${'0123456789abcdef'.repeat(3)}`]: 0x5fa8faa4,
  ['y'.repeat(31)]: 0x2d2de6c3,
  ['y'.repeat(32)]: 0xb65ece7f,
  ['z'.repeat(254)]: 0xe6204985,
  ['x'.repeat(255)]: 0x8ca66f57,
  ['z'.repeat(255)]: 0x2caac751,
  é: 0x65cfcaa1,
  Ω: 0x65cfcaa1,
  ß: 0x6b70df11,
  'naïve.txt': 0xc83b3744,
  日本: 0xb00c9dfc,
  '文件.txt': 0xe85c9fb8,
  '€': 0xa59d34d4,
  '😀': 0x3dd7ab38,
  '/dir/sub': 0xf337ff76,
  '/usr/share/php': 0xbe202e5a,
};

test.each(Object.entries(VECTORS))(
  "the hash of the name '%s' is the same as in GlusterFS",
  (name, hash) => {
    expect(hashName(name).toString(16)).toBe(hash.toString(16));
  },
);

test('a name that is not UTF-8 has the hash of its bytes', () => {
  // Bytes of 0x80 or more mask the bytes before them in the last word, and the length.
  const [one, other] = [
    decodeName(Uint8Array.of(0x61, 0xa9)),
    decodeName(Uint8Array.of(0xff, 0xa9)),
  ];
  expect(hashName(one)).toBe(hashName(other));
  expect(hashName(one)).toBe(hashName('é'));
});

test('the hash of any name is an unsigned number of 32 bits', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      const hash = hashName(name);
      expect(hash).toBe(hash >>> 0);
    }),
  );
});

test('a temporary name of rsync is placed on the child of the final name', () => {
  const names = new NameHash(RSYNC_REGEX);
  const parts = ['.foo.txt.Ab12Cd', '.a.b', '.hidden', 'foo.txt', '..', '.a..', 'x.y.z'];
  expect(parts.map((name) => names.selectPart(name))).toEqual([
    'foo.txt',
    'a',
    '.hidden',
    'foo.txt',
    '..',
    '.a..',
    'x.y.z',
  ]);
  expect(names.compute('.foo.txt.Ab12Cd')).toBe(0xec803fce);
  expect(new NameHash('none').compute('.foo.txt.Ab12Cd')).toBe(0x26430f1a);
});

test('option extra-hash-regex applies to a name before rsync-hash-regex', () => {
  const names = new NameHash(RSYNC_REGEX, '^([a-z]+)-[^a]+$');
  expect(names.selectPart('abc-12')).toBe('abc');
  expect(names.selectPart('abc-1a')).toBe('abc-1a');
  expect(names.selectPart('.abc.1')).toBe('abc');
});

test('a name that extra-hash-regex matches as a whole is not shortened by rsync-hash-regex', () => {
  const names = new NameHash(RSYNC_REGEX, '^(\\.keep\\..+)$');
  expect(names.selectPart('.keep.txt.Ab12Cd')).toBe('.keep.txt.Ab12Cd');
  expect(names.selectPart('.kept.txt.Ab12Cd')).toBe('kept.txt');
});

test.each(['(', '[', '[[:alpha:]]', '[^]a]', '[a\\]', '\\w'])(
  'an option with the regular expression %s, which JavaScript reads differently, is refused',
  (text) => {
    expect(() => new NameHash(RSYNC_REGEX, text)).toThrow(`option 'extra-hash-regex': '${text}'`);
  },
);

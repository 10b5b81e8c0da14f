/** Links and saved files come back as they were, and whatever is none of ours is refused in words. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { filesOf, readSaved, writeSaved } from './save.ts';
import { decodeShare, encodeShare } from './share.ts';
import type { PlayState } from './state.ts';

const text = fc.string({ unit: 'grapheme' });
const path = fc.stringMatching(/^\/[a-z]{1,8}\.(py|js|vol)$/);
const state: fc.Arbitrary<PlayState> = fc.record({
  texts: fc.dictionary(path, text, { noNullPrototype: true, minKeys: 1 }),
  distanceMs: fc.double({ min: 0, max: 1000, noNaN: true }).map((ms) => ms + 0),
  journal: fc.array(text),
});
const some: PlayState = {
  texts: { '/graph.vol': 'volume a\n', '/m.py': 'x = 1\n'.repeat(100) },
  distanceMs: 1.4,
  journal: ['touch a'],
};

it('a link leads to what was shared', async () => {
  await fc.assert(
    fc.asyncProperty(state, async (shared) => {
      const fragment = await encodeShare(shared);
      expect(fragment).toMatch(/^g1\.[\w-]+$/);
      expect(await decodeShare(`#${fragment}`)).toEqual(shared);
    }),
    { numRuns: 30 },
  );
});

it('a link that was cut, or changed, is refused', async () => {
  const fragment = await encodeShare(some);
  await fc.assert(
    fc.asyncProperty(fc.nat(fragment.length - 4), fc.boolean(), async (at, cuts) => {
      const end = at + 3;
      const letter = fragment[end] === 'A' ? 'B' : 'A';
      const other = cuts ? fragment.slice(0, end) : replaced(fragment, end, letter);
      await expect(decodeShare(other).then((found) => ({ found }))).rejects.toThrow(
        /^this link is damaged/,
      );
    }),
    { numRuns: 60 },
  );
});

const replaced = (whole: string, at: number, letter: string): string =>
  whole.slice(0, at) + letter + whole.slice(at + 1);

it.each([
  ['', 'this link leads to no shared playground'],
  ['#section-2', 'this link leads to no shared playground'],
  ['g2.AAAA', 'this link is of version 2 of the playground, and this page reads version 1'],
  ['g1.', 'this link is damaged: a part of it is missing or was changed; ask for it again'],
  ['g1.%41', 'this link is damaged: a part of it is missing or was changed; ask for it again'],
])('%j is refused', async (fragment, message) => {
  await expect(decodeShare(fragment)).rejects.toThrow(message);
});

it('what is shared by somebody else has to be a playground', async () => {
  const wrong = { ...some, texts: { '../m.py': '' } };
  const fragment = await encodeShare(wrong);
  await expect(decodeShare(fragment)).rejects.toThrow("this link names a text '../m.py'");
});

it('a file is opened as it was saved', () => {
  fc.assert(
    fc.property(state, (saved) => {
      expect(readSaved(writeSaved(saved))).toEqual(saved);
    }),
  );
  expect([...filesOf(some.texts).keys()]).toEqual(['graph.vol', 'm.py']);
});

it.each([
  ['', 'this file is damaged: '],
  [writeSaved(some).slice(0, 50), 'this file is damaged: '],
  ['null', 'this file was not saved by the playground'],
  ['{"texts": {}}', 'this file was not saved by the playground'],
  [
    '{"format": "glossa playground", "version": 2}',
    'this file is of version 2 of the playground, and this page reads version 1',
  ],
  ['{"format": "glossa playground", "version": 1}', 'this file has no texts'],
  ['{"format": "glossa playground", "version": 1, "texts": {}}', 'this file has no texts'],
  [
    '{"format": "glossa playground", "version": 1, "texts": {"/a.vol": ""}, "distanceMs": -1}',
    'this file has no distance to the storage in milliseconds',
  ],
])('%j is refused', (saved, message) => {
  expect(() => readSaved(saved)).toThrow(message);
});

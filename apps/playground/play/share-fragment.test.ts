/** Links restore what they share; other fragments are refused with a reason. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeShare, encodeShare, type PlayState } from './share-fragment.ts';

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

it('a link restores the shared playground', async () => {
  await fc.assert(
    fc.asyncProperty(state, async (shared) => {
      const fragment = await encodeShare(shared);
      expect(fragment).toMatch(/^g1\.[\w-]+$/);
      expect(await decodeShare(`#${fragment}`)).toEqual(shared);
    }),
    { numRuns: 30 },
  );
});

it('a link to a shared playground is refused if it was shortened or changed', async () => {
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
])('a link with the fragment %j is refused with the reason', async (fragment, message) => {
  await expect(decodeShare(fragment)).rejects.toThrow(message);
});

it.each([
  [null, 'this link holds no playground'],
  [{}, 'this link has no texts'],
  [{ texts: {} }, 'this link has no texts'],
  [{ ...some, texts: { '../m.py': '' } }, "this link names a text '../m.py'"],
  [{ ...some, distanceMs: -1 }, 'this link has no distance to the storage in milliseconds'],
  [{ ...some, journal: [1] }, 'this link has no journal of lines'],
])('a link whose content is %j is refused with the reason', async (state, message) => {
  const deflated = new Blob([JSON.stringify(state)])
    .stream()
    .pipeThrough(new CompressionStream('deflate'));
  const bytes = Buffer.from(await new Response(deflated as never).arrayBuffer());
  await expect(decodeShare(`g1.${bytes.toString('base64url')}`)).rejects.toThrow(message);
});

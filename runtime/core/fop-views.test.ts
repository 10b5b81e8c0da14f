/** The table of fops that show the same thing, and the gaps of volumes that define some of them. */
import { expect, test } from 'vitest';
import { describeViewGaps, findViewGaps, fopViews } from './fop-views.ts';
import { fops } from './fops.ts';
import type { FopName } from './gen/fops.gen.ts';

const findMissing = (...names: readonly FopName[]): readonly string[] =>
  findViewGaps({ isDefined: (name) => names.includes(name) }).flatMap(({ missing }) => missing);

test.each([
  ['lookup and readdirp', ['lookup', 'readdirp'], ['readdir']],
  ['readdir alone', ['readdir'], ['readdirp']],
  ['stat alone', ['stat'], ['lookup', 'fstat', 'readdirp']],
  ['setattr alone', ['setattr'], ['fsetattr']],
  ['writev alone', ['writev'], ['truncate', 'ftruncate']],
  ['writev and truncate', ['writev', 'truncate'], ['ftruncate']],
  ['ftruncate and stat', ['ftruncate', 'stat', 'fstat', 'lookup'], ['readdirp', 'truncate']],
] as const)('a volume that defines %s has a gap', (_, names, missing) => {
  expect(findMissing(...names)).toEqual(missing);
});

test.each([
  ['lookup alone, as a cache of absent names does', ['lookup']],
  ['all that show names', ['lookup', 'readdir', 'readdirp']],
  ['all that show attributes', ['lookup', 'stat', 'fstat', 'readdirp']],
  ['readv and writev, as a change of data does', ['readv', 'writev']],
  ['both fops that cut files off', ['truncate', 'ftruncate', 'writev']],
] as const)('a volume that defines %s has no gap', (_, names) => {
  expect(findMissing(...names)).toEqual([]);
});

test('a volume that answers look-ups itself has a gap, unless it lists too; a cache sees the replies', () => {
  const isDefined = (name: FopName): boolean => name === 'lookup';
  const [seesReply, answers] = [(): boolean => false, isDefined];
  const [gap] = findViewGaps({ isDefined, seesReply, answers });
  expect(gap).toMatchObject({ defined: ['lookup'], missing: ['readdir', 'readdirp'] });
  expect(describeViewGaps([gap!])).toContain('a name that lookup hides is still listed');
  const names: readonly FopName[] = ['lookup', 'readdir', 'readdirp'];
  expect(findViewGaps({ isDefined: (name) => names.includes(name), seesReply, answers })).toEqual(
    [],
  );
  expect(findViewGaps({ isDefined, isSeen: () => true, seesReply, answers })).toEqual([]);
  expect(findViewGaps({ isDefined, answers })).toEqual([]);
  expect(findViewGaps({ isDefined, seesReply })).toEqual([]);
});

test('a volume that sees all fops by one method has no gap', () => {
  const isDefined = (name: FopName): boolean => name === 'readdir';
  expect(findViewGaps({ isDefined, isSeen: () => true })).toEqual([]);
});

test('a volume that does not see the replies of stat changes no attributes', () => {
  const isDefined = (name: FopName): boolean => name === 'stat';
  expect(findViewGaps({ isDefined, seesReply: () => false })).toEqual([]);
});

test('the description of gaps names the fops, and is one line', () => {
  const text = describeViewGaps(
    findViewGaps({ isDefined: (name) => name === 'readdirp' || name === 'setattr' }),
  )!;
  expect(text).toMatch(/defines readdirp, but not readdir, .*defines setattr, but not fsetattr/);
  expect(text).not.toContain('\n');
  expect(describeViewGaps([])).toBeUndefined();
});

test('each fop whose reply has attributes of a file is in the view of attributes, and each view is consistent', () => {
  const attributes = fopViews.find(({ thing }) => thing === 'attributes')!;
  const creations = fops.filter(({ entry }) => entry.creates !== undefined).map(({ name }) => name);
  expect(attributes.fops).toEqual(
    expect.arrayContaining([...creations, 'lookup', 'readv', 'writev']),
  );
  for (const { fops: all, signs } of fopViews) {
    expect(new Set(all).size).toBe(all.length);
    for (const sign of signs) {
      expect(all).toEqual(expect.arrayContaining([...sign.fops, ...sign.required]));
    }
  }
});

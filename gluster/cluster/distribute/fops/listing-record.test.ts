/** The record of names that a listing has returned, compared with a model that remembers them all. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ListingRecord } from './listing-record.ts';

interface ReplySample {
  readonly name: string;
  readonly place: number;
}

test('a name that a listing has returned is a duplicate until a program seeks back before it', () => {
  const name = fc.integer({ min: 0, max: 120 }).map((n) => `n${n}`);
  const reply = fc.record({ names: fc.array(name, { maxLength: 40 }), back: fc.nat(50) });
  fc.assert(
    fc.property(fc.array(reply, { maxLength: 40 }), (replies) => {
      const record = new ListingRecord();
      /** In the order of their offsets, which are 1, 2 and so on; each reply is of the next place. */
      let returned: ReplySample[] = [];
      let lastLength = 0;
      for (const [place, { names, back }] of replies.entries()) {
        // Into the last reply, or just before it.
        returned = returned.slice(0, returned.length - Math.min(back, lastLength));
        record.seek(returned.length, place);
        lastLength = 0;
        for (const each of names) {
          const before = returned.filter((other) => other.name === each).at(-1);
          expect(record.isDuplicate(each, place)).toBe(
            before !== undefined && before.place < place,
          );
          if (before !== undefined) continue;
          returned.push({ name: each, place });
          record.add(each, place, returned.length);
          lastLength += 1;
        }
      }
    }),
  );
});

test('a listing forgets the names of the child to which a program seeks back, and of all later children', () => {
  const record = new ListingRecord();
  for (let place = 0; place < 4; place++) {
    record.seek(place * 100, place);
    for (let n = 1; n <= 100; n++) record.add(`p${place}n${n}`, place, place * 100 + n);
  }
  record.seek(150, 1);
  expect([0, 1, 2, 3].map((place) => record.isDuplicate(`p${place}n7`, 9))).toEqual([
    true,
    false,
    false,
    false,
  ]);
  record.seek(0, 0);
  expect(record.isDuplicate('p0n7', 9)).toBe(false);
});

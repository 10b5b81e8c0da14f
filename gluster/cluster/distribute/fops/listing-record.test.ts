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
      for (const [place, { names, back }] of replies.entries()) {
        returned = returned.slice(0, Math.max(0, returned.length - back));
        record.seek(returned.length, place);
        for (const each of names) {
          const before = returned.filter((other) => other.name === each).at(-1);
          expect(record.isDuplicate(each, place)).toBe(
            before !== undefined && before.place < place,
          );
          if (before !== undefined) continue;
          returned.push({ name: each, place });
          record.add(each, place, returned.length);
        }
      }
    }),
  );
});

test('a listing forgets the names after the offset to which a program seeks back', () => {
  const record = new ListingRecord();
  for (let place = 0; place < 4; place++) {
    record.seek(place * 100, place);
    for (let n = 1; n <= 100; n++) record.add(`p${place}n${n}`, place, place * 100 + n);
  }
  expect(record.seek(150, 1)).toEqual({ position: 1, isChildDone: false });
  const names = ['p0n7', 'p1n50', 'p1n51', 'p2n7', 'p3n7'];
  expect(names.map((name) => record.isDuplicate(name, 9))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  // An offset from before the directory was listed anew: all names of the child may be returned again.
  expect(record.seek(999, 1).position).toBe(1);
  expect(names.map((name) => record.isDuplicate(name, 9))).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
  record.seek(0, 0);
  expect(record.isDuplicate('p0n7', 9)).toBe(false);
});

test('a listing continues with the next child after the last entry of one that has no more, but not twice', () => {
  const record = new ListingRecord();
  record.seek(0, 0);
  record.add('a', 0, 1);
  record.add('b', 0, 2);
  // The child at position 1 has no entries.
  record.noteChildDone(1);
  expect(record.seek(2, 0)).toEqual({ position: 1, isChildDone: true });
  expect(record.seek(2, 0)).toEqual({ position: 0, isChildDone: false });
  record.noteChildDone(1);
  expect(record.seek(1, 0)).toEqual({ position: 0, isChildDone: false });
});

/** The table of ranges against a naive model, a map of bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { F_RDLCK, F_WRLCK } from '../../../core/lock.ts';
import { type LockType, type Range, Ranges } from './ranges.ts';

const SIZE = 16;
const OWNERS = ['a', 'b', 'c'];

/** Owner → lock type of each byte; the last byte stands for all bytes after it. */
class Bytes {
  private readonly bytes = new Map<string, (LockType | null)[]>();

  set(owner: string, start: number, end: number, type: LockType | null): void {
    const bytes = this.bytes.get(owner) ?? new Array(SIZE).fill(null);
    // The Map keeps owners in the order of their first locks; an owner without locks is removed.
    this.bytes.set(
      owner,
      bytes.map((old, at) => (at >= start && at < end ? type : old)),
    );
    if (this.bytes.get(owner)!.every((byte) => byte === null)) this.bytes.delete(owner);
  }

  excludes({ owner, start, end, type }: Range<null>): string[] {
    const found: string[] = [];
    for (const [other, bytes] of this.bytes) {
      const within = bytes.slice(start, end === Infinity ? SIZE : end);
      const is = (byte: LockType | null): boolean =>
        byte !== null && (byte === F_WRLCK || type === F_WRLCK);
      if (other !== owner && within.some(is)) found.push(other);
    }
    return found;
  }

  /** Returns runs of bytes of one type. */
  runs(): Range<null>[] {
    const runs: Range<null>[] = [];
    for (const [owner, bytes] of this.bytes) {
      for (let at = 0; at < SIZE; ) {
        const type = bytes[at]!;
        const start = at;
        while (at < SIZE && bytes[at] === type) at += 1;
        const end = at === SIZE ? Infinity : at;
        if (type !== null) runs.push({ owner, type, start, end, holder: null });
      }
    }
    return runs;
  }
}

const span = fc
  .tuple(fc.nat(SIZE - 1), fc.integer({ min: 1, max: SIZE }))
  .map(([start, length]) => ({ start, end: start + length >= SIZE ? Infinity : start + length }));

const range: fc.Arbitrary<Range<null>> = fc
  .record({
    owner: fc.constantFrom(...OWNERS),
    type: fc.constantFrom<LockType>(F_RDLCK, F_WRLCK),
    span,
  })
  .map(({ span: { start, end }, ...rest }) => ({ ...rest, start, end, holder: null }));

type Step =
  | { readonly do: 'lock'; readonly range: Range<null> }
  | { readonly do: 'unlock'; readonly range: Range<null> }
  | { readonly do: 'remove'; readonly owner: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: range.map((r) => ({ do: 'lock' as const, range: r })) },
  { weight: 3, arbitrary: range.map((r) => ({ do: 'unlock' as const, range: r })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...OWNERS).map((owner) => ({ do: 'remove' as const, owner })),
  },
);

describe("the ranges of a file's locks", () => {
  it("agree with a map of each byte's lock, after any locks, unlocks and removals", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), range, (steps, wanted) => {
        const ranges = new Ranges<null>();
        const bytes = new Bytes();
        for (const each of steps) {
          if (each.do === 'remove') {
            const had = bytes.runs().some(({ owner }) => owner === each.owner);
            bytes.set(each.owner, 0, Infinity, null);
            expect(ranges.remove(({ owner }) => owner === each.owner)).toBe(had);
          } else {
            const { owner, start, end, type } = each.range;
            bytes.set(owner, start, end, each.do === 'lock' ? type : null);
            if (each.do === 'lock') ranges.lock(each.range);
            else ranges.unlock(owner, { start, end });
          }
          expect([...ranges]).toEqual(bytes.runs());
          expect(ranges.isEmpty).toBe(bytes.runs().length === 0);
        }
        const owners = [...ranges.findConflicts(wanted)].map(({ owner }) => owner);
        expect([...new Set(owners)]).toEqual(bytes.excludes(wanted));
        expect(ranges.findConflict(wanted)?.owner).toBe(owners[0]);
      }),
      { numRuns: 1000 },
    );
  });

  it('keep the holder of each part when a range is split, and take the new one when two are joined', () => {
    const ranges = new Ranges<string>();
    const lock = (start: number, end: number, type: LockType, holder: string): void =>
      ranges.lock({ owner: 'a', type, start, end, holder });
    lock(0, 100, F_WRLCK, 'first');
    lock(40, 60, F_RDLCK, 'middle');
    lock(60, 70, F_RDLCK, 'joins');
    expect([...ranges].map(({ start, end, holder }) => [start, end, holder])).toEqual([
      [0, 40, 'first'],
      [40, 70, 'joins'],
      [70, 100, 'first'],
    ]);
  });
});

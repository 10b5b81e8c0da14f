import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EINVAL, ENOENT, ENOSPC, ENOTCONN } from '../../../../runtime/core/errno.ts';
import { hashName } from '../name-hash.ts';
import {
  COMPUTED_TYPE,
  countAnomalies,
  decodePiece,
  encodePiece,
  isBroken,
  Layout,
  MANUAL_TYPE,
  makeEmptyPiece,
  mayHeal,
  NEEDS_RANGE,
  needsHeal,
  type Piece,
} from './layout.ts';
import { type Candidate, computeLayout, maximizeOverlap } from './ranges.ts';

const ALL = 0xffff_ffff;
const u32 = fc.integer({ min: 0, max: ALL });
const piece = (start: number, stop: number, more: Partial<Piece> = {}): Piece => ({
  err: 0,
  start,
  stop,
  commitHash: 0,
  type: COMPUTED_TYPE,
  ...more,
});
const rangeOf = ({ start, stop }: Piece): string => `${start.toString(16)}-${stop.toString(16)}`;

describe('a layout range on disk', () => {
  test('consists of four numbers in 16 bytes', () => {
    const bytes = encodePiece(piece(0x55555555, 0xaaaaaaa9, { commitHash: 0x5806d91a }));
    expect(Buffer.from(bytes).toString('hex')).toBe('5806d91a0000000055555555aaaaaaa9');
  });

  test('is decoded as it was encoded', () => {
    const pieces = fc.record({
      err: fc.constant(0),
      start: u32,
      stop: u32,
      commitHash: u32,
      type: fc.constantFrom(COMPUTED_TYPE, MANUAL_TYPE),
    });
    fc.assert(
      fc.property(pieces, (each) => void expect(decodePiece(encodePiece(each))).toEqual(each)),
    );
  });

  test('is decoded as an empty range if absent, and as null if malformed', () => {
    expect(decodePiece(undefined)).toEqual(makeEmptyPiece(0));
    expect(decodePiece(new Uint8Array(15))).toBeNull();
    expect(decodePiece(encodePiece(piece(0, 1, { type: 2 })))).toBeNull();
  });
});

/** Searches as GlusterFS does: the first piece by start that contains the hash. */
const slowly = (pieces: readonly Piece[], hash: number): number => {
  const children = pieces
    .map((each, child) => ({ ...each, child }))
    .filter(({ start, stop, err }) => err === 0 && start < stop)
    .sort((a, b) => a.start - b.start || a.stop - b.stop || a.child - b.child)
    .find(({ start, stop }) => start <= hash && hash <= stop);
  return children?.child ?? -1;
};

test('a hash belongs to the first range that contains it, even with holes and overlaps', () => {
  const small = fc.integer({ min: 0, max: 40 });
  const edges = fc.oneof(small, fc.integer({ min: ALL - 40, max: ALL }));
  const ranges = fc.tuple(edges, edges).map(([a, b]) => piece(Math.min(a, b), Math.max(a, b)));
  fc.assert(
    fc.property(fc.array(ranges, { minLength: 1, maxLength: 6 }), edges, (pieces, hash) => {
      expect(new Layout(pieces).findChild(hash)).toBe(slowly(pieces, hash));
    }),
  );
});

test('a layout has the commit hash that all its ranges share, or none if they differ', () => {
  const hashes = (...of: number[]): number =>
    new Layout(of.map((commitHash) => piece(0, 1, { commitHash }))).commitHash;
  expect([hashes(7, 7), hashes(7, 8), hashes(0, 0)]).toEqual([7, 1, 0]);
  const withDown = new Layout([piece(0, 1, { commitHash: 7 }), makeEmptyPiece(ENOTCONN)]);
  expect(withDown.commitHash).toBe(7);
});

describe('the anomalies of a layout', () => {
  const cases: Record<string, [Piece[], Record<string, number>]> = {
    none: [[piece(0, 0x7ffffffe), piece(0x7fffffff, ALL)], {}],
    'none, with a child without a range': [[piece(0, ALL), makeEmptyPiece(0)], {}],
    'a hole between': [[piece(0, 10), piece(12, ALL)], { holes: 1 }],
    'a hole at the end': [[piece(0, 10)], { holes: 1 }],
    'a hole at the beginning': [[piece(5, ALL)], { holes: 1 }],
    'an overlap': [[piece(0, 10), piece(10, ALL)], { overlaps: 1 }],
    'no child with a range': [[makeEmptyPiece(0), makeEmptyPiece(0)], { holes: 1 }],
    'a missing directory': [[piece(0, ALL), makeEmptyPiece(ENOENT)], { missing: 1 }],
    'a new directory': [[piece(0, ALL), makeEmptyPiece(NEEDS_RANGE)], { missing: 1 }],
    'a child that is down': [[piece(0, ALL), makeEmptyPiece(ENOTCONN)], { down: 1 }],
    'a child that is full': [[piece(0, ALL), makeEmptyPiece(ENOSPC)], { noSpace: 1 }],
    'a child that fails': [[piece(0, ALL), makeEmptyPiece(EINVAL)], { misc: 1 }],
  };
  const none = { holes: 0, overlaps: 0, missing: 0, down: 0, noSpace: 0, misc: 0 };
  test.each(Object.entries(cases))('are counted for %s', (_, [pieces, found]) => {
    expect(countAnomalies(pieces)).toEqual({ ...none, ...found });
  });

  test('cause a rebuild or repair, but not while a child is down', () => {
    const { holes, missing, down } = {
      holes: countAnomalies([piece(0, 10)]),
      missing: countAnomalies([piece(0, ALL), makeEmptyPiece(ENOENT)]),
      down: countAnomalies([piece(0, 10), makeEmptyPiece(ENOTCONN)]),
    };
    expect([isBroken(holes), isBroken(missing)]).toEqual([true, false]);
    expect([needsHeal(holes), needsHeal(missing), mayHeal(missing)]).toEqual([true, true, true]);
    expect(mayHeal(down)).toBe(false);
  });
});

const candidates = (...names: string[]): Candidate[] =>
  names.map((name) => ({ name, err: 0, totalSpace: 0, isDecommissioned: false }));
const deal = { spread: undefined, usesWeights: true, commitHash: 0 };
const dealt = (among: Candidate[], path: string, more = {}): Record<string, string> =>
  Object.fromEntries(
    computeLayout(among, { ...deal, seed: hashName(path), ...more }).map((each, at) => [
      among[at]!.name,
      rangeOf(each),
    ]),
  );

describe('a computed layout', () => {
  const [first, second, third] = ['0-55555554', '55555555-aaaaaaa9', 'aaaaaaaa-ffffffff'];

  test.each([
    ['/', { wm: first, wz: second, wa: third }],
    ['/dir1', { wa: first, wm: second, wz: third }],
    ['/dir2', { wm: first, wz: second, wa: third }],
    ['/dir3', { wm: first, wz: second, wa: third }],
    ['/dir4', { wa: first, wm: second, wz: third }],
    ['/dir1/s', { wa: first, wm: second, wz: third }],
  ])(
    'assigns ranges in order of names, starting with the child that %s selects',
    (path, ranges) => {
      expect(dealt(candidates('wz', 'wa', 'wm'), path)).toEqual(ranges);
    },
  );

  test('orders the children by the bytes of their names', () => {
    const ranges = dealt(candidates('c-2', 'c-10', 'c-1'), '/dir1');
    expect(ranges).toEqual({ 'c-1': first, 'c-10': second, 'c-2': third });
  });

  test('gives the hashes up to 7ffffffe to the first of two children', () => {
    const two = dealt(candidates('a', 'b'), '/', { seed: 0 });
    expect(two).toEqual({ a: '0-7ffffffe', b: '7fffffff-ffffffff' });
  });

  test('gives no range to children that are decommissioned, full, or beyond the spread count', () => {
    const among = candidates('a', 'b', 'c');
    const leaving = [{ ...among[0]!, isDecommissioned: true }, among[1]!, among[2]!];
    expect(dealt(leaving, '', { seed: 0 })).toMatchObject({ a: '0-0', b: '0-7ffffffe' });
    const full = [among[0]!, { ...among[1]!, err: ENOSPC }, among[2]!];
    expect(dealt(full, '', { seed: 0 })).toMatchObject({ b: '0-0' });
    const allFull = among.map((each) => ({ ...each, err: ENOSPC }));
    expect(dealt(allFull, '', { seed: 0 })).toMatchObject({ a: first });
    expect(dealt(among, '', { seed: 2, spread: 2 })).toEqual({
      ...{ c: '0-7ffffffe', a: '7fffffff-ffffffff', b: '0-0' },
    });
  });

  test('gives larger ranges to larger children if all sizes are known', () => {
    const [a, b] = candidates('a', 'b') as [Candidate, Candidate];
    const sized = [
      { ...a, totalSpace: 3 },
      { ...b, totalSpace: 1 },
    ];
    expect(dealt(sized, '', { seed: 0 }).a).toBe('0-bffffffe');
    expect(dealt(sized, '', { seed: 0, usesWeights: false }).a).toBe('0-7ffffffe');
    expect(dealt([sized[0]!, b], '', { seed: 0 }).a).toBe('0-7ffffffe');
  });

  test('covers every hash exactly once, for any children', () => {
    const each = fc.record({
      err: fc.constantFrom(0, NEEDS_RANGE, ENOENT, ENOSPC),
      totalSpace: fc.integer({ min: 1, max: 1000 }),
    });
    const many = fc.array(each, { minLength: 1, maxLength: 40 });
    const weighing = (...totalSpace: number[]) =>
      totalSpace.map((it) => ({ err: 0 as const, totalSpace: it }));
    fc.assert(
      fc.property(many, u32, fc.option(fc.integer({ min: 1, max: 50 })), (all, seed, spread) => {
        const among = all.map((one, at) => ({ ...one, name: `v${at}`, isDecommissioned: false }));
        const pieces = computeLayout(among, { ...deal, seed, spread: spread ?? undefined });
        const whole = pieces.length === 1 || pieces.some(({ stop }) => stop === ALL);
        expect(whole && !isBroken(countAnomalies(pieces))).toBe(true);
        for (const { start, stop } of pieces) {
          expect(start <= stop && stop <= ALL).toBe(true);
        }
      }),
      {
        // The children with ranges weigh more than the first children by name.
        examples: [
          [weighing(7, 9, 1000), 2, 2],
          [weighing(1, 7, 953, 960), 3, 2],
        ],
      },
    );
  });
});

test('a new child gets a range so that as many names as possible stay on their child', () => {
  const names = ['a', 'b', 'c'];
  const before = [...computeLayout(candidates('a', 'b'), { ...deal, seed: 1 }), makeEmptyPiece(0)];
  const newPieces = computeLayout(candidates(...names), { ...deal, seed: 0 });
  const pieces = maximizeOverlap(names, before, newPieces);
  // b had the first half: it gets the first third, which a would have got.
  expect(pieces.map(rangeOf)).toEqual(['55555555-aaaaaaa9', '0-55555554', 'aaaaaaaa-ffffffff']);
  expect(isBroken(countAnomalies(pieces))).toBe(false);
});

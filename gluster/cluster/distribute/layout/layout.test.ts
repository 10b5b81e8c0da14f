import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EINVAL, ENOENT, ENOSPC, ENOTCONN } from '../../../../runtime/core/errno.ts';
import { hashName } from '../hash.ts';
import { type Candidate, computeLayout, keepOverlap } from './compute.ts';
import {
  anomaliesOf,
  DM,
  DM_USER,
  decodePiece,
  encodePiece,
  isBroken,
  Layout,
  mayHeal,
  NEEDS_RANGE,
  needsHeal,
  type Piece,
  pieceWithout,
} from './layout.ts';

const ALL = 0xffff_ffff;
const u32 = fc.integer({ min: 0, max: ALL });
const piece = (start: number, stop: number, more: Partial<Piece> = {}): Piece => ({
  err: 0,
  start,
  stop,
  commitHash: 0,
  type: DM,
  ...more,
});
const rangeOf = ({ start, stop }: Piece): string => `${start.toString(16)}-${stop.toString(16)}`;

describe('a piece on disk', () => {
  test('is four numbers', () => {
    const bytes = encodePiece(piece(0x55555555, 0xaaaaaaa9, { commitHash: 0x5806d91a }));
    expect(Buffer.from(bytes).toString('hex')).toBe('5806d91a0000000055555555aaaaaaa9');
  });

  test('comes back as it was', () => {
    const pieces = fc.record({
      err: fc.constant(0),
      start: u32,
      stop: u32,
      commitHash: u32,
      type: fc.constantFrom(DM, DM_USER),
    });
    fc.assert(
      fc.property(pieces, (each) => void expect(decodePiece(encodePiece(each))).toEqual(each)),
    );
  });

  test('may be missing, or be none', () => {
    expect(decodePiece(undefined)).toEqual(pieceWithout(0));
    expect(decodePiece(new Uint8Array(15))).toBeNull();
    expect(decodePiece(encodePiece(piece(0, 1, { type: 2 })))).toBeNull();
  });
});

/** As GlusterFS looks: the first of the list, by start, that has the hash. */
const slowly = (pieces: readonly Piece[], hash: number): number => {
  const found = pieces
    .map((each, child) => ({ ...each, child }))
    .filter(({ start, stop, err }) => err === 0 && start < stop)
    .sort((a, b) => a.start - b.start || a.stop - b.stop || a.child - b.child)
    .find(({ start, stop }) => start <= hash && hash <= stop);
  return found?.child ?? -1;
};

test('a name is found where the first range has it, with holes and overlaps, too', () => {
  const small = fc.integer({ min: 0, max: 40 });
  const edges = fc.oneof(small, fc.integer({ min: ALL - 40, max: ALL }));
  const ranges = fc.tuple(edges, edges).map(([a, b]) => piece(Math.min(a, b), Math.max(a, b)));
  fc.assert(
    fc.property(fc.array(ranges, { minLength: 1, maxLength: 6 }), edges, (pieces, hash) => {
      expect(new Layout(pieces).search(hash)).toBe(slowly(pieces, hash));
    }),
  );
});

test('the commit hash is that of all, or none', () => {
  const hashes = (...of: number[]): number =>
    new Layout(of.map((commitHash) => piece(0, 1, { commitHash }))).commitHash;
  expect([hashes(7, 7), hashes(7, 8), hashes(0, 0)]).toEqual([7, 1, 0]);
  const withDown = new Layout([piece(0, 1, { commitHash: 7 }), pieceWithout(ENOTCONN)]);
  expect(withDown.commitHash).toBe(7);
});

describe('anomalies', () => {
  const cases: Record<string, [Piece[], Record<string, number>]> = {
    none: [[piece(0, 0x7ffffffe), piece(0x7fffffff, ALL)], {}],
    'none, one without a range': [[piece(0, ALL), pieceWithout(0)], {}],
    'a hole between': [[piece(0, 10), piece(12, ALL)], { holes: 1 }],
    'a hole at the end': [[piece(0, 10)], { holes: 1 }],
    'a hole at the beginning': [[piece(5, ALL)], { holes: 1 }],
    'an overlap': [[piece(0, 10), piece(10, ALL)], { overlaps: 1 }],
    'nobody has a range': [[pieceWithout(0), pieceWithout(0)], { holes: 1 }],
    'one is missing': [[piece(0, ALL), pieceWithout(ENOENT)], { missing: 1 }],
    'one is new': [[piece(0, ALL), pieceWithout(NEEDS_RANGE)], { missing: 1 }],
    'one is down': [[piece(0, ALL), pieceWithout(ENOTCONN)], { down: 1 }],
    'one is full': [[piece(0, ALL), pieceWithout(ENOSPC)], { noSpace: 1 }],
    'one fails': [[piece(0, ALL), pieceWithout(EINVAL)], { misc: 1 }],
  };
  const none = { holes: 0, overlaps: 0, missing: 0, down: 0, noSpace: 0, misc: 0 };
  test.each(Object.entries(cases))('%s', (_, [pieces, found]) => {
    expect(anomaliesOf(pieces)).toEqual({ ...none, ...found });
  });

  test('what follows from them', () => {
    const { holes, missing, down } = {
      holes: anomaliesOf([piece(0, 10)]),
      missing: anomaliesOf([piece(0, ALL), pieceWithout(ENOENT)]),
      down: anomaliesOf([piece(0, 10), pieceWithout(ENOTCONN)]),
    };
    expect([isBroken(holes), isBroken(missing)]).toEqual([true, false]);
    expect([needsHeal(holes), needsHeal(missing), mayHeal(missing)]).toEqual([true, true, true]);
    expect(mayHeal(down)).toBe(false);
  });
});

const candidates = (...names: string[]): Candidate[] =>
  names.map((name) => ({ name, err: 0, chunks: 0, isLeaving: false }));
const deal = { spread: undefined, weighted: true, commitHash: 0 };
const dealt = (among: Candidate[], path: string, more = {}): Record<string, string> =>
  Object.fromEntries(
    computeLayout(among, { ...deal, seed: hashName(path), ...more }).map((each, at) => [
      among[at]!.name,
      rangeOf(each),
    ]),
  );

describe('ranges are dealt out', () => {
  const [first, second, third] = ['0-55555554', '55555555-aaaaaaa9', 'aaaaaaaa-ffffffff'];

  test.each([
    ['/', { wm: first, wz: second, wa: third }],
    ['/dir1', { wa: first, wm: second, wz: third }],
    ['/dir2', { wm: first, wz: second, wa: third }],
    ['/dir3', { wm: first, wz: second, wa: third }],
    ['/dir4', { wa: first, wm: second, wz: third }],
    ['/dir1/s', { wa: first, wm: second, wz: third }],
  ])('in the order of names, from that on which %s says', (path, ranges) => {
    expect(dealt(candidates('wz', 'wa', 'wm'), path)).toEqual(ranges);
  });

  test('by bytes of the names', () => {
    const ranges = dealt(candidates('c-2', 'c-10', 'c-1'), '/dir1');
    expect(ranges).toEqual({ 'c-1': first, 'c-10': second, 'c-2': third });
  });

  test('two have not quite the same', () => {
    const two = dealt(candidates('a', 'b'), '/', { seed: 0 });
    expect(two).toEqual({ a: '0-7ffffffe', b: '7fffffff-ffffffff' });
  });

  test('not to one that is being emptied, or has no room, or is too many', () => {
    const among = candidates('a', 'b', 'c');
    const leaving = [{ ...among[0]!, isLeaving: true }, among[1]!, among[2]!];
    expect(dealt(leaving, '', { seed: 0 })).toMatchObject({ a: '0-0', b: '0-7ffffffe' });
    const full = [among[0]!, { ...among[1]!, err: ENOSPC }, among[2]!];
    expect(dealt(full, '', { seed: 0 })).toMatchObject({ b: '0-0' });
    const allFull = among.map((each) => ({ ...each, err: ENOSPC }));
    expect(dealt(allFull, '', { seed: 0 })).toMatchObject({ a: first });
    expect(dealt(among, '', { seed: 2, spread: 2 })).toEqual({
      ...{ c: '0-7ffffffe', a: '7fffffff-ffffffff', b: '0-0' },
    });
  });

  test('by size, where all are known', () => {
    const [a, b] = candidates('a', 'b') as [Candidate, Candidate];
    const sized = [
      { ...a, chunks: 3 },
      { ...b, chunks: 1 },
    ];
    expect(dealt(sized, '', { seed: 0 }).a).toBe('0-bffffffe');
    expect(dealt(sized, '', { seed: 0, weighted: false }).a).toBe('0-7ffffffe');
    expect(dealt([sized[0]!, b], '', { seed: 0 }).a).toBe('0-7ffffffe');
  });

  test('whatever the children are: complete, and without an overlap', () => {
    const each = fc.record({
      err: fc.constantFrom(0, NEEDS_RANGE, ENOENT, ENOSPC),
      chunks: fc.integer({ min: 1, max: 1000 }),
    });
    const many = fc.array(each, { minLength: 1, maxLength: 40 });
    const weighing = (...chunks: number[]) => chunks.map((it) => ({ err: 0 as const, chunks: it }));
    fc.assert(
      fc.property(many, u32, fc.option(fc.integer({ min: 1, max: 50 })), (all, seed, spread) => {
        const among = all.map((one, at) => ({ ...one, name: `v${at}`, isLeaving: false }));
        const made = computeLayout(among, { ...deal, seed, spread: spread ?? undefined });
        const whole = made.length === 1 || made.some(({ stop }) => stop === ALL);
        expect(whole && !isBroken(anomaliesOf(made))).toBe(true);
        for (const { start, stop } of made) {
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

test('with a new child, names stay where they are as far as can be', () => {
  const names = ['a', 'b', 'c'];
  const before = [...computeLayout(candidates('a', 'b'), { ...deal, seed: 1 }), pieceWithout(0)];
  const made = computeLayout(candidates(...names), { ...deal, seed: 0 });
  const kept = keepOverlap(names, before, made);
  // b had the first half: it gets the first third, which would have been a's.
  expect(kept.map(rangeOf)).toEqual(['55555555-aaaaaaa9', '0-55555554', 'aaaaaaaa-ffffffff']);
  expect(isBroken(anomaliesOf(kept))).toBe(false);
});

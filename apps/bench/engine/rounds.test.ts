import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MeasurementError } from './measurement-error.ts';
import { drawBelow, seedRandom, shuffle } from './random.ts';
import { measureRounds, orderRounds } from './rounds.ts';

describe('seeded random numbers', () => {
  it('are equal for equal seeds, and different for different seeds', () => {
    const draw = (seed: number): number[] => Array.from({ length: 20 }, seedRandom(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('drawn by drawBelow(n) take every value from 0 to n - 1', () => {
    const random = seedRandom(5);
    const drawn = new Set(Array.from({ length: 500 }, () => drawBelow(random, 6)));
    expect([...drawn].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('shuffle a list without losing an item', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.nat(), (items, seed) => {
        expect(shuffle(items, seedRandom(seed)).sort()).toEqual([...items].sort());
      }),
    );
  });
});

describe('orderRounds', () => {
  it('lets each stack begin equally often', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(), (count, seed) => {
        const names = Array.from({ length: count }, (_, i) => i);
        const rounds = orderRounds(names, 2 * count, seedRandom(seed));
        const firsts = rounds.map(([first]) => first!).sort();
        expect(firsts).toEqual(names.flatMap((name) => [name, name]));
        for (const round of rounds) expect(round.toSorted()).toEqual(names);
      }),
    );
  });
});

describe('measureRounds', () => {
  it('returns the complete rounds when it is interrupted', async () => {
    const stop = new AbortController();
    const take = async ({ isLast }: { isLast: boolean }, round: number) => {
      if (round === 3 && isLast) stop.abort(new Error('interrupted'));
      stop.signal.throwIfAborted();
      return { round };
    };
    const targets = new Map([
      ['a', { isLast: false }],
      ['b', { isLast: true }],
    ]);
    const { signal } = stop;
    const series = await measureRounds(targets, { rounds: 9, signal, take });
    const two = [{ round: 1 }, { round: 2 }];
    expect([...series]).toEqual([
      ['a', two],
      ['b', two],
    ]);
    await expect(measureRounds(targets, { rounds: 9, signal, take })).rejects.toThrow(
      'interrupted',
    );
  });

  it('warms each target up, and starts each round with another one', async () => {
    const turns: string[] = [];
    const targets = new Map(['a', 'b'].map((name) => [name, { name }]));
    const series = await measureRounds(targets, {
      rounds: 2,
      warmUp: async ({ name }) => turns.push(`${name}0`),
      async take({ name }, round) {
        turns.push(name + round);
        return { round };
      },
    });
    expect(turns).toEqual(['a0', 'b0', 'a1', 'b1', 'b2', 'a2']);
    expect([...series.values()]).toEqual([
      [{ round: 1 }, { round: 2 }],
      [{ round: 1 }, { round: 2 }],
    ]);
  });

  it('measures the remaining targets when one target dies', async () => {
    const targets = new Map([
      ['a', { name: 'a' }],
      ['b', { name: 'b' }],
      ['c', { missing: 'no compiler' }],
    ]);
    const series = await measureRounds(targets, {
      rounds: 3,
      async take(target, round) {
        if ('name' in target && target.name === 'b' && round === 2)
          throw new MeasurementError('it died');
        return { round };
      },
    });
    expect(series.get('a')).toHaveLength(3);
    expect(series.get('b')).toEqual({ missing: 'it died' });
    expect(series.get('c')).toEqual({ missing: 'no compiler' });
  });

  it('fails with the error of a target unless that is MeasurementError', async () => {
    const take = () => Promise.reject(new TypeError('a bug'));
    const all = measureRounds(new Map([['a', {}]]), { rounds: 1, take });
    await expect(all).rejects.toThrow('a bug');
  });
});

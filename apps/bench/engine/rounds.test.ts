import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NotMeasured } from './missing.ts';
import { below, seeded, shuffled } from './random.ts';
import { measureRounds, orders } from './rounds.ts';

describe('chance', () => {
  it('is the same for the same seed, and another for another', () => {
    const draw = (seed: number): number[] => Array.from({ length: 20 }, seeded(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('stays within its bounds, and reaches all of them', () => {
    const random = seeded(5);
    const drawn = new Set(Array.from({ length: 500 }, () => below(random, 6)));
    expect([...drawn].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('shuffles without losing anything', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.nat(), (items, seed) => {
        expect(shuffled(items, seeded(seed)).sort()).toEqual([...items].sort());
      }),
    );
  });
});

describe('orders', () => {
  it('let each begin equally often, and follow the same one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(), (count, seed) => {
        const names = Array.from({ length: count }, (_, i) => i);
        const rounds = orders(names, 2 * count, seeded(seed));
        const firsts = rounds.map(([first]) => first!).sort();
        expect(firsts).toEqual(names.flatMap((name) => [name, name]));
        for (const round of rounds) expect(round.toSorted()).toEqual(names);
      }),
    );
  });
});

describe('measureRounds', () => {
  it('keeps the rounds that are whole when it is interrupted', async () => {
    const stop = new AbortController();
    const take = async ({ isLast }: { isLast: boolean }, round: number) => {
      if (round === 3 && isLast) stop.abort(new Error('interrupted'));
      stop.signal.throwIfAborted();
      return { round };
    };
    const started = new Map([
      ['a', { isLast: false }],
      ['b', { isLast: true }],
    ]);
    const { signal } = stop;
    const series = await measureRounds(started, { rounds: 9, signal, take });
    const two = [{ round: 1 }, { round: 2 }];
    expect([...series]).toEqual([
      ['a', two],
      ['b', two],
    ]);
    await expect(measureRounds(started, { rounds: 9, signal, take })).rejects.toThrow(
      'interrupted',
    );
  });

  it('takes turns after a round that does not count', async () => {
    const taken: string[] = [];
    const started = new Map(['a', 'b'].map((name) => [name, { name }]));
    const series = await measureRounds(started, {
      rounds: 2,
      async take({ name }, round) {
        taken.push(name + round);
        return { round };
      },
    });
    expect(taken).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
    expect([...series.values()]).toEqual([
      [{ round: 1 }, { round: 2 }],
      [{ round: 1 }, { round: 2 }],
    ]);
  });

  it('goes on with the others when one ends', async () => {
    const started = new Map([
      ['a', { name: 'a' }],
      ['b', { name: 'b' }],
      ['c', { missing: 'no compiler' }],
    ]);
    const series = await measureRounds(started, {
      rounds: 3,
      async take(target, round) {
        if ('name' in target && target.name === 'b' && round === 2)
          throw new NotMeasured('it died');
        return { round };
      },
    });
    expect(series.get('a')).toHaveLength(3);
    expect(series.get('b')).toEqual({ missing: 'it died' });
    expect(series.get('c')).toEqual({ missing: 'no compiler' });
  });

  it('hides no other error', async () => {
    const take = () => Promise.reject(new TypeError('a bug'));
    const all = measureRounds(new Map([['a', {}]]), { rounds: 1, take });
    await expect(all).rejects.toThrow('a bug');
  });
});

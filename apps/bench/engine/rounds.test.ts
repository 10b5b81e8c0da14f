import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { below, seeded, shuffled } from './random.ts';
import { orders } from './rounds.ts';

describe('seeded random numbers', () => {
  it('equal seeds draw equal numbers, other seeds others', () => {
    const draw = (seed: number): number[] => Array.from({ length: 20 }, seeded(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('below(n) draws every number from 0 to n - 1', () => {
    const random = seeded(5);
    const drawn = new Set(Array.from({ length: 500 }, () => below(random, 6)));
    expect([...drawn].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('shuffled keeps all items', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.nat(), (items, seed) => {
        expect(shuffled(items, seeded(seed)).sort()).toEqual([...items].sort());
      }),
    );
  });
});

describe('orders', () => {
  it('each stack begins equally often', () => {
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

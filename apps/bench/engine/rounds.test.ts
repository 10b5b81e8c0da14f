import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawBelow, seedRandom, shuffle } from './random.ts';
import { orderRounds } from './rounds.ts';

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

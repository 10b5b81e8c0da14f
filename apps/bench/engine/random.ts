/** Draws reproducible random numbers for the bench: equal seeds give equal numbers. */

/** Draws a number of at least 0 and less than 1. */
export type Random = () => number;

/**
 * Makes a generator that starts from a seed: Mulberry32, which mixes the bits of a 32-bit counter.
 * That is good enough to shuffle and to resample.
 */
export function seedRandom(seed: number): Random {
  let counter = seed | 0;
  return () => {
    counter = (counter + 0x6d2b79f5) | 0;
    let mixed = Math.imul(counter ^ (counter >>> 15), counter | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws a whole number from 0 to bound - 1. */
export const drawBelow = (random: Random, bound: number): number => Math.floor(random() * bound);

/** Returns a shuffled copy, by Fisher and Yates. */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const drawn = drawBelow(random, i + 1);
    [shuffled[i], shuffled[drawn]] = [shuffled[drawn]!, shuffled[i]!];
  }
  return shuffled;
}

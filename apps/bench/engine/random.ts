/** Draws reproducible random numbers: equal seeds, equal numbers. Pure arithmetic of 32 bits. */

/** At least 0, less than 1. */
export type Random = () => number;

/** Mulberry32, a mixed counter: good enough to shuffle and to resample. */
export function seeded(seed: number): Random {
  let counter = seed | 0;
  return () => {
    counter = (counter + 0x6d2b79f5) | 0;
    let mixed = Math.imul(counter ^ (counter >>> 15), counter | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from 0 to bound - 1. */
export const below = (random: Random, bound: number): number => Math.floor(random() * bound);

/** A shuffled copy, by Fisher and Yates. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const all = [...items];
  for (let last = all.length - 1; last > 0; last--) {
    const other = below(random, last + 1);
    [all[last], all[other]] = [all[other]!, all[last]!];
  }
  return all;
}

/**
 * Orders the stacks of each round: every round measures each stack once, and begins with another
 * stack (A B C, B C A, …). Other load of the machine then hits all stacks alike, and no stack
 * always follows the slowest.
 */
import { type Random, shuffle } from './random.ts';

/** Returns the order of the names in each round; the order of the first round is random. */
export function orderRounds<N>(names: readonly N[], rounds: number, random: Random): N[][] {
  const start = shuffle(names, random);
  return Array.from({ length: rounds }, (_, round) => {
    const first = round % start.length;
    return [...start.slice(first), ...start.slice(0, first)];
  });
}

/**
 * Orders the stacks of each round: every round measures each stack once, and begins with another
 * stack (A B C, B C A, …). Other load of the machine then hits all stacks alike, and no stack
 * always follows the slowest.
 */
import { type Random, shuffle } from './random.ts';

/** Returns the order of the stacks in each round; the order of the first round is random. */
export function orderRounds<S>(stacks: readonly S[], roundCount: number, random: Random): S[][] {
  const firstOrder = shuffle(stacks, random);
  return Array.from({ length: roundCount }, (_, round) => {
    const start = round % firstOrder.length;
    return [...firstOrder.slice(start), ...firstOrder.slice(0, start)];
  });
}

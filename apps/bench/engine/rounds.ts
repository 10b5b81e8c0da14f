/**
 * Rounds: every one measures each stack once, in turn (A B C, B C A, …), so that whatever else the
 * machine does falls on all of them alike, and none is always the one after the slowest.
 */
import { type Random, shuffled } from './random.ts';

/** Names in the order of a round, for each of the rounds: who begins the first is left to chance. */
export function orders<N>(names: readonly N[], rounds: number, random: Random): N[][] {
  const start = shuffled(names, random);
  return Array.from({ length: rounds }, (_, round) => {
    const first = round % start.length;
    return [...start.slice(first), ...start.slice(0, first)];
  });
}

/** What volumes count begins anew: the extended attribute `glossa.reset-stats` of a mount's root. */
import type { Graph } from '../runtime/core/graph.ts';

export const RESET_STATS = 'glossa.reset-stats';

/** The names of the volumes that did, the top first. */
export function resetStats({ xlators }: Graph): string[] {
  const counting = xlators.filter(({ translator }) => translator.reset !== undefined);
  for (const xl of counting) xl.translator.reset!(xl);
  return counting.map(({ name }) => name).reverse();
}

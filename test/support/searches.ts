/** The lookups of the tutorial's searches. */
import type { SearchPlan } from '../../apps/bench/engine/searches.ts';

/** The requests of a workload if no cache answers any. */
export interface Expectation {
  /** Lookups in all, found or not. */
  readonly lookups: number;
  /** Lookups that a cache of absent names cannot save: every hit, and the first miss of each name. */
  readonly unavoidable: number;
  /** Different searched files: the lookups of hits that a positive cache leaves. */
  readonly files: number;
}

export function expectSearches({ directories: homes, searches }: SearchPlan): Expectation {
  let lookups = 0;
  for (const file of searches) lookups += homes[file]! + 1;
  const files = new Set(searches);
  let firstMisses = 0;
  for (const file of files) firstMisses += homes[file]!;
  return { lookups, unavoidable: searches.length + firstMisses, files: files.size };
}

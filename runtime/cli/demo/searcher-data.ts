/** What the thread that searches through a mount (`searcher.ts`) and the one that asks it tell each other. */
import type { Workload } from '../../bench/searches.ts';

/** What the thread is given. */
export interface SearcherData {
  readonly mountpoint: string;
  readonly workload: Workload;
  /** Both threads look at it. */
  readonly shared: SharedSearch;
}

export type SharedSearch = Int32Array<SharedArrayBuffer>;
/** How many searches are done, and whether nobody waits for the rest. */
export const SHARED = { done: 0, ends: 1, length: 2 } as const;

/** What it can be asked for; `end` is the last. */
export type Question = 'open' | 'statedump' | 'search' | 'end';

/** Of one question; an errno when the mount has not answered as it should. */
export type Answer = { readonly value: unknown } | { readonly errno: number };

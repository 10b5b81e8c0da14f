/** What the thread that searches through a mount (`searcher.ts`) and the one that asks it tell each other. */
import type { Workload } from '../bench/engine/searches.ts';

/** What the thread is given. */
export interface SearcherData {
  readonly mountpoint: string;
  readonly workload: Workload;
  /** Both threads look at it. */
  readonly shared: SharedSearch;
}

export type SharedSearch = Int32Array<SharedArrayBuffer>;
/** Whether the rest of the searches is of no use any more. */
export const SHARED = { ends: 0, length: 1 } as const;

/** What it can be asked for; `end` is the last. */
export type Question = 'open' | 'statedump' | 'warmUp' | 'search' | 'end';

export interface Asked {
  readonly question: Question;
  /** To search in; 0 for any other question. */
  readonly round: number;
}

/** Of one question; an errno when the mount has not answered as it should. */
export type Answer = { readonly value: unknown } | { readonly errno: number };

/**
 * Running the workload's searches against something that can say whether a file is in a directory,
 * and timing each.
 *
 * Lookups are synchronous, one at a time, as a program does them. Between batches the event loop
 * gets a turn, so that signals and a server that ended are noticed.
 */
import { DIRECTORIES, type Workload } from '../../bench/searches.ts';

/** Is this file in this directory? Both by number. */
export type Find = (directory: number, file: number) => boolean;

export interface Outcome {
  /** Times per search, from the first directory asked until the file was found. */
  readonly meanMs: number;
  readonly p99Ms: number;
  /** Searches that did not find the file in the directory where it is, and nowhere before. */
  readonly wrong: number;
}

/** Searches between two turns of the event loop. */
const BATCH = 100;

/** `progress` is told how many searches are done. It may throw to give up. */
export async function runSearches(
  { homes, searches }: Workload,
  find: Find,
  progress: (done: number) => void,
): Promise<Outcome> {
  const times = new Float64Array(searches.length);
  let wrong = 0;
  for (let start = 0; start < searches.length; start += BATCH) {
    const end = Math.min(start + BATCH, searches.length);
    for (let at = start; at < end; at += 1) {
      const file = searches[at]!;
      const begun = performance.now();
      const found = search(find, file);
      times[at] = performance.now() - begun;
      if (found !== homes[file]) wrong += 1;
    }
    await new Promise<void>((resolve) => setImmediate(resolve));
    progress(end);
  }
  return { ...summarise(times), wrong };
}

/** The first directory that has the file; DIRECTORIES when none has. */
function search(find: Find, file: number): number {
  let directory = 0;
  while (directory < DIRECTORIES && !find(directory, file)) directory += 1;
  return directory;
}

/** Mean, and the smallest time that 99 % of all do not exceed. */
export function summarise(times: Float64Array): { meanMs: number; p99Ms: number } {
  const sorted = times.toSorted();
  const meanMs = times.reduce((sum, time) => sum + time, 0) / times.length;
  return { meanMs, p99Ms: sorted[Math.ceil(times.length * 0.99) - 1]! };
}

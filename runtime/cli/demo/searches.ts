/**
 * Running the workload's searches against something that can say whether a file is in a directory,
 * and timing each.
 *
 * Lookups come one at a time, as a program does them, and at a mount they are synchronous. Now and
 * then the event loop gets a turn, so that signals and a server that ended are noticed.
 */
import { DIRECTORIES, type Workload } from '../../bench/searches.ts';

/** Is this file in this directory? Both by number. A promise only where the answer takes time. */
export type Find = (directory: number, file: number) => boolean | Promise<boolean>;

export interface Outcome {
  /** Times per search, from the first directory asked until the file was found. */
  readonly meanMs: number;
  readonly p99Ms: number;
  /** Searches that did not find the file in the directory where it is, and nowhere before. */
  readonly wrong: number;
}

/** Between two turns of the event loop; a search is never broken off. */
const TURN_MS = 50;

/** `progress` is told how many searches are done. It may throw to give up. */
export async function runSearches(
  { homes, searches }: Workload,
  find: Find,
  progress: (done: number) => void,
): Promise<Outcome> {
  const times = new Float64Array(searches.length);
  let wrong = 0;
  let turned = performance.now();
  for (const [at, file] of searches.entries()) {
    const begun = performance.now();
    const found = await search(find, file);
    const ended = performance.now();
    times[at] = ended - begun;
    if (found !== homes[file]) wrong += 1;
    if (ended - turned < TURN_MS && at + 1 < searches.length) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    turned = performance.now();
    progress(at + 1);
  }
  return { ...summarise(times), wrong };
}

/** The first directory that has the file; DIRECTORIES when none has. */
async function search(find: Find, file: number): Promise<number> {
  for (let directory = 0; directory < DIRECTORIES; directory += 1) {
    const found = find(directory, file);
    if (typeof found === 'boolean' ? found : await found) return directory;
  }
  return DIRECTORIES;
}

/** Mean, and the smallest time that 99 % of all do not exceed. */
export function summarise(times: Float64Array): { meanMs: number; p99Ms: number } {
  const sorted = times.toSorted();
  const meanMs = times.reduce((sum, time) => sum + time, 0) / times.length;
  return { meanMs, p99Ms: sorted[Math.ceil(times.length * 0.99) - 1]! };
}

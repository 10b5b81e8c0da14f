/**
 * Running the workload's searches against something that can say whether a file is in a directory,
 * and timing each.
 *
 * Lookups come one at a time, as a program does them, and at a mount they are synchronous. Now and
 * then the event loop gets a turn, so that signals and a server that ended are noticed.
 */
import { DIRECTORIES, searchesOf, type Workload } from '../bench/engine/searches.ts';

/** Is this file in this directory? Both by number. A promise only where the answer takes time. */
export type Find = (directory: number, file: number) => boolean | Promise<boolean>;

export interface Outcome {
  /** Milliseconds of each search, from the first directory asked until the file was found. */
  readonly times: Float64Array;
  /** Searches that did not find the file in the directory where it is, and nowhere before. */
  readonly wrong: number;
}

/** Between two turns of the event loop; a search is never broken off. */
const TURN_MS = 50;

/** Runs the searches of a round. `check` is called now and then, and may throw to give up. */
export async function runSearches(
  workload: Workload,
  round: number,
  find: Find,
  check: () => void,
): Promise<Outcome> {
  const searches = searchesOf(workload, round);
  const times = new Float64Array(searches.length);
  let wrong = 0;
  let turned = performance.now();
  for (const [at, file] of searches.entries()) {
    const begun = performance.now();
    const found = await search(find, file);
    const ended = performance.now();
    times[at] = ended - begun;
    if (found !== workload.homes[file]) wrong += 1;
    if (ended - turned < TURN_MS && at + 1 < searches.length) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    turned = performance.now();
    check();
  }
  return { times, wrong };
}

/** The first directory that has the file; DIRECTORIES when none has. */
async function search(find: Find, file: number): Promise<number> {
  for (let directory = 0; directory < DIRECTORIES; directory += 1) {
    const found = find(directory, file);
    if (typeof found === 'boolean' ? found : await found) return directory;
  }
  return DIRECTORIES;
}

/** The names of the files, and behind them one that no file has. */
export const namesToAsk = ({ names }: Workload): string[] => [...names, 'absent.php'];

/** Longest that warming up takes: it is for code that is compiled when it has run a while. */
const WARM_UP_MS = 400;

/** Looks up the name that no file has, in each directory, again and again. */
export async function warmUp({ names }: Workload, find: Find): Promise<void> {
  const until = performance.now() + WARM_UP_MS;
  for (let at = 0; performance.now() < until; at += 1) {
    await find(at % DIRECTORIES, names.length);
  }
}

/** Mean, and the smallest time that 99 % of all do not exceed. */
export function summarise(times: Float64Array): { meanMs: number; p99Ms: number } {
  const sorted = times.toSorted();
  return { meanMs: meanOf(times), p99Ms: sorted[Math.ceil(times.length * 0.99) - 1]! };
}

export const meanOf = (times: Float64Array): number =>
  times.reduce((sum, time) => sum + time, 0) / times.length;

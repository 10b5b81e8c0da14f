/** How long clients are waited for, before it is said that a mount does not answer. Pure. */

export interface Expected {
  /** Asked for, of a round. */
  readonly seconds: number;
  /** Requests of a client, and from one to the next at a fixed rate; null: as fast as it can. */
  readonly count: number;
  readonly everyMs: number | null;
  /** What a request took in the last round; null before the first. */
  readonly lastMs: number | null;
  /** Nobody knows beforehand how long a command takes. */
  readonly isCommand: boolean;
}

/** A request of a workload, or making its tree, on a machine that is busy with something else. */
const LEAST_MS = 120_000;
/** The first run of a command. */
const COMMAND_MS = 3_600_000;
/** What a round may take, in rounds like the last one. */
const TIMES = 10;
/** A timer of Node's takes no more. */
const MOST_MS = 2 ** 31 - 1;

/** Of everything but rounds; a command is run once when it is opened. */
export const patienceOf = (isCommand: boolean): number => (isCommand ? COMMAND_MS : LEAST_MS);

/** Of a round. */
export function roundPatience({ seconds, count, everyMs, lastMs, isCommand }: Expected): number {
  const least = patienceOf(isCommand && lastMs === null);
  const expected = count * Math.max(lastMs ?? 0, everyMs ?? 0);
  return Math.min(MOST_MS, least + 1000 * seconds + TIMES * expected);
}

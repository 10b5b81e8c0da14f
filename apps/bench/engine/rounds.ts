/**
 * Rounds: every one measures each stack once, in turn (A B C, B C A, …), so that whatever else the
 * machine does falls on all of them alike, and none is always the one after the slowest.
 */
import { isMissing, type Missing, orMissing } from './missing.ts';
import { type Random, shuffled } from './random.ts';

/** What was measured of one in the order of the rounds, or why there is nothing. */
export type Series<N, S extends object> = ReadonlyMap<N, readonly S[] | Missing>;

export interface RoundsSettings<T, S extends object> {
  /** The first, which comes before all, to get what is measured ready and warm, does not count. */
  readonly rounds: number;
  /** Ends it after the rounds that are whole; without one of those, with its reason. */
  readonly signal?: AbortSignal;
  /**
   * Measures one once; round 0 is the one that does not count.
   * @throws {NotMeasured}
   */
  take(target: T, round: number): Promise<S>;
}

/** Names in the order of a round, for each of the rounds: who begins the first is left to chance. */
export function orders<N>(names: readonly N[], rounds: number, random: Random): N[][] {
  const start = shuffled(names, random);
  return Array.from({ length: rounds }, (_, round) => {
    const first = round % start.length;
    return [...start.slice(first), ...start.slice(0, first)];
  });
}

/**
 * Measures all of them, in the order given. One that cannot be measured any longer is left out from
 * then on.
 */
export async function measureRounds<N, T extends object, S extends object>(
  started: ReadonlyMap<N, T | Missing>,
  { rounds, signal, take }: RoundsSettings<T, S>,
): Promise<Series<N, S>> {
  const series = new Map<N, S[] | Missing>();
  for (const [name, target] of started) {
    const first = isMissing(target) ? target : await orMissing(() => take(target, 0));
    series.set(name, isMissing(first) ? first : []);
  }
  for (let at = 0; at < rounds; at++) {
    for (const name of started.keys()) {
      const samples = series.get(name)!;
      if (isMissing(samples)) continue;
      const next = await orMissing(() => take(started.get(name) as T, at + 1)).catch(
        (error: unknown) => {
          if (at === 0 || !signal?.aborted) throw error;
          return null;
        },
      );
      if (next === null) return cutTo(at, series);
      if (isMissing(next)) series.set(name, next);
      else samples.push(next);
    }
  }
  return series;
}

/** The first rounds of all, so that they stand beside each other. */
const cutTo = <N, S extends object>(rounds: number, series: Map<N, S[] | Missing>): Series<N, S> =>
  new Map(
    [...series].map(([name, samples]) => [
      name,
      isMissing(samples) ? samples : samples.slice(0, rounds),
    ]),
  );

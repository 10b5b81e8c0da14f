/** Measures targets in rounds; a target that fails has the reason in place of its samples. */
import {
  isMissing,
  type MissingResult,
  measureOrExplain,
} from '../../apps/bench/engine/not-measured.ts';
import { seedRandom } from '../../apps/bench/engine/random.ts';
import { orderRounds } from '../../apps/bench/engine/rounds.ts';

/** Each target's samples in the order of the rounds, or the reason for none. */
export type Series<N, S extends object> = ReadonlyMap<N, readonly S[] | MissingResult>;

export interface RoundsSettings<T, S extends object> {
  /** Not counting round 0, which warms the targets up. */
  readonly rounds: number;
  /** Ends the measurement after the complete rounds; without one, it rejects. */
  readonly signal?: AbortSignal;
  /**
   * Measures one once; round 0 is the one that does not count.
   * @throws {NotMeasured}
   */
  take(target: T, round: number): Promise<S>;
}

/**
 * Measures each target once a round, in turns that rotate as those of the bench's engine. A target that can
 * be measured no longer is left out from then on.
 */
export async function measureRounds<N, T extends object, S extends object>(
  started: ReadonlyMap<N, T | MissingResult>,
  { rounds, signal, take }: RoundsSettings<T, S>,
): Promise<Series<N, S>> {
  const series = new Map<N, S[] | MissingResult>();
  for (const [name, target] of started) {
    const first = isMissing(target) ? target : await measureOrExplain(() => take(target, 0));
    series.set(name, isMissing(first) ? first : []);
  }
  const turns = orderRounds([...started.keys()], rounds, seedRandom(1));
  for (const [at, turn] of turns.entries()) {
    for (const name of turn) {
      const samples = series.get(name)!;
      if (isMissing(samples)) continue;
      const next = await measureOrExplain(() => take(started.get(name) as T, at + 1)).catch(
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
const cutTo = <N, S extends object>(
  rounds: number,
  series: Map<N, S[] | MissingResult>,
): Series<N, S> =>
  new Map(
    [...series].map(([name, samples]) => [
      name,
      isMissing(samples) ? samples : samples.slice(0, rounds),
    ]),
  );

/** Measures targets in rounds; a target that fails has the reason in place of its samples. */
import {
  isMissing,
  type MissingResult,
  measureOrExplain,
} from '../../apps/bench/engine/measurement-error.ts';
import { seedRandom } from '../../apps/bench/engine/random.ts';
import { orderRounds } from '../../apps/bench/engine/rounds.ts';

/** Each target's samples in the order of the rounds, or the reason why it was not measured. */
export type Series<N, S extends object> = ReadonlyMap<N, readonly S[] | MissingResult>;

export interface RoundsSettings<T, S extends object> {
  /** Not counting round 0, which warms the targets up. */
  readonly rounds: number;
  /** Ends the measurement after the complete rounds; without one, it rejects. */
  readonly signal?: AbortSignal;
  /**
   * Measures a target once; round 0 does not count.
   * @throws {MeasurementError}
   */
  take(target: T, round: number): Promise<S>;
}

/**
 * Measures each target once a round, in turns that rotate as those of the bench's engine. A target that can
 * be measured no longer is left out from then on.
 */
export async function measureRounds<N, T extends object, S extends object>(
  targets: ReadonlyMap<N, T | MissingResult>,
  { rounds, signal, take }: RoundsSettings<T, S>,
): Promise<Series<N, S>> {
  const series = new Map<N, S[] | MissingResult>();
  for (const [name, target] of targets) {
    const warmUp = isMissing(target) ? target : await measureOrExplain(() => take(target, 0));
    series.set(name, isMissing(warmUp) ? warmUp : []);
  }
  const turns = orderRounds([...targets.keys()], rounds, seedRandom(1));
  for (const [index, turn] of turns.entries()) {
    for (const name of turn) {
      const samples = series.get(name)!;
      if (isMissing(samples)) continue;
      const sample = await measureOrExplain(() => take(targets.get(name) as T, index + 1)).catch(
        (error: unknown) => {
          if (index === 0 || !signal?.aborted) throw error;
          return null;
        },
      );
      if (sample === null) return truncateSeries(index, series);
      if (isMissing(sample)) series.set(name, sample);
      else samples.push(sample);
    }
  }
  return series;
}

/** Truncates all series to the same rounds. */
const truncateSeries = <N, S extends object>(
  rounds: number,
  series: Map<N, S[] | MissingResult>,
): Series<N, S> =>
  new Map(
    [...series].map(([name, samples]) => [
      name,
      isMissing(samples) ? samples : samples.slice(0, rounds),
    ]),
  );

/** Samples in rounds, of one target after the other in each: A B C A B C. */
import type { Bench } from './bench.ts';
import { isMissing, type Missing, orMissing } from './figures.ts';
import { allowedCpus, type Place, type Placed, pin, placed } from './placement.ts';
import type { Target } from './targets.ts';

/** A target that runs, or why it does not, by a name. */
export type Started<N extends string> = ReadonlyMap<N, Target | Missing>;

/** Samples of a target in the order of the rounds, or why there are none. */
export type Series<N extends string, S extends object> = ReadonlyMap<N, readonly S[] | Missing>;

/** Whose turn it is, of the targets in a round. */
export interface Turn {
  readonly place: Place;
  /** Where client and servers are. */
  readonly at: Placed;
  /** From 1; 0 comes before all, to get what is measured ready and warm, and does not count. */
  readonly round: number;
}

/** Measures a target once. @throws {NotMeasured} */
export type Take<S extends object> = (target: Target, turn: Turn) => Promise<S>;

/** Measures all of the targets at one place. @throws {NotMeasured} when nothing can be measured */
export async function measureRounds<N extends string, S extends object>(
  bench: Bench,
  started: Started<N>,
  place: Place,
  rounds: number,
  take: Take<S>,
): Promise<Series<N, S>> {
  const at = placed(place, allowedCpus());
  const pins = await bench.tools.has('taskset');
  if (place !== 'free') await bench.tools.require('taskset');
  const series = new Map<N, S[] | Missing>();
  for (const [name, target] of started) {
    const first = await orMissing(async () => {
      if (isMissing(target)) return target;
      if (pins && target.pid !== null) await pin(bench.tools, target.pid, at.servers);
      return take(target, { place, at, round: 0 });
    });
    series.set(name, isMissing(first) ? first : []);
  }
  for (let round = 1; round <= rounds; round++) {
    for (const [name, samples] of series) {
      if (isMissing(samples)) continue;
      const next = await orMissing(() => take(started.get(name) as Target, { place, at, round }));
      if (isMissing(next)) series.set(name, next);
      else samples.push(next);
    }
  }
  return series;
}

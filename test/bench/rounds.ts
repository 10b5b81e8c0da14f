/** Rounds of targets at a place: pinned there, and in the same order in each, A B C A B C. */
import type { Missing } from '../../runtime/bench/missing.ts';
import {
  allowedCpus,
  type Place,
  type Placed,
  pin,
  placed,
} from '../../runtime/bench/placement.ts';
import { measureRounds as measureTurns, type Series } from '../../runtime/bench/rounds.ts';
import type { Bench } from './bench.ts';
import type { Target } from './targets.ts';

/** A target that runs, or why it does not, by a name. */
export type Started<N extends string> = ReadonlyMap<N, Target | Missing>;

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
  return measureTurns(started, {
    rounds,
    async take(target, round) {
      if (round === 0 && pins && target.pid !== null) {
        await pin(bench.tools, target.pid, at.servers);
      }
      return take(target, { place, at, round });
    },
  });
}

/**
 * Runs batches of several variants (languages of a module) in rounds. The variants take
 * turns in a changing order, so that other load of the machine affects all of them alike. A round
 * counts each variant's best batch: noise makes a batch slower, never quicker.
 */
import { seedRandom } from '../../engine/random.ts';
import { orderRounds } from '../../engine/rounds.ts';
import type { GraphEnvironment } from './graphs.ts';
import type { Batch } from './request-batches.ts';

/** The amount of work of one measurement. */
export interface BatchPlan {
  /** Number of rounds. */
  readonly rounds: number;
  /** Batches of each variant in a round, of which the best counts. */
  readonly batchesPerRound: number;
  /** Requests of a batch. */
  readonly requestsPerBatch: number;
  /** Warm-up requests of each variant, after which its code is compiled, also WebAssembly. */
  readonly warmUpRequests: number;
  /** Called before each batch of a round; not timed. */
  readonly beforeBatch?: (variant: Batch) => Promise<void>;
}

/** Microseconds per request by variant and round. */
export type MicrosecondsByRound<N extends string> = Readonly<Record<N, readonly number[]>>;

/**
 * Measures variants in alternation; returns the rounds so far if it is interrupted.
 * @throws {MeasurementError} for a wrong reply; the signal's reason if interrupted in the first round
 */
export async function measureAlternately<N extends string>(
  environment: GraphEnvironment,
  variants: Readonly<Record<N, Batch>>,
  plan: BatchPlan,
): Promise<MicrosecondsByRound<N>> {
  const names = Object.keys(variants) as N[];
  for (const name of names) {
    for (let doneCount = 0; doneCount < plan.warmUpRequests; doneCount += plan.requestsPerBatch)
      await variants[name](plan.requestsPerBatch);
    environment.signal.throwIfAborted();
  }
  const roundsByName = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    N,
    number[]
  >;
  // Any seed will do: the order need only change from batch to batch.
  const orders = orderRounds(names, plan.rounds * plan.batchesPerRound, seedRandom(1));
  for (let round = 0; round < plan.rounds; round++) {
    const bestByName = new Map<N, number>();
    for (let batch = 0; batch < plan.batchesPerRound; batch++) {
      for (const name of orders[round * plan.batchesPerRound + batch]!) {
        await plan.beforeBatch?.(variants[name]);
        const microseconds = await variants[name](plan.requestsPerBatch);
        bestByName.set(
          name,
          Math.min(microseconds, bestByName.get(name) ?? Number.POSITIVE_INFINITY),
        );
      }
      // Lets timers and signals run.
      await new Promise(setImmediate);
      if (round === 0) environment.signal.throwIfAborted();
      else if (environment.signal.aborted) return roundsByName;
    }
    for (const name of names) roundsByName[name].push(bestByName.get(name)!);
  }
  return roundsByName;
}

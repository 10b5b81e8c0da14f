/**
 * Measures targets in paired rounds: every round measures each target once, and begins with another one (A B C,
 * B C A, …). Other load of the machine then hits all targets alike, and none always follows the slowest.
 */
import { isMissing, type MissingResult, measureOrExplain } from './measurement-error.ts';
import { type Random, seedRandom, shuffle } from './random.ts';

/** Returns the order of the targets in each round; the order of the first round is random. */
export function orderRounds<T>(targets: readonly T[], roundCount: number, random: Random): T[][] {
  const firstOrder = shuffle(targets, random);
  return Array.from({ length: roundCount }, (_, round) => {
    const start = round % firstOrder.length;
    return [...firstOrder.slice(start), ...firstOrder.slice(0, start)];
  });
}

/** Each target's samples in the order of the rounds, or the reason why it was not measured. */
export type Series<N, S> = ReadonlyMap<N, readonly S[] | MissingResult>;

/** The rounds of a measurement. */
export interface RoundsPlan<T, S> {
  /** Number of rounds. */
  readonly rounds: number;
  /** Samples of each target in a round, taken in turns, of which the best counts; default: one. */
  readonly batches?: {
    readonly count: number;
    /** Returns the better sample: noise makes one slower, never quicker. */
    pickBest(sample: S, other: S): S;
  };
  /** Decides the order of the first round; default 1. */
  readonly seed?: number;
  /** Ends the measurement after the complete rounds; without one, it rejects. */
  readonly signal?: AbortSignal;
  /** Prepares a target before the first round. @throws {MeasurementError} */
  warmUp?(target: T): Promise<unknown>;
  /** Measures a target once, in a round from 1. @throws {MeasurementError} */
  take(target: T, round: number): Promise<S>;
  /** Called after all targets have been measured once. */
  afterTurn?(): Promise<void>;
}

/** Measures targets in rounds; one that can be measured no longer is left out from then on. */
export async function measureRounds<N, T extends object, S>(
  targets: ReadonlyMap<N, T | MissingResult>,
  { rounds, batches, seed = 1, signal, warmUp, take, afterTurn }: RoundsPlan<T, S>,
): Promise<Series<N, S>> {
  const series = new Map<N, S[] | MissingResult>();
  for (const [name, target] of targets) {
    const warmed = isMissing(target)
      ? target
      : await measureOrExplain(async () => warmUp?.(target));
    series.set(name, isMissing(warmed) ? warmed : []);
    signal?.throwIfAborted();
  }
  const batchCount = batches?.count ?? 1;
  const turns = orderRounds([...targets.keys()], rounds * batchCount, seedRandom(seed));
  for (const [turnIndex, turn] of turns.entries()) {
    const index = Math.floor(turnIndex / batchCount);
    for (const name of turn) {
      const samples = series.get(name)!;
      if (isMissing(samples)) continue;
      try {
        signal?.throwIfAborted();
        const sample = await measureOrExplain(() => take(targets.get(name) as T, index + 1));
        if (isMissing(sample)) series.set(name, sample);
        else if (samples.length === index) samples.push(sample);
        else samples[index] = batches!.pickBest(sample, samples[index]!);
      } catch (error) {
        if (index === 0 || !signal?.aborted) throw error;
        return truncateSeries(index, series);
      }
    }
    await afterTurn?.();
  }
  return series;
}

/** Measures in rounds what each function measures once: the start of a server, for instance. */
export const measureFunctions = <N extends string, S>(
  functions: Readonly<Record<N, () => Promise<S>>>,
  plan: Omit<RoundsPlan<() => Promise<S>, S>, 'take'>,
): Promise<Series<N, S>> =>
  measureRounds(new Map(Object.entries(functions) as [N, () => Promise<S>][]), {
    ...plan,
    take: (measure) => measure(),
  });

/** Truncates all series to the same rounds. */
const truncateSeries = <N, S>(rounds: number, series: Map<N, S[] | MissingResult>): Series<N, S> =>
  new Map(
    [...series].map(([name, samples]) => [
      name,
      isMissing(samples) ? samples : samples.slice(0, rounds),
    ]),
  );

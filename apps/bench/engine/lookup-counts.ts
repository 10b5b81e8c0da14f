/**
 * Checks that variants of one translator in several languages passed equal numbers of lookups on
 * to the storage: if not, their caches behave differently. measure.ts calls it after the rounds.
 */
import type { RoundSample } from './results.ts';
import { PASSED_ON_COUNTER } from './target.ts';
import type { WarmUpResult } from './warm-up.ts';

/** A stack with the counters of its rounds. */
interface CountedRow {
  readonly name: string;
  readonly samples: readonly Pick<RoundSample, 'counts'>[];
  /** The warm-up, of which only the length matters. */
  readonly warmUpResult: Pick<WarmUpResult, 'nextRequest'> | null;
  /** Receives the warnings of `checkCounts`, too. */
  readonly warnings: string[];
}

/**
 * Adds a warning to each row whose number of lookups differs from the first row's. Skips rows
 * without a counter, those that ended before the last round, and those whose warm-up was too short to
 * fill a cache: in the rounds, these pass on what others have passed on before.
 * @param sameLookupStacks names of the stacks whose numbers must be equal
 * @param roundCount the number of rounds of a complete measurement
 * @param fillRequests the number of a client's requests that fill a cache
 */
export function checkCounts(
  sameLookupStacks: readonly string[],
  roundCount: number,
  fillRequests: number,
  rows: readonly CountedRow[],
): void {
  const [first, ...otherRows] = rows.filter(
    ({ name, samples, warmUpResult }) =>
      sameLookupStacks.includes(name) &&
      samples.length === roundCount &&
      (warmUpResult?.nextRequest ?? 0) >= fillRequests &&
      samples[0]?.counts[PASSED_ON_COUNTER] !== undefined,
  );
  for (const row of otherRows) {
    const [count, expected] = [countPassedOn(row), countPassedOn(first!)];
    if (count === expected) continue;
    row.warnings.push(
      `${count} lookups were passed on, by ${first!.name} ${expected}: one of them has another answer, ` +
        'unless names were forgotten by the clock, or several clients changed them by turns',
    );
  }
}

/** Counts the lookups that a stack passed on in all rounds. */
const countPassedOn = ({ samples }: CountedRow): number =>
  samples.reduce((sum, { counts }) => sum + (counts[PASSED_ON_COUNTER] ?? 0), 0);

/**
 * Checks that variants of one translator in several languages passed equal numbers of lookups on
 * to the storage: if not, their caches behave differently. measure.ts calls it after the rounds.
 */
import type { RoundSample } from './results.ts';
import { PASSED_ON_COUNTER } from './target.ts';

/** A stack with the counters of its rounds. */
interface CountedRow {
  readonly name: string;
  readonly samples: readonly Pick<RoundSample, 'counts'>[];
  /** Receives the warnings of `checkCounts`, too. */
  readonly warnings: string[];
}

/**
 * Adds a warning to each row whose number of lookups differs from the first row's. Skips rows
 * without a counter, and those that ended before the last round.
 * @param sameLookupStacks names of the stacks whose numbers must be equal
 * @param roundCount the number of rounds of a complete measurement
 */
export function checkCounts(
  sameLookupStacks: readonly string[],
  roundCount: number,
  rows: readonly CountedRow[],
): void {
  const [first, ...otherRows] = rows.filter(
    ({ name, samples }) =>
      sameLookupStacks.includes(name) &&
      samples.length === roundCount &&
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

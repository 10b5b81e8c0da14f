/** Checks that stacks with the same translator passed on equal numbers of lookups. Pure. */
import type { RoundSample } from './results.ts';
import { PASSED_ON } from './target.ts';

interface Row {
  readonly name: string;
  readonly samples: readonly Pick<RoundSample, 'counts'>[];
  /** Receives the warnings of `checkCounts`, too. */
  readonly warnings: string[];
}

/** Warns of lookups that differ from the first stack's. @param alike stacks that must agree */
export function checkCounts(alike: readonly string[], rounds: number, rows: readonly Row[]): void {
  const [first, ...others] = rows.filter(
    ({ name, samples }) =>
      alike.includes(name) &&
      samples.length === rounds &&
      samples[0]?.counts[PASSED_ON] !== undefined,
  );
  for (const row of others) {
    const [count, expected] = [countPassedOn(row), countPassedOn(first!)];
    if (count === expected) continue;
    row.warnings.push(
      `${count} lookups were passed on, by ${first!.name} ${expected}: one of them has another answer, ` +
        'unless names were forgotten by the clock, or several clients changed them by turns',
    );
  }
}

const countPassedOn = ({ samples }: Row): number =>
  samples.reduce((sum, { counts }) => sum + (counts[PASSED_ON] ?? 0), 0);

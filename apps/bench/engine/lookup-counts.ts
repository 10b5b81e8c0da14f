/** Whether stacks that should have passed the same lookups on did so. Pure. */
import type { RoundSample } from './results.ts';
import { PASSED_ON } from './target.ts';

interface Row {
  readonly name: string;
  readonly samples: readonly Pick<RoundSample, 'counts'>[];
  /** What was found is put there, too. */
  readonly warnings: string[];
}

/** Warns of lookups other than those of the first. @param alike stacks that are the same but for their language */
export function checkCounts(alike: readonly string[], rounds: number, rows: readonly Row[]): void {
  const [first, ...others] = rows.filter(
    ({ name, samples }) =>
      alike.includes(name) &&
      samples.length === rounds &&
      samples[0]?.counts[PASSED_ON] !== undefined,
  );
  for (const row of others) {
    const [mine, other] = [passedOn(row), passedOn(first!)];
    if (mine === other) continue;
    row.warnings.push(
      `${mine} lookups were passed on, by ${first!.name} ${other}: one of them has another answer, ` +
        'unless names were forgotten by the clock, or several clients changed them by turns',
    );
  }
}

const passedOn = ({ samples }: Row): number =>
  samples.reduce((sum, { counts }) => sum + (counts[PASSED_ON] ?? 0), 0);

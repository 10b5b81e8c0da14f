/** Samples that are several numbers, each of which is an amount of its own, and their rows. */
import { isMissing, type Missing, missingText } from '../../../runtime/bench/missing.ts';
import { digits, ranged, times } from '../../../runtime/bench/numbers.ts';
import { compare, estimate, isJumpy, ratio } from '../../../runtime/bench/statistics.ts';
import type { Row } from '../report.ts';

export type Amounts<K extends string> = Readonly<Record<K, number>>;

/** A column of each amount by its title, and one that compares it with the row of this name. */
export const amountColumns = <K extends string>(
  titles: Readonly<Record<K, string>>,
  first: string,
): string[] => (Object.values(titles) as string[]).flatMap((title) => [title, `× ${first}`]);

/** A row for `amountColumns`. */
export function amountRow<K extends string>(
  keys: readonly K[],
  title: string,
  samples: readonly Amounts<K>[] | Missing,
  first: readonly Amounts<K>[] | Missing,
): Row {
  if (isMissing(samples)) return { title, cells: [missingText(samples)] };
  const cells = keys.flatMap((key) => {
    const mine = samples.map((sample) => sample[key]);
    const shown = ranged(estimate(mine), digits) + (isJumpy(mine) ? ' ?' : '');
    if (isMissing(first)) return [shown, ''];
    const relative = compare(
      mine,
      first.map((sample) => sample[key]),
      ratio,
    );
    return [shown, times(relative.median) + (relative.doubtful ? ' ?' : '')];
  });
  return { title, cells };
}

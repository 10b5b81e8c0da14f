/** Samples of single calls, as `c/callload.c` prints them, in the words of tables and figures. */
import { isMissing, type Missing, missingText } from '../../runtime/bench/missing.ts';
import { digits, ranged, times } from '../../runtime/bench/numbers.ts';
import {
  type Compared,
  type Comparison,
  compare,
  estimate,
  isJumpy,
  median,
  ratio,
} from '../../runtime/bench/statistics.ts';
import type { Row } from './report.ts';

/** One round; microseconds. */
export interface Sample {
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** In the order of the rounds; at least one. */
export type Samples = readonly Sample[];

/** The last one compares with the row of this name. */
export const sampleColumns = (first: string): string[] => ['median', 'mean', '99 %', `× ${first}`];

const column = (samples: Samples, key: keyof Sample): number[] =>
  samples.map((sample) => sample[key]);

/** Compares the median call of each round: the one that a busy machine disturbs least. */
export function compareSamples(
  mine: Samples | Missing,
  other: Samples | Missing,
  by: Comparison,
): Compared | Missing {
  if (isMissing(mine)) return mine;
  if (isMissing(other)) return other;
  return compare(column(mine, 'p50'), column(other, 'p50'), by);
}

/** A row for `sampleColumns`. */
export function samplesRow(
  title: string,
  samples: Samples | Missing,
  first: Samples | Missing,
): Row {
  if (isMissing(samples)) return { title, cells: [missingText(samples)] };
  const medians = column(samples, 'p50');
  const relative = compareSamples(samples, first, ratio);
  return {
    title,
    cells: [
      ranged(estimate(medians), digits) + (isJumpy(medians) ? ' ?' : ''),
      digits(median(column(samples, 'mean'))),
      digits(median(column(samples, 'p99'))),
      isMissing(relative) ? '' : times(relative.median) + (relative.doubtful ? ' ?' : ''),
    ],
  };
}

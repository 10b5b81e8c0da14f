/**
 * What a histogram of node:perf_hooks says, written down. Such a histogram (HDR) keeps any number
 * of values with three digits that count, so that no request is dropped and none costs memory.
 * Values are nanoseconds.
 */
import { createHistogram, type Histogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Distribution, Summary } from './schema.ts';

/** An hour is the longest a request is told apart for: what takes longer counts as an hour. */
const LONGEST_NS = 3600e9;

export const newHistogram = (): RecordableHistogram =>
  createHistogram({ lowest: 1, highest: LONGEST_NS, figures: 3 });

/** One of all of them. */
export function mergeHistograms(histograms: readonly RecordableHistogram[]): RecordableHistogram {
  const all = newHistogram();
  for (const one of histograms) all.add(one);
  return all;
}

/** Records a request. Shorter ones than the clock can tell count as the shortest it can. */
export const recordNs = (histogram: RecordableHistogram, nanoseconds: number): void =>
  histogram.record(Math.min(Math.max(1, Math.round(nanoseconds)), LONGEST_NS));

/** At least one value is recorded. */
export const summaryOf = (histogram: Histogram): Summary => ({
  count: histogram.count,
  min: histogram.min,
  mean: histogram.mean,
  stddev: histogram.stddev,
  p50: histogram.percentile(50),
  p90: histogram.percentile(90),
  p99: histogram.percentile(99),
  'p99.9': histogram.percentile(99.9),
  max: histogram.max,
});

/** Each half percent, and the ends of the tail finer. */
const PERCENTS: readonly number[] = [
  ...Array.from({ length: 199 }, (_, i) => (i + 1) / 2),
  ...[99.6, 99.7, 99.8, 99.9, 99.95, 99.99, 100],
];

/** At least one value is recorded. */
export function distributionOf(histogram: Histogram): Distribution {
  const quantiles = PERCENTS.map((percent) => [percent, histogram.percentile(percent)] as const);
  return { ...summaryOf(histogram), quantiles: [[0, histogram.min], ...quantiles] };
}

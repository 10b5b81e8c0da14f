/**
 * Records times of requests in an HDR histogram of node:perf_hooks, and summarizes it. The
 * histogram counts any number of values with three significant digits in constant memory. Values
 * are nanoseconds.
 */
import { createHistogram, type Histogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Distribution, Summary } from './schema.ts';

/** The highest value of a histogram: requests longer than an hour count as an hour. */
const HIGHEST_VALUE_NS = 3600e9;

/** Makes an empty histogram for values from 1 ns on. */
export const makeHistogram = (): RecordableHistogram =>
  createHistogram({ lowest: 1, highest: HIGHEST_VALUE_NS, figures: 3 });

/** Adds up histograms. */
export function mergeHistograms(histograms: readonly RecordableHistogram[]): RecordableHistogram {
  const sum = makeHistogram();
  for (const histogram of histograms) sum.add(histogram);
  return sum;
}

/** Records a request; times below the resolution of the clock count as 1 ns. */
export const recordNs = (histogram: RecordableHistogram, nanoseconds: number): void =>
  histogram.record(Math.min(Math.max(1, Math.round(nanoseconds)), HIGHEST_VALUE_NS));

/** Summarizes a histogram with at least one value. */
export const summarize = (histogram: Histogram): Summary => ({
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

/** Percentiles to store: each half percent, and finer steps for the slowest requests. */
const STORED_PERCENTS: readonly number[] = [
  ...Array.from({ length: 199 }, (_, i) => (i + 1) / 2),
  ...[99.6, 99.7, 99.8, 99.9, 99.95, 99.99, 100],
];

/** Reads the quantiles of a histogram with at least one value. */
export function readDistribution(histogram: Histogram): Distribution {
  const quantiles = STORED_PERCENTS.map(
    (percent) => [percent, histogram.percentile(percent)] as const,
  );
  return { ...summarize(histogram), quantiles: [[0, histogram.min], ...quantiles] };
}

/** Formats the numbers of bench reports: significant digits, ratios, medians with intervals. */
import type { Estimate } from './statistics.ts';

/** Formats with at most two decimals, and three digits from 1 on: 0.42, 8.31, 42.4, 108. */
export const formatDigits = (value: number): string =>
  value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);

/** Formats as formatDigits, but a ratio below 0.1 with three digits: 0.0439, 0.90, 12.3. */
export const formatRatio = (value: number): string =>
  value < 0.1 ? value.toPrecision(3) : formatDigits(value);

/** Formats with two decimals. */
export const formatHundredths = (value: number): string => value.toFixed(2);
/** Formats without decimals. */
export const formatWhole = (value: number): string => value.toFixed(0);

/** Formats a median with its interval: `2.00 [1.00 – 3.00]`. */
export const formatEstimate = (
  { median, low, high }: Estimate,
  format: (value: number) => string,
): string => `${format(median)} [${format(low)} – ${format(high)}]`;

/** Formats numbers for people: significant digits, ratios, ranges. */
import type { Estimate } from './statistics.ts';

/** Three significant digits: 0.42, 8.31, 42.4, 108. */
export const digits = (value: number): string =>
  value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);

/** A ratio with three significant digits also where it is small: 0.0439, 0.90, 12.3. */
export const relative = (value: number): string =>
  value < 0.1 ? value.toPrecision(3) : digits(value);

export const times = (value: number): string => value.toFixed(2);
export const whole = (value: number): string => value.toFixed(0);

export const ranged = (
  { median, low, high }: Estimate,
  format: (value: number) => string,
): string => `${format(median)} [${format(low)} – ${format(high)}]`;

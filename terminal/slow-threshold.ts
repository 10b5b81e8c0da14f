/** Parses the threshold of `--slow`: the time from which on a request counts as slow. */
import { UsageError } from './exit.ts';

const MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, '': 1000 };

/** Parses the TIME of `--slow` into milliseconds; without a unit it is in seconds. @throws {UsageError} */
export function parseSlowThreshold(value: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(us|ms|s|)$/.exec(value) ?? [];
  const ms = Number(count) * (MS[unit ?? ''] ?? Number.NaN);
  if (ms > 0) return ms;
  throw new UsageError(`--slow takes a time such as 100ms, 2s or 50us, not '${value}'`);
}

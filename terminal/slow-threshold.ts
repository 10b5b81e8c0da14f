/** Parses the value of `--slow`: requests that take at least this time count as slow. */
import { UsageError } from './exit.ts';

/** Milliseconds per unit; a number without a unit is in seconds. */
const MS_PER_UNIT: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, '': 1000 };

/** Returns the time in milliseconds. @throws {UsageError} if the value is malformed or 0 */
export function parseSlowThreshold(value: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(us|ms|s|)$/.exec(value) ?? [];
  const ms = Number(count) * (MS_PER_UNIT[unit ?? ''] ?? Number.NaN);
  if (ms > 0) return ms;
  throw new UsageError(`--slow takes a time such as 100ms, 2s or 50us, not '${value}'`);
}

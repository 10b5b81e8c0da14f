/** Parses the time from which on a request is slow, for `--slow`. */
import { UsageError } from './exit.ts';

const MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, '': 1000 };

/** Of a `--slow TIME`. Without a unit they are seconds, as in options. @throws {UsageError} */
export function milliseconds(value: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(us|ms|s|)$/.exec(value) ?? [];
  const ms = Number(count) * (MS[unit ?? ''] ?? Number.NaN);
  if (ms > 0) return ms;
  throw new UsageError(`--slow takes a time such as 100ms, 2s or 50us, not '${value}'`);
}

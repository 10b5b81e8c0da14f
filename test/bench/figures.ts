/** Judges figures of the bench by their bars. */
import { isMissing, type MissingResult } from '../../apps/bench/engine/measurement-error.ts';
import type { PairedEstimate } from '../../apps/bench/engine/statistics.ts';

export interface Bar {
  /** Without a limit there is only an aim. */
  readonly limit?: number;
  /** The figure must stay below the limit; otherwise it may reach it. */
  readonly below?: true;
  /** The figure must be as large as the limit, or larger. */
  readonly least?: true;
  /** A better value than the limit; no verdict depends on it. */
  readonly aim?: number;
}

export type Unit = '×' | 'µs' | 'ms' | 's' | 'KiB' | 'MB' | 'GB/s' | 'fops';

export interface Figure {
  readonly what: string;
  readonly unit: Unit;
  /** Null: the figure is reported without a bar. */
  readonly bar: Bar | null;
  readonly value: PairedEstimate | MissingResult;
  /** The machine was busy with something else while it was measured. */
  readonly isNoisy?: boolean;
}

export type Verdict = 'met' | 'missed' | 'too noisy' | 'wrong' | 'not measured' | 'no bar';

/** Compares a figure with its bar. */
export function judgeFigure({ bar, value, isNoisy }: Figure): Verdict {
  if (isMissing(value)) return value.wrong ? 'wrong' : 'not measured';
  if (bar?.limit === undefined) return 'no bar';
  // A busy machine hides no bar that all of the interval misses, or meets.
  if (isNoisy && value.low < bar.limit && bar.limit < value.high) return 'too noisy';
  return isWithin(value.median, bar, bar.limit) ? 'met' : 'missed';
}

/** Whether a figure is even as good as its aim. */
export const reachesAim = ({ bar, value }: Figure): boolean =>
  bar?.aim !== undefined && !isMissing(value) && isWithin(value.median, bar, bar.aim);

function isWithin(median: number, { below, least }: Bar, limit: number): boolean {
  if (median === limit) return below !== true;
  return least ? median > limit : median < limit;
}

// -- bars as texts -------------------------------------------------------------------------------

/** A bar as it is printed: `≤ 1.25`, `< 1`, `≥ 0.8, aim 1`, `aim ≥ 0.9`; null: only reported. */
export type BarText = string | null;

/** Reads a bar. @throws {TypeError} */
export function parseBar(text: BarText): Bar | null {
  if (text === null) return null;
  const [, isAim, sign, value, aim] =
    /^(aim )?([≤<≥]) ([\d.]+)(?:, aim ([\d.]+))?$/.exec(text) ?? [];
  if (value === undefined) throw new TypeError(`'${text}' is not a bar`);
  return {
    ...(isAim ? { aim: Number(value) } : { limit: Number(value) }),
    ...(aim !== undefined && { aim: Number(aim) }),
    ...(sign === '<' && { below: true }),
    ...(sign === '≥' && { least: true }),
  };
}

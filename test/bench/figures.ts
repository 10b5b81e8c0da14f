/** A figure that the bench is run for, the bar it is held to, and whether it is met. */
import type { Compared } from './statistics.ts';

export interface Bar {
  /** Without one there is just an aim. */
  readonly limit?: number;
  /** The figure must stay below the limit; otherwise it may reach it. */
  readonly below?: true;
  /** The figure must be as large as the limit, or larger. */
  readonly least?: true;
  /** What would be better still; nothing depends on it. */
  readonly aim?: number;
}

export interface Missing {
  /** Why there is no figure. */
  readonly missing: string;
  /** It was measured, and worthless: answers were wrong. */
  readonly wrong?: true;
}

export type Unit = '×' | 'µs' | 's' | 'MB' | 'GB/s' | 'fops';

export interface Figure {
  readonly what: string;
  readonly unit: Unit;
  /** Null: reported, and held to nothing. */
  readonly bar: Bar | null;
  readonly value: Compared | Missing;
}

export type Verdict = 'met' | 'missed' | 'wrong' | 'not measured' | 'no bar';

/** For a cell: that there is no figure, and why. */
export const missingText = ({ missing, wrong }: Missing): string =>
  `${wrong ? 'wrong' : 'not measured'}: ${missing}`;

export const isMissing = (value: object): value is Missing => 'missing' in value;

export function verdict({ bar, value }: Figure): Verdict {
  if (isMissing(value)) return value.wrong ? 'wrong' : 'not measured';
  if (bar?.limit === undefined) return 'no bar';
  return isWithin(value.median, bar, bar.limit) ? 'met' : 'missed';
}

/** Whether a figure is even as good as its aim. */
export const reachesAim = ({ bar, value }: Figure): boolean =>
  bar?.aim !== undefined && !isMissing(value) && isWithin(value.median, bar, bar.aim);

function isWithin(median: number, { below, least }: Bar, limit: number): boolean {
  if (median === limit) return below !== true;
  return least ? median > limit : median < limit;
}

/** Something could not be measured. The message says why, and what to do where that is known. */
export class NotMeasured extends Error {
  readonly code: string = 'GLOSSA_NOT_MEASURED';
  /** Exit status of the program that was to measure, where one ended with one. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.name = 'NotMeasured';
    this.status = status;
  }
}

/** Something was measured that is worthless, because answers were wrong: a run that fails. */
export class WrongAnswers extends NotMeasured {
  override readonly code = 'GLOSSA_WRONG_ANSWERS';
  override readonly name = 'WrongAnswers';
}

/** The value of what could be measured. Any other error goes on. */
export async function orMissing<T>(measure: () => Promise<T>): Promise<T | Missing> {
  try {
    return await measure();
  } catch (error) {
    if (error instanceof WrongAnswers) return { missing: error.message, wrong: true };
    if (error instanceof NotMeasured) return { missing: error.message };
    throw error;
  }
}

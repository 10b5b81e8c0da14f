/** Shows the progress of a run in one terminal line, overwritten at each step. */
import { formatBar } from './layout.ts';
import { formatLongDuration } from './quantities.ts';

/** The progress of a run. */
export interface Progress {
  /** The number of items that are done. */
  readonly doneCount: number;
  /** The number of all items, which is at least 1. */
  readonly totalCount: number;
  readonly elapsedSeconds: number;
  /** A description of the current item, printed at the end of the line. */
  readonly item: string;
}

/** The width of the bar in terminal columns. */
const BAR_CELLS = 20;

/** Estimates the seconds left from the mean speed so far; null while nothing is done. */
export const estimateSecondsLeft = ({
  doneCount: done,
  totalCount: total,
  elapsedSeconds,
}: Progress): number | null => (done === 0 ? null : (elapsedSeconds / done) * (total - done));

/** Formats `█████▌░░░  27 %  3 min 20 s left  miss, python`, cut to `width`. */
export function formatProgress(progress: Progress, width: number): string {
  const share = progress.doneCount / progress.totalCount;
  const bar = (share === 0 ? '' : formatBar(share, BAR_CELLS)).padEnd(BAR_CELLS, '░');
  const secondsLeft = estimateSecondsLeft(progress);
  const timeText = secondsLeft === null ? '' : `  ${formatLongDuration(secondsLeft)} left`;
  const text = `${bar} ${String(Math.floor(100 * share)).padStart(3)} %${timeText}  ${progress.item}`;
  return [...text].slice(0, width).join('');
}

/** Puts the control characters that clear the current line (ECMA-48: CR, EL) before a text. */
const overwriteLine = (text: string): string => `\r\x1b[K${text}`;

/** Writes progress lines to standard error when that is a terminal. */
export class ProgressLine {
  /** The columns of the terminal; null if nothing is shown. */
  private readonly width: number | null;

  constructor({ width }: { readonly width: number }) {
    this.width = process.stderr.isTTY ? width : null;
  }

  /** Whether standard error is a terminal, so that lines are shown. */
  get isShown(): boolean {
    return this.width !== null;
  }

  /** Shows the progress in place of the line shown before. */
  readonly show = (progress: Progress): void => {
    if (this.width !== null) this.showText(formatProgress(progress, this.width - 1));
  };

  /** Shows a text while the total is unknown. */
  showText(text: string): void {
    if (this.width === null) return;
    process.stderr.write(overwriteLine([...text].slice(0, this.width - 1).join('')));
  }

  /** Removes the line. */
  clear(): void {
    if (this.width !== null) process.stderr.write(overwriteLine(''));
  }
}

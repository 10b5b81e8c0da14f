/** Shows the progress of a run in one terminal line, overwritten at each step. */
import { bar } from './layout.ts';
import { longDuration } from './quantities.ts';

export interface Progress {
  readonly done: number;
  /** At least 1. */
  readonly total: number;
  readonly elapsedSeconds: number;
  /** The current item. */
  readonly what: string;
}

const BAR = 20;

/** The time left at the speed so far; null while nothing is done. */
export const secondsLeft = ({ done, total, elapsedSeconds }: Progress): number | null =>
  done === 0 ? null : (elapsedSeconds / done) * (total - done);

/** `█████▌     27 %  3 min 20 s left  miss, python`, no wider than the terminal. */
export function progressText(progress: Progress, width: number): string {
  const part = progress.done / progress.total;
  const filled = (part === 0 ? '' : bar(part, BAR)).padEnd(BAR, '░');
  const left = secondsLeft(progress);
  const time = left === null ? '' : `  ${longDuration(left)} left`;
  const text = `${filled} ${String(Math.floor(100 * part)).padStart(3)} %${time}  ${progress.what}`;
  return [...text].slice(0, width).join('');
}

/** Replaces the current line by a text (ECMA-48: CR, EL). */
const overwriting = (text: string): string => `\r\x1b[K${text}`;

/** Writes progress lines to standard error when that is a terminal. */
export class ProgressLine {
  private readonly width: number | null;

  constructor({ width }: { readonly width: number }) {
    this.width = process.stderr.isTTY ? width : null;
  }

  readonly show = (progress: Progress): void => {
    if (this.width === null) return;
    process.stderr.write(overwriting(progressText(progress, this.width - 1)));
  };

  clear(): void {
    if (this.width !== null) process.stderr.write(overwriting(''));
  }
}

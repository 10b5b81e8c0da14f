/** How far a run is, in one line that is written over and over. */
import { barText } from './text.ts';

export interface Progress {
  readonly done: number;
  /** At least 1. */
  readonly total: number;
  readonly elapsedSeconds: number;
  /** What is being done. */
  readonly what: string;
}

const BAR = 20;

/** `1 h 05 min`, `3 min 20 s`, `8 s`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${two(Math.floor(whole / 60) % 60)} min`;
  return whole >= 60 ? `${Math.floor(whole / 60)} min ${two(whole % 60)} s` : `${whole} s`;
}

/** What is left, if the rest goes as what is done did; null while nothing is done. */
export const secondsLeft = ({ done, total, elapsedSeconds }: Progress): number | null =>
  done === 0 ? null : (elapsedSeconds / done) * (total - done);

/** `█████▌     27 %  3 min 20 s left  miss, python`, no wider than the terminal. */
export function progressText(progress: Progress, width: number): string {
  const part = progress.done / progress.total;
  const bar = (part === 0 ? '' : barText(part, BAR)).padEnd(BAR, '░');
  const left = secondsLeft(progress);
  const time = left === null ? '' : `  ${durationText(left)} left`;
  const text = `${bar} ${String(Math.floor(100 * part)).padStart(3)} %${time}  ${progress.what}`;
  return [...text].slice(0, width).join('');
}

/** To the beginning of the line, with the text in place of what was there: ECMA-48's EL. */
const overwriting = (text: string): string => `\r\x1b[K${text}`;

/** How far it is, on a terminal. */
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

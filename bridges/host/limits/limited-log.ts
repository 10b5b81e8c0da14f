/**
 * Logs a module's text. Each becomes a record whose names cannot imitate a line; `option log-limit`
 * allows so many bytes a second, and 16 seconds' worth at once, the last eighth of it for warnings
 * and errors. A line reports how much was left out.
 */

import { type LogLevel, type LogSource, printable, WARNING } from '../../../runtime/core/log.ts';
import { messages } from '../../../runtime/core/messages.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';

const BURST_S = 16;
const RESERVED = 1 / 8;
/** Overhead of a line besides its text. */
const LINE_BYTES = 100;
const OMISSION_MS = 1000;

const NOWHERE: LogSource = { file: '-', line: 0, func: '-' };

export class LimitedLog {
  private readonly xl: Xlator<unknown>;
  private limit: number;
  /** Bytes that may be written, as of `at`. */
  private left: number;
  private since: number;
  private lines = 0;
  private bytes = 0;
  private cancelOmission: (() => void) | null = null;

  /** @param limit bytes a second; 0 for no limit. */
  constructor(xl: Xlator<unknown>, limit: number) {
    this.xl = xl;
    this.limit = limit;
    this.left = limit * BURST_S;
    this.since = xl.context.now();
  }

  setLimit(limit: number): void {
    this.limit = limit;
    this.left = limit * BURST_S;
  }

  /** True if a text of this length may be written; counts it as written. */
  grants(level: LogLevel, length: number): boolean {
    if (this.limit === 0 || !this.xl.log.enabled(level)) return true;
    const cost = length + LINE_BYTES;
    const least = level <= WARNING ? 0 : this.limit * BURST_S * RESERVED;
    if (this.left - cost < least) this.fill();
    if (this.left - cost >= least) {
      this.left -= cost;
      return true;
    }
    this.lines += 1;
    this.bytes += length;
    this.cancelOmission ??= this.xl.context.after(OMISSION_MS, () => this.logOmission());
    return false;
  }

  logOmission(): void {
    this.cancelOmission?.();
    this.cancelOmission = null;
    if (this.lines === 0) return;
    const text =
      `${this.lines} lines (${this.bytes} bytes) of the module were left out: ` +
      `more than ${this.limit} bytes a second (option log-limit)`;
    this.lines = this.bytes = 0;
    this.xl.log.log(WARNING, text, { source: NOWHERE, msgid: messages.leftOut.id });
  }

  private fill(): void {
    const now = this.xl.context.now();
    const more = ((now - this.since) * this.limit) / 1000;
    this.left = Math.min(this.left + more, this.limit * BURST_S);
    this.since = now;
  }
}

/** Characters of one record at most: a module's text may fill its memory. */
export const MOST_LOGGED = 262_144;

/** Characters of a file's or function's name, which modules choose too. */
const MOST_NAMED = 200;

/** The message id of a request that the host failed. */
export const requestFailed = { msgid: messages.requestFailed.id };

export function oneRecord(whole: string): string {
  const more = whole.length - MOST_LOGGED;
  const text = more > 0 ? `${whole.slice(0, MOST_LOGGED)}… (${more} characters more)` : whole;
  return text.replace(/(?!\t)\p{Cc}|[\u2028\u2029]/gu, (char) =>
    char === '\n' ? '\n    ' : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** A source place without its folder. */
export const shown = ({ file, line, func }: LogSource): LogSource => ({
  file: named(file.slice(file.lastIndexOf('/') + 1)),
  line,
  func: named(func),
});

const named = (name: string): string => printable(name.slice(0, MOST_NAMED));

/** Refusals logged per volume, and characters of each. */
const MOST = 100;
const LONGEST = 2000;

const logged = new WeakMap<Xlator<unknown>, Set<string>>();

/**
 * Logs a refusal as a warning: each text once, and `MOST` per volume at most.
 * @param source the place in the module; undefined if unknown
 */
export function logRefusal(xl: Xlator<unknown>, source: LogSource = NOWHERE, whole: string): void {
  const text = whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
  let texts = logged.get(xl);
  if (texts === undefined) {
    texts = new Set();
    logged.set(xl, texts);
  }
  if (texts.has(text) || texts.size >= MOST) return;
  texts.add(text);
  const msgid = source === undefined ? messages.refused.id : undefined;
  xl.log.log(WARNING, text, { source, msgid });
  if (texts.size === MOST) {
    xl.log.log(WARNING, 'refused: further refusals are not logged', { source, msgid });
  }
}

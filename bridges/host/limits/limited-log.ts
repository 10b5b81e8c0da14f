/**
 * What a module logs, as much of it as `option log-limit` allows: so many bytes a second, and of what
 * was not used before, 16 seconds' worth at once. What is more is left out, and a line says how much.
 * The last eighth is for warnings and errors: chatter leaves room for them.
 */

import { type LogLevel, type LogSource, WARNING } from '../../../runtime/core/log.ts';
import { messages } from '../../../runtime/core/messages.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';

const BURST_S = 16;
const RESERVED = 1 / 8;
/** What a line takes besides its text. */
const LINE_BYTES = 100;
const TELL_MS = 1000;

const SOURCE: LogSource = { file: '-', line: 0, func: '-' };

export class LimitedLog {
  private readonly xl: Xlator<unknown>;
  private limit: number;
  /** Bytes that may be written now, and when that was so. */
  private left: number;
  private since: number;
  /** What was left out, and not told. */
  private lines = 0;
  private bytes = 0;
  private cancelTell: (() => void) | null = null;

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

  /** Whether a text of this length may be written; it counts as written then. */
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
    this.cancelTell ??= this.xl.context.after(TELL_MS, () => this.tell());
    return false;
  }

  /** Says what was left out. */
  tell(): void {
    this.cancelTell?.();
    this.cancelTell = null;
    if (this.lines === 0) return;
    const text =
      `${this.lines} lines (${this.bytes} bytes) of the module were left out: ` +
      `more than ${this.limit} bytes a second (option log-limit)`;
    this.lines = this.bytes = 0;
    this.xl.log.log(WARNING, text, { source: SOURCE, msgid: messages.leftOut.id });
  }

  private fill(): void {
    const now = this.xl.context.now();
    const more = ((now - this.since) * this.limit) / 1000;
    this.left = Math.min(this.left + more, this.limit * BURST_S);
    this.since = now;
  }
}

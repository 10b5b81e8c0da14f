/**
 * Counts repeated log messages instead of writing them. A message that repeats one of the last few
 * is held back; later one line gives the count: `The message "…" repeated N times between [t1] and
 * [t2]`. Messages without an id, such as those of modules, are all written.
 *
 * Source: GlusterFS `libglusterfs/src/logging.c`, `_gf_msg_internal`, `gf_log_flush_message`.
 */
import { formatLine, type LogLine } from '../runtime/core/log.ts';

export interface RepeatSettings {
  /** The number of messages watched for repeats; 0 for none, undefined for GlusterFS's default. */
  readonly bufSize: number | undefined;
  /** Seconds until a count is written at the latest; undefined for GlusterFS's default. */
  readonly flushTimeout: number | undefined;
}

export const BUF_SIZE = 5;
export const FLUSH_TIMEOUT = 120;

interface Watched {
  /** The latest repeat. */
  record: LogLine;
  /** The time of the first, which was written. */
  readonly since: number;
  /** The number of messages held back. */
  times: number;
}

export class RepeatCounter {
  private readonly out: (record: LogLine) => void;
  private readonly size: number;
  private readonly timeoutMs: number;
  /** Keyed by the text without its time; the latest message is last. */
  private readonly watched = new Map<string, Watched>();
  private timer: NodeJS.Timeout | null = null;

  constructor(out: (record: LogLine) => void, { bufSize, flushTimeout }: RepeatSettings) {
    this.out = out;
    this.size = bufSize ?? BUF_SIZE;
    this.timeoutMs = (flushTimeout ?? FLUSH_TIMEOUT) * 1000;
  }

  write(record: LogLine): void {
    if (this.size === 0 || record.msgid === undefined) {
      this.out(record);
      return;
    }
    const same = formatLine({ ...record, time: 0 });
    const before = this.watched.get(same);
    if (before !== undefined) {
      before.record = record;
      before.times += 1;
      this.watched.delete(same);
      this.watched.set(same, before);
      this.flushInTime();
      return;
    }
    const [oldest] = this.watched.keys();
    if (oldest !== undefined && this.watched.size >= this.size) this.writeCount(oldest);
    this.watched.set(same, { record, since: record.time, times: 0 });
    this.out(record);
  }

  /** Writes all counts, and resets them. */
  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    for (const same of [...this.watched.keys()]) this.writeCount(same);
  }

  private writeCount(same: string): void {
    const { record, since, times } = this.watched.get(same)!;
    this.watched.delete(same);
    if (times === 1) this.out(record);
    else if (times > 1) this.out({ ...record, repeated: { times, since } });
  }

  private flushInTime(): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => this.flush(), Math.min(this.timeoutMs, 2 ** 31 - 1));
    this.timer.unref();
  }
}

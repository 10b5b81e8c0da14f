/**
 * Messages that are repeated are counted, not written: of the last few that were written, what comes
 * again is told in one line later, `The message "…" repeated N times between [t1] and [t2]`, when
 * others have taken its place, or some time is over. Only messages with an id are, so that what a
 * script logs is all there.
 *
 * Source: GlusterFS `libglusterfs/src/logging.c`, `_gf_msg_internal`, `gf_log_flush_message`.
 */
import { formatLine, type LogLine } from '../runtime/core/log.ts';

export interface Counting {
  /** Messages that are watched for repeats; 0: none. Undefined: GlusterFS's number. */
  readonly bufSize: number | undefined;
  /** Seconds after which a count is told at the latest; as above. */
  readonly flushTimeout: number | undefined;
}

export const BUF_SIZE = 5;
export const FLUSH_TIMEOUT = 120;

interface Watched {
  /** The last of them. */
  record: LogLine;
  /** When the first was written. */
  readonly since: number;
  /** Those that were not written. */
  times: number;
}

export class RepeatCounter {
  private readonly out: (record: LogLine) => void;
  private readonly size: number;
  private readonly timeoutMs: number;
  /** By all that makes a message the same, the one that came last at the end. */
  private readonly watched = new Map<string, Watched>();
  private timer: NodeJS.Timeout | null = null;

  constructor(out: (record: LogLine) => void, { bufSize, flushTimeout }: Counting) {
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
    if (oldest !== undefined && this.watched.size >= this.size) this.tell(oldest);
    this.watched.set(same, { record, since: record.time, times: 0 });
    this.out(record);
  }

  /** Tells all counts, and begins anew. */
  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    for (const same of [...this.watched.keys()]) this.tell(same);
  }

  private tell(same: string): void {
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

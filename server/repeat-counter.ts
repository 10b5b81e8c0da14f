/**
 * Counts repeated log messages instead of writing them. A message that repeats one of the latest
 * few is held back. Later, one line gives the count: `The message "…" repeated N times between [t1]
 * and [t2]`. A single repeat is written itself. Messages without an id (MSGID), such as those of
 * modules, and messages about a new state are all written.
 *
 * Source: GlusterFS `libglusterfs/src/logging.c`, `_gf_msg_internal`, `gf_log_flush_message`.
 */
import { formatLine, type LogRecord } from '../runtime/core/log.ts';
import { stateMessageIds } from '../runtime/core/messages.ts';

/** The settings of a `RepeatCounter`. */
export interface RepeatSettings {
  /** The number of latest messages whose repeats are counted; undefined for GlusterFS's default. */
  readonly bufSize: number | undefined;
  /** Seconds until a count is written at the latest; undefined for GlusterFS's default. */
  readonly flushTimeout: number | undefined;
}

/** GlusterFS's defaults: the number of messages, and the timeout in seconds. */
export const DEFAULT_BUF_SIZE = 5;
export const DEFAULT_FLUSH_TIMEOUT_S = 120;
/** The longest timeout of setTimeout; a longer one would fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** The repeats of one message. */
interface MessageCount {
  /** The latest occurrence. */
  record: LogRecord;
  /** The time of the first occurrence, which was written. */
  readonly firstTime: number;
  /** The number of occurrences held back. */
  heldBackCount: number;
}

/** Filters the records of one log. */
export class RepeatCounter {
  private readonly writeRecord: (record: LogRecord) => void;
  /** The most messages whose repeats are counted; 0 writes all messages. */
  private readonly countedMax: number;
  private readonly flushTimeoutMs: number;
  /** The counts by the message's text without its time; the latest message is last. */
  private readonly counts = new Map<string, MessageCount>();
  private timer: NodeJS.Timeout | null = null;

  constructor(writeRecord: (record: LogRecord) => void, { bufSize, flushTimeout }: RepeatSettings) {
    this.writeRecord = writeRecord;
    this.countedMax = bufSize ?? DEFAULT_BUF_SIZE;
    this.flushTimeoutMs = (flushTimeout ?? DEFAULT_FLUSH_TIMEOUT_S) * 1000;
  }

  /** Writes a message, or counts it if it repeats one of the latest. */
  write(record: LogRecord): void {
    const { msgid } = record;
    if (this.countedMax === 0 || msgid === undefined || stateMessageIds.has(msgid)) {
      this.writeRecord(record);
      return;
    }
    const key = formatLine({ ...record, time: 0 });
    const entry = this.counts.get(key);
    if (entry !== undefined) {
      // The entry is deleted and set again, so that it is the latest.
      entry.record = record;
      entry.heldBackCount += 1;
      this.counts.delete(key);
      this.counts.set(key, entry);
      this.startTimer();
      return;
    }
    const [oldest] = this.counts.keys();
    if (oldest !== undefined && this.counts.size >= this.countedMax) this.writeCount(oldest);
    this.counts.set(key, { record, firstTime: record.time, heldBackCount: 0 });
    this.writeRecord(record);
  }

  /** Writes all counts, and resets them. */
  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    for (const key of [...this.counts.keys()]) this.writeCount(key);
  }

  /** Ends the count of a message, and writes its repeats, if any. */
  private writeCount(key: string): void {
    const { record, firstTime: since, heldBackCount: times } = this.counts.get(key)!;
    this.counts.delete(key);
    // As in GlusterFS, a single repeat is written itself.
    if (times === 1) this.writeRecord(record);
    else if (times > 1) this.writeRecord({ ...record, repeated: { times, since } });
  }

  /** Starts the timer that writes the counts, unless it runs already. */
  private startTimer(): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => this.flush(), Math.min(this.flushTimeoutMs, TIMER_MS_MAX));
    this.timer.unref();
  }
}

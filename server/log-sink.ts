/** Writes a server's log into a file (`log-file.ts`), or to standard error. */
import { mkdirSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatJson, formatLine, type LogRecord, type LogSink } from '../runtime/core/log.ts';
import { paint, type Style } from '../terminal/terminal.ts';
import { DEFAULT_LOG_BYTES, LogFile, makeUnwritableLogError } from './log-file.ts';
import { RepeatCounter, type RepeatSettings } from './repeat-counter.ts';
import { findStateFolder } from './state-folder.ts';

/** The value of --log-file that means standard error. */
export const CONSOLE = '-';

/**
 * Returns the default log of a mount, named as GlusterFS's (`/mnt/a` → `mnt-a.log`). It is in the
 * first folder of $LOGS_DIRECTORY (systemd.exec(5), LogsDirectory=); without one, root's is in
 * /var/log/glossa, and another user's in the state folder (`state-folder.ts`).
 */
export function findDefaultLogFile(
  mountpoint: string,
  { uid = process.getuid?.(), env = process.env }: { uid?: number; env?: NodeJS.ProcessEnv } = {},
): string {
  const defaultFolder = uid === 0 ? '/var/log/glossa' : findStateFolder(env);
  const folder = env.LOGS_DIRECTORY?.split(':')[0] || defaultFolder;
  const name = mountpoint.replace(/^\/+|\/+$/g, '').replace(/\/+/g, '-');
  return join(folder, `${name || 'root'}.log`);
}

/** Makes the folder of a default log. @throws {Failure} */
export function makeLogFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw makeUnwritableLogError(path, error);
  }
}

/**
 * Reads the time of day to the microsecond, from the monotonic clock plus an offset. Date.now() has
 * milliseconds only, but follows when the system's time is set: then the offset is corrected.
 */
export class TimeOfDay {
  private offsetMs = performance.timeOrigin;

  /** Returns the milliseconds since the epoch, with fractions. */
  now(): number {
    const wallMs = Date.now();
    const timeMs = performance.now() + this.offsetMs;
    // Date.now() cuts off fractions.
    if (timeMs >= wallMs - 1 && timeMs < wallMs + 2) return timeMs;
    this.offsetMs += wallMs - timeMs;
    return wallMs;
  }
}

/** A sink whose file can be exchanged while it is in use. */
export interface ReopenableSink extends LogSink {
  /** Opens the log's path again, after the file was moved away: a new file is created. */
  reopen(): void;
  /**
   * Writes to another file from now on; `path` as in `openSink`.
   * @throws {Failure} when it cannot be opened, and continues with the old file
   */
  moveTo(path: string | undefined): void;
  /** Writes the counts of repeated messages that are still held back. */
  flush(): void;
  /** Writes the counts as `flush` does, and closes the file; further lines are lost. */
  close(): void;
}

/** The file or stream to which formatted lines are written. */
interface Output {
  write(line: string): void;
  reopen(): void;
  close(): void;
}

/** The output of a log that is off or closed. */
const NO_OUTPUT: Output = { write() {}, reopen() {}, close() {} };

/** The style of a line by the letter of its level; M is GlusterFS's emergency, A is alert. */
const lineStyles: Readonly<Record<string, Style>> = {
  M: 'error',
  A: 'error',
  C: 'error',
  E: 'error',
  W: 'warning',
  D: 'dim',
  T: 'dim',
};

/** Writes to standard error, coloured on request. */
class ConsoleOutput implements Output {
  private readonly colour: boolean;

  constructor(colour: boolean) {
    this.colour = colour;
  }

  write(line: string): void {
    // The letter follows the time, or begins the repeated message.
    const letter = /^(?:\[[^\]]*\] |The message ")([A-Z]) /.exec(line)?.[1] ?? '';
    const style = lineStyles[letter];
    try {
      writeSync(2, `${style === undefined ? line : paint(style, line, this.colour)}\n`);
    } catch {
      // The terminal may be gone; the mount goes on without it.
    }
  }

  reopen(): void {}

  close(): void {}
}

/**
 * The values of --log-format. With `no-msg-id`, repeats are not counted either, as in GlusterFS.
 */
const lineFormatters = {
  'with-msg-id': formatLine,
  'no-msg-id': (record: LogRecord) => formatLine({ ...record, msgid: undefined }),
  json: formatJson,
} satisfies Readonly<Record<string, (record: LogRecord) => string>>;

/** A value of --log-format. */
export type LogFormat = keyof typeof lineFormatters;
/** All values of --log-format. */
export const logFormats = Object.keys(lineFormatters) as LogFormat[];

/** The settings of a log. */
export interface SinkSettings extends Partial<RepeatSettings> {
  /** Whether lines on standard error are coloured. */
  readonly colour: boolean;
  /** The format of the lines, by default `with-msg-id`. */
  readonly format?: LogFormat | undefined;
  /** The size at which a file turns over, in bytes; 0: never. */
  readonly fileBytes?: number | undefined;
}

/** Formats log records, counts repeated ones, and writes the lines. */
class CountingSink implements ReopenableSink {
  private readonly clock = new TimeOfDay();
  private output: Output;
  private readonly settings: SinkSettings;
  private readonly formatRecord: (record: LogRecord) => string;
  private readonly repeats: RepeatCounter;

  constructor(path: string | undefined, settings: SinkSettings) {
    const { format = 'with-msg-id', bufSize, flushTimeout } = settings;
    this.output = openOutput(path, settings);
    this.settings = settings;
    this.formatRecord = lineFormatters[format];
    this.repeats = new RepeatCounter((record) => this.output.write(this.formatRecord(record)), {
      bufSize: format === 'no-msg-id' ? 0 : bufSize,
      flushTimeout,
    });
  }

  now(): number {
    return this.clock.now();
  }

  write(_line: string, record: LogRecord): void {
    this.repeats.write(record);
  }

  flush(): void {
    this.repeats.flush();
  }

  reopen(): void {
    // Counts of repeats belong into the file that has the repeated line.
    this.flush();
    this.output.reopen();
  }

  moveTo(path: string | undefined): void {
    const nextOutput = openOutput(path, this.settings);
    this.close();
    this.output = nextOutput;
  }

  close(): void {
    this.flush();
    this.output.close();
    this.output = NO_OUTPUT;
  }
}

/** Opens the file or stream that `path` stands for, as in `openSink`. */
function openOutput(
  path: string | undefined,
  { colour, fileBytes = DEFAULT_LOG_BYTES }: SinkSettings,
): Output {
  if (path === undefined) return NO_OUTPUT;
  return path === CONSOLE ? new ConsoleOutput(colour) : new LogFile(path, fileBytes);
}

/**
 * Opens the sink of a log; `path` may be CONSOLE, or undefined for no log.
 * @throws {Failure} when the file cannot be opened
 */
export const openSink = (path: string | undefined, settings: SinkSettings): ReopenableSink =>
  new CountingSink(path, settings);

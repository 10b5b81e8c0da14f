/**
 * Writes the log of a volume, and formats log lines as GlusterFS does:
 *
 *     [2026-11-20 06:38:28.167908 +0000] E [MSGID: 101028] [options.ts:113:check] 0-q: text [{k=v}]
 *
 * A call below the level costs a few comparisons; the caller's file, line and function are found only for a line
 * that is written. The sink counts repeated lines. Values in `pairs` are escaped; a file name in `text` needs
 * `printable`.
 *
 * Source: GlusterFS `libglusterfs/src/logging.c`, `glusterfs/logging.h`.
 */

import { strerror } from './errno.ts';

/** A level's number; lines up to the log's level are written. */
export type LogLevel = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

/** The level of a log that writes no lines. */
export const NONE: LogLevel = 0;
export const EMERG: LogLevel = 1;
export const ALERT: LogLevel = 2;
export const CRITICAL: LogLevel = 3;
export const ERROR: LogLevel = 4;
export const WARNING: LogLevel = 5;
export const NOTICE: LogLevel = 6;
export const INFO: LogLevel = 7;
export const DEBUG: LogLevel = 8;
export const TRACE: LogLevel = 9;

/** Names of the levels, by their numbers. */
export const logLevelNames = [
  'NONE',
  'EMERG',
  'ALERT',
  'CRITICAL',
  'ERROR',
  'WARNING',
  'NOTICE',
  'INFO',
  'DEBUG',
  'TRACE',
] as const;

/** The letter of each level in a line, by number; M is EMERG. */
const levelLetters = ' MACEWNIDT';
/** The letters of WARNING and of more serious levels. */
export const seriousLetters: ReadonlySet<string> = new Set('MACEW');

/** Finds the level of a name in any case; undefined for an unknown name. */
export function parseLogLevel(name: string): LogLevel | undefined {
  const level = (logLevelNames as readonly string[]).indexOf(name.toUpperCase());
  return level < 0 ? undefined : (level as LogLevel);
}

/** The destination of log lines, and their clock. */
export interface LogSink {
  /**
   * Writes a line.
   * @param line the text, without a newline at its end
   * @param record the parts of the line
   */
  write(line: string, record: LogRecord): void;
  /** Returns the milliseconds since the epoch, with microseconds as their fraction. */
  now(): number;
}

/** The levels of a process: the default, and those that a command has set for volumes. They change in place. */
export interface LogLevels {
  default: LogLevel;
  readonly volumes: Map<string, LogLevel>;
}

/** Source position of a log call. */
export interface LogSource {
  readonly file: string;
  readonly line: number;
  readonly func: string;
}

/** Optional parts of a line besides its text. */
export interface LogDetail {
  /** The source position in a module; without it, that of the caller. */
  readonly source?: LogSource | undefined;
  /** Id of the message (`messages.ts`). */
  readonly msgid?: number | undefined;
  /** Adds the message of this errno to the line. */
  readonly errno?: number | undefined;
  /** Values that are added to the line as `[{key=value}, …]`, with control characters escaped. */
  readonly pairs?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** One line of the log, by its parts. */
export interface LogRecord extends LogSource, Omit<LogDetail, 'source'> {
  /** Milliseconds since the epoch, as by `LogSink.now`. */
  readonly time: number;
  readonly level: LogLevel;
  readonly graphId: number;
  /** The volume's name, or a part of the runtime (`fuse`, `parser`). */
  readonly domain: string;
  /** The text; its lines after the first (such as a traceback) get no header. */
  readonly text: string;
  /** Set for a record that stands for several identical ones; `time` is then that of the last. */
  readonly repeated?: LogRepeats | undefined;
}

/** The repeats that a record stands for. */
export interface LogRepeats {
  /** The number of identical lines. */
  readonly times: number;
  /** The time of the first of these lines, as `LogSink.now`. */
  readonly since: number;
}

/** Formats a time of `LogSink.now` as `2026-11-20 06:38:28.167908 +0000`. */
export function formatTime(time: number): string {
  const micros = Math.round(time * 1000);
  const iso = new Date(Math.floor(micros / 1000)).toISOString();
  const fraction = String(micros % 1_000_000).padStart(6, '0');
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}.${fraction} +0000`;
}

/**
 * Escapes a name for a log line: control characters, backslash and invalid UTF-8 become `\n`, `\\`, `\xNN`, so
 * that no file name can end a line or forge the next.
 */
export function printable(name: string): string {
  return name.replace(/[\p{Cc}\u2028\u2029\\]|\p{Surrogate}/gu, (char) => {
    if (char === '\n') return '\\n';
    if (char === '\\') return '\\\\';
    const code = char.charCodeAt(0);
    // `bytes.ts` represents a byte that is not UTF-8 by the surrogate 0xdc00 + byte.
    const isByte = code < 0x80 || (code >= 0xdc80 && code <= 0xdcff);
    return isByte ? `\\x${formatHex(code & 0xff, 2)}` : `\\u${formatHex(code, 4)}`;
  });
}

const formatHex = (code: number, width: number): string => code.toString(16).padStart(width, '0');

/** Formats a line in GlusterFS's form, without a newline at its end. */
export function formatLine(record: LogRecord): string {
  const { repeated } = record;
  const time = formatTime(record.time);
  if (repeated === undefined) return `[${time}] ${formatMessage(record)}`;
  const { times, since } = repeated;
  const between = `between [${formatTime(since)}] and [${time}]`;
  return `The message "${formatMessage(record)}" repeated ${times} times ${between}`;
}

/** Formats a line without its time. */
function formatMessage(record: LogRecord): string {
  const { msgid, errno, file, func, graphId, domain } = record;
  const id = msgid === undefined ? '' : `[MSGID: ${msgid}] `;
  const head = `${levelLetters[record.level]} ${id}`;
  let details = '';
  if (record.pairs !== undefined) {
    const pairs = Object.entries(record.pairs);
    if (errno !== undefined) pairs.push(['errno', errno], ['error', strerror(errno)]);
    details = ` [${pairs.map(([key, value]) => `{${key}=${printable(String(value))}}`).join(', ')}]`;
  } else if (errno !== undefined) details = ` [${strerror(errno)}]`;
  // Details belong to the message, so they go on its first line.
  const firstLineEnd = record.text.indexOf('\n');
  const firstLine = firstLineEnd < 0 ? record.text : record.text.slice(0, firstLineEnd);
  const furtherLines = firstLineEnd < 0 ? '' : record.text.slice(firstLineEnd).trimEnd();
  return `${head}[${file}:${record.line}:${func}] ${graphId}-${domain}: ${firstLine}${details}${furtherLines}`;
}

/**
 * Formats a line as JSON, without a newline at its end. `time` is ISO 8601 with microseconds. Parts that a line
 * lacks are omitted.
 */
export function formatJson(record: LogRecord): string {
  const { time, level, msgid, file, line, func, graphId, domain, text, errno, pairs } = record;
  const { repeated } = record;
  return JSON.stringify({
    time: formatIsoTime(time),
    level: logLevelNames[level],
    msgid,
    file,
    line,
    function: func,
    graph: graphId,
    domain,
    message: text.trimEnd(),
    errno,
    error: errno === undefined ? undefined : strerror(errno),
    pairs,
    repeated: repeated?.times,
    since: repeated === undefined ? undefined : formatIsoTime(repeated.since),
  });
}

const formatIsoTime = (time: number): string =>
  formatTime(time).replace(' ', 'T').replace(' +0000', 'Z');

/** The search for positions in the program's own files. */
export const logPositions: {
  /** Finds the module at a line of a file that has several; null for any other file. */
  findModule(path: string, line: number): Pick<LogSource, 'file' | 'line'> | null;
} = { findModule: () => null };

const unknownSource: LogSource = { file: '-', line: 0, func: '-' };

/**
 * Finds the source position of the `depth`-th call in the text of a V8 stack, where 0 is the innermost. Returns
 * `-:0:-` if the text has no such call.
 */
export function findSourceInStack(stack: unknown, depth: number): LogSource {
  if (typeof stack !== 'string') return unknownSource;
  // The error's message may have several lines.
  const call = stack.split('\n').filter((line) => /^\s+at /.test(line))[depth];
  const parts = call && /^\s+at (?:(.+?) \()?(.*?):(\d+)(?::\d+)?\)?$/.exec(call);
  if (!parts) return unknownSource;
  const [, callee = '-', location, line] = parts as unknown as [string, string?, string?, string?];
  // A worker of a web page: names are minified, and the file is a number.
  if (location!.startsWith('blob:')) return unknownSource;
  // Code made by eval has no file of its own.
  const file = location!.endsWith('<anonymous>') ? '-' : location!.replace(/^.*[/\\]|\?.*$/g, '');
  const func = callee
    .replace(/^(async |new )+/, '')
    .replace(/ \[as .*\]$/, '')
    .replace(/^(Object|Module|Function)\./, '')
    .replace('<anonymous>', '-');
  return { file, line: Number(line), func, ...logPositions.findModule(location!, Number(line)) };
}

/** Depth of the log's caller on the stack: the calls 0 and 1 are `write` and the level's method. */
const CALLER_DEPTH = 2;

/**
 * The log of one volume. Its level is the one in `levels.volumes`, else its option `log-level`, else the
 * process's.
 */
export class Log {
  readonly domain: string;
  readonly graphId: number;
  private readonly sink: LogSink;
  private readonly levels: LogLevels;
  private ownLevel: LogLevel | undefined;
  /** Called with each written line. */
  listener: ((record: LogRecord) => void) | null = null;

  constructor(sink: LogSink, levels: LogLevels, domain: string, graphId = 0) {
    this.sink = sink;
    this.levels = levels;
    this.domain = domain;
    this.graphId = graphId;
  }

  get level(): LogLevel {
    const { volumes } = this.levels;
    const commandLevel = volumes.size === 0 ? undefined : volumes.get(this.domain);
    return commandLevel ?? this.ownLevel ?? this.levels.default;
  }

  /** Sets the volume's own level by name. With undefined or an unknown name, the level of the process applies. */
  setOwnLevel(name: string | undefined): void {
    this.ownLevel = name === undefined ? undefined : parseLogLevel(name);
  }

  /** Whether a line of this level is written, for texts that are costly to make. */
  enabled(level: LogLevel): boolean {
    return level <= this.level;
  }

  critical(text: string, detail?: LogDetail): void {
    if (CRITICAL <= this.level) this.write(CRITICAL, text, detail);
  }

  error(text: string, detail?: LogDetail): void {
    if (ERROR <= this.level) this.write(ERROR, text, detail);
  }

  warning(text: string, detail?: LogDetail): void {
    if (WARNING <= this.level) this.write(WARNING, text, detail);
  }

  notice(text: string, detail?: LogDetail): void {
    if (NOTICE <= this.level) this.write(NOTICE, text, detail);
  }

  info(text: string, detail?: LogDetail): void {
    if (INFO <= this.level) this.write(INFO, text, detail);
  }

  debug(text: string, detail?: LogDetail): void {
    if (DEBUG <= this.level) this.write(DEBUG, text, detail);
  }

  trace(text: string, detail?: LogDetail): void {
    if (TRACE <= this.level) this.write(TRACE, text, detail);
  }

  /** Writes a line of a level that a module has chosen. Callers pass `detail.source`. */
  log(level: LogLevel, text: string, detail?: LogDetail): void {
    if (level !== NONE && level <= this.level) this.write(level, text, detail);
  }

  private write(level: LogLevel, text: string, detail: LogDetail | undefined): void {
    const { source, ...rest } = detail ?? {};
    const { file, line, func } = source ?? findSourceInStack(new Error().stack, CALLER_DEPTH);
    const { domain, graphId, sink } = this;
    const time = sink.now();
    const record = { ...rest, time, level, file, line, func, graphId, domain, text };
    sink.write(formatLine(record), record);
    this.listener?.(record);
  }
}

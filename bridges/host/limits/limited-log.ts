/**
 * Bounds the text that modules log: at most `option log-limit` bytes a second, with bursts of 16 seconds'
 * worth. The last eighth of a burst is reserved for warnings and errors. Control characters are
 * escaped, so that a module cannot forge a log line. One line reports the number of omitted lines.
 */

import { type LogLevel, type LogSource, printable, WARNING } from '../../../runtime/core/log.ts';
import { messages } from '../../../runtime/core/messages.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';

/** Seconds' worth of bytes that may be logged at once. */
const BURST_S = 16;
/** The share of these bytes that is kept for warnings and errors. */
const RESERVED_SHARE = 1 / 8;
/** Bytes that a line takes besides its text and the names of its source. */
const LINE_BYTES = 100;
/** Milliseconds from the first omitted line to the report. */
const OMISSION_REPORT_MS = 1000;

const UNKNOWN_SOURCE: LogSource = { file: '-', line: 0, func: '-' };

export class LimitedLog {
  private readonly xl: Xlator<unknown>;
  private bytesPerSecond: number;
  /** Bytes that may be written now, as of `filledAtMs` (the context's clock). */
  private freeBytes: number;
  private filledAtMs: number;
  private omittedLineCount = 0;
  private omittedByteCount = 0;
  private cancelOmissionReport: (() => void) | null = null;

  /** @param bytesPerSecond 0 for no limit */
  constructor(xl: Xlator<unknown>, bytesPerSecond: number) {
    this.xl = xl;
    this.bytesPerSecond = bytesPerSecond;
    this.freeBytes = bytesPerSecond * BURST_S;
    this.filledAtMs = xl.context.now();
  }

  /** Applies a changed `log-limit`, with a full burst. */
  setLimit(bytesPerSecond: number): void {
    this.bytesPerSecond = bytesPerSecond;
    this.freeBytes = bytesPerSecond * BURST_S;
  }

  /**
   * Returns a text of the module as one record, and counts its bytes as written; null if it is not to be written. Bytes
   * beyond the limit are counted as left out.
   * @param source as of `shortenSource`
   */
  admit(level: LogLevel, fullText: string, source: LogSource): string | null {
    if (!this.xl.log.enabled(level)) return null;
    if (this.bytesPerSecond === 0) return formatAsOneRecord(fullText);
    // A text that has too many characters need not be escaped.
    const charCount = Math.min(fullText.length, MAX_RECORD_CHARS);
    if (!this.hasRoom(level, charCount)) return this.omit(charCount);
    const text = formatAsOneRecord(fullText);
    const byteCount = countBytes(text) + countBytes(source.file) + countBytes(source.func);
    if (!this.hasRoom(level, byteCount)) return this.omit(byteCount);
    this.freeBytes -= byteCount + LINE_BYTES;
    return text;
  }

  private hasRoom(level: LogLevel, byteCount: number): boolean {
    const reservedBytes = level <= WARNING ? 0 : this.bytesPerSecond * BURST_S * RESERVED_SHARE;
    const neededBytes = byteCount + LINE_BYTES + reservedBytes;
    if (this.freeBytes < neededBytes) this.refill();
    return this.freeBytes >= neededBytes;
  }

  private omit(byteCount: number): null {
    this.omittedLineCount += 1;
    this.omittedByteCount += byteCount;
    this.cancelOmissionReport ??= this.xl.context.after(OMISSION_REPORT_MS, () =>
      this.reportOmissions(),
    );
    return null;
  }

  /** Logs the number of lines omitted since the last report, if any. */
  reportOmissions(): void {
    this.cancelOmissionReport?.();
    this.cancelOmissionReport = null;
    if (this.omittedLineCount === 0) return;
    const text =
      `${this.omittedLineCount} lines (${this.omittedByteCount} bytes) of the module were left out: ` +
      `more than ${this.bytesPerSecond} bytes a second (option log-limit)`;
    this.omittedLineCount = this.omittedByteCount = 0;
    this.xl.log.log(WARNING, text, { source: UNKNOWN_SOURCE, msgid: messages.logLinesLeftOut.id });
  }

  /** Adds the bytes that may be written for the time since the last call. */
  private refill(): void {
    const nowMs = this.xl.context.now();
    const newBytes = ((nowMs - this.filledAtMs) * this.bytesPerSecond) / 1000;
    this.freeBytes = Math.min(this.freeBytes + newBytes, this.bytesPerSecond * BURST_S);
    this.filledAtMs = nowMs;
  }
}

/** The most characters of one record, as a module's text may be as large as its memory. */
const MAX_RECORD_CHARS = 262_144;

/** The most characters of a file's or function's name, as modules choose these too. */
const MAX_NAME_CHARS = 200;

/** Fields of the log record about a request that the host failed. */
export const requestFailedFields = { msgid: messages.requestFailed.id };

export const clampLogLevel = (level: number): LogLevel =>
  Math.min(9, Math.max(1, level)) as LogLevel;

/**
 * Makes a text one record: cuts it, indents its further lines, and escapes control characters, so
 * that no line looks like a record of its own.
 */
export function formatAsOneRecord(fullText: string): string {
  const excess = fullText.length - MAX_RECORD_CHARS;
  const text =
    excess > 0 ? `${fullText.slice(0, MAX_RECORD_CHARS)}… (${excess} characters more)` : fullText;
  return text.replace(/(?!\t)\p{Cc}|[\p{Cs}\u2028\u2029]/gu, (char) =>
    char === '\n' ? '\n    ' : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** Counts the bytes of a record's text as it is written: in UTF-8, with the escapes of `--log-format json`. */
function countBytes(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Two halves of a character beyond U+FFFF take four bytes.
    if (code >= 0x80) count += code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
    else count += code < 0x20 || code === 0x22 || code === 0x5c ? 2 : 1;
  }
  return count;
}

/** Returns a source location with the file's base name, and printable. */
export const shortenSource = ({ file, line, func }: LogSource): LogSource => ({
  file: makePrintableName(file.slice(file.lastIndexOf('/') + 1)),
  line,
  func: makePrintableName(func),
});

const makePrintableName = (name: string): string => printable(name.slice(0, MAX_NAME_CHARS));

/** The most refusals logged per volume, and the most characters of each. */
const MAX_REFUSALS = 100;
const MAX_REFUSAL_CHARS = 2000;

/** The refusals already logged, by volume. */
const loggedTexts = new WeakMap<Xlator<unknown>, Set<string>>();

/**
 * Logs a refusal as a warning: each text once, and `MAX_REFUSALS` per volume at most.
 * @param source the position in the module; undefined if unknown
 */
export function logRefusal(
  xl: Xlator<unknown>,
  source: LogSource = UNKNOWN_SOURCE,
  fullText: string,
): void {
  const text =
    fullText.length > MAX_REFUSAL_CHARS ? `${fullText.slice(0, MAX_REFUSAL_CHARS)}…` : fullText;
  let texts = loggedTexts.get(xl);
  if (texts === undefined) {
    texts = new Set();
    loggedTexts.set(xl, texts);
  }
  if (texts.has(text) || texts.size >= MAX_REFUSALS) return;
  texts.add(text);
  // Only refusals have a message number; other texts are about a mistake of the module.
  const fields = {
    source,
    msgid: text.startsWith('refused: ') ? messages.grantMissing.id : undefined,
  };
  xl.log.log(WARNING, text, fields);
  if (texts.size === MAX_REFUSALS) {
    xl.log.log(WARNING, 'refused: further refusals are not logged', fields);
  }
}

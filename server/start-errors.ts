/**
 * Collects the errors that volumes log while a server starts. If the start fails, the waiting user
 * sees them: they often explain an 'Input/output error'. Also warns if the start is slow.
 */
import { formatLogLine, parseLine } from '../bridges/testing/log-lines.ts';
import type { LogSink } from '../runtime/core/log.ts';
import { Failure } from '../terminal/exit.ts';
import { printWarning, type Terminal } from '../terminal/terminal.ts';
import { CONSOLE, type ReopenableSink } from './log-sink.ts';

/** The most lines collected: further lines rarely add anything. */
const LINES_MAX = 20;
/** Matches log lines of the levels emergency (M), alert, critical and error. */
const SERIOUS_LINE = /^\[[^\]]*\] [MACE] /;
/** The time after which the waiting user gets a warning. */
const SLOW_AFTER_MS = 10_000;

/** The errors of one start. */
export class StartErrors {
  private readonly logFile: string;
  private readonly terminal: Terminal;
  private readonly lines: string[] = [];
  private timer: NodeJS.Timeout | null = null;
  /** Whether errors are no longer collected. */
  private isOver = false;

  /** @param logFile `-` (the terminal) collects nothing, as the waiting user sees the log */
  constructor(logFile: string, terminal: Terminal) {
    this.logFile = logFile;
    this.terminal = terminal;
    this.isOver = logFile === CONSOLE;
  }

  /** Returns a sink for the volumes that also collects their errors, until the start is over. */
  wrapSink(sink: ReopenableSink): LogSink {
    if (this.isOver) return sink;
    return {
      now: () => sink.now(),
      write: (line, record) => {
        sink.write(line, record);
        if (!this.isOver && SERIOUS_LINE.test(line) && this.lines.length < LINES_MAX)
          this.lines.push(line);
      },
    };
  }

  /** Starts the timer that warns about a slow step, such as a module's `init`. */
  warnIfSlow(describeStep: () => string): void {
    const logHint = this.isOver ? '' : `; the log is ${this.logFile}`;
    const warnSlow = (): void =>
      printWarning(`not mounted yet: ${describeStep()}${logHint}`, this.terminal);
    this.timer = setTimeout(warnSlow, SLOW_AFTER_MS);
    this.timer.unref();
  }

  /** Stops the timer of `warnIfSlow`: the step has ended. */
  stopTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** Ends the collection, as the start is over: from now on errors are in the log alone. */
  endCollecting(): void {
    this.stopTimer();
    this.isOver = true;
    this.lines.length = 0;
  }

  /** Returns a failure that also has the collected errors and the log's path. */
  explain(error: Failure): Failure {
    this.stopTimer();
    if (this.isOver) return error;
    const { message, problems } = error;
    const maskedLines = this.lines.map((line) => {
      const parts = parseLine(line);
      return parts === undefined ? line : formatLogLine(parts);
    });
    if (problems === null && maskedLines.length === 0) return error;
    const textLines = [...maskedLines, problems === null ? `glossa: ${message}` : message];
    const logLine = `glossa: the log is ${this.logFile}`;
    return new Failure([...textLines, logLine].join('\n'), problems ?? [message]);
  }
}

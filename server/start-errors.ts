/**
 * Collects the errors that volumes log while a server starts. If the start fails, the waiting user
 * sees them: they have the reason of an 'Input/output error'.
 */
import { formatLogLine, parseLine } from '../bridges/testing/log-lines.ts';
import type { LogSink } from '../runtime/core/log.ts';
import { Failure } from '../terminal/exit.ts';
import { printWarning, type Terminal } from '../terminal/terminal.ts';
import { CONSOLE, type ReopenableSink } from './log-sink.ts';

/** The most lines shown; further ones repeat them. */
const LINES_MAX = 20;
const SERIOUS = /^\[[^\]]*\] [MACE] /;
/** The time until the waiting user gets a message. */
const PATIENCE_MS = 10_000;

export class StartErrors {
  private readonly logFile: string;
  private readonly terminal: Terminal;
  private readonly lines: string[] = [];
  private timer: NodeJS.Timeout | null = null;
  private isOver = false;

  /** @param logFile `-` when the waiting user reads the log itself */
  constructor(logFile: string, terminal: Terminal) {
    this.logFile = logFile;
    this.terminal = terminal;
    this.isOver = logFile === CONSOLE;
  }

  /** Wraps the volumes' sink: collects their errors until the start is over. */
  wrapSink(sink: ReopenableSink): LogSink {
    if (this.isOver) return sink;
    return {
      now: () => sink.now(),
      write: (line, record) => {
        sink.write(line, record);
        if (!this.isOver && SERIOUS.test(line) && this.lines.length < LINES_MAX)
          this.lines.push(line);
      },
    };
  }

  /** Prints a warning when a step takes long; `what` names it. A module may take any time. */
  warnIfSlow(describeStep: () => string): void {
    const log = this.isOver ? '' : `; the log is ${this.logFile}`;
    const warnSlow = (): void =>
      printWarning(`not mounted yet: ${describeStep()}${log}`, this.terminal);
    this.timer = setTimeout(warnSlow, PATIENCE_MS);
    this.timer.unref();
  }

  stopTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** The start is over: from now on errors are in the log alone. */
  endCollecting(): void {
    this.stopTimer();
    this.isOver = true;
    this.lines.length = 0;
  }

  /** The same failure with the errors logged, and the log's path. */
  explain(error: Failure): Failure {
    this.stopTimer();
    if (this.isOver) return error;
    const { message, problems } = error;
    const shown = this.lines.map((line) => {
      const parts = parseLine(line);
      return parts === undefined ? line : formatLogLine(parts);
    });
    if (problems === null && shown.length === 0) return error;
    const text = [...shown, problems === null ? `glossa: ${message}` : message];
    const log = `glossa: the log is ${this.logFile}`;
    return new Failure([...text, log].join('\n'), problems ?? [message]);
  }
}

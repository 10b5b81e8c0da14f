/**
 * Collects the errors that volumes log while a server starts. If the start fails, the waiting user
 * sees them: they have the reason of an 'Input/output error'.
 */
import { formatLogLine, parseLine } from '../bridges/testing/log.ts';
import type { LogSink } from '../runtime/core/log.ts';
import { Failure } from '../terminal/exit.ts';
import { type Terminal, warn } from '../terminal/terminal.ts';
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
  private over = false;

  /** @param logFile `-` when the waiting user reads the log itself */
  constructor(logFile: string, terminal: Terminal) {
    this.logFile = logFile;
    this.terminal = terminal;
    this.over = logFile === CONSOLE;
  }

  /** Wraps the volumes' sink: collects their errors until the start is over. */
  around(sink: ReopenableSink): LogSink {
    if (this.over) return sink;
    return {
      now: () => sink.now(),
      write: (line, record) => {
        sink.write(line, record);
        if (!this.over && SERIOUS.test(line) && this.lines.length < LINES_MAX)
          this.lines.push(line);
      },
    };
  }

  /** Prints a warning when a step takes long; `what` names it. A module may take any time. */
  wait(what: () => string): void {
    const log = this.over ? '' : `; the log is ${this.logFile}`;
    const tell = (): void => warn(`not mounted yet: ${what()}${log}`, this.terminal);
    this.timer = setTimeout(tell, PATIENCE_MS);
    this.timer.unref();
  }

  answered(): void {
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** The start is over: from now on errors are in the log alone. */
  end(): void {
    this.answered();
    this.over = true;
    this.lines.length = 0;
  }

  /** The same failure with the errors logged, and the log's path. */
  explain(error: Failure): Failure {
    this.answered();
    if (this.over) return error;
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

/**
 * Keeps the errors that volumes log while a mount is being made. If it fails, they are shown to the user who waits
 * for it: the reason of an 'Input/output error' is among them.
 */
import { formatLogLine, parseLine } from '../bridges/testing/log.ts';
import type { LogSink } from '../runtime/core/log.ts';
import { Failure } from '../terminal/exit.ts';
import { type Terminal, warn } from '../terminal/terminal.ts';
import { CONSOLE, type ReopenableSink } from './log-sink.ts';

/** More say the same. */
const LINES_MAX = 20;
const SERIOUS = /^\[[^\]]*\] [MACE] /;
/** How long it may take before the one who waits is told. */
const PATIENCE_MS = 10_000;

export class StartTrouble {
  private readonly logFile: string;
  private readonly terminal: Terminal;
  private readonly lines: string[] = [];
  private timer: NodeJS.Timeout | null = null;
  private over = false;

  /** @param logFile `-` when the one who waits reads the log itself */
  constructor(logFile: string, terminal: Terminal) {
    this.logFile = logFile;
    this.terminal = terminal;
    this.over = logFile === CONSOLE;
  }

  /** A sink for the volumes, whose errors are kept until the mount is there. */
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

  /** Something is waited for, of which `what` says what it is: a module may take as long as it likes. */
  wait(what: () => string): void {
    const log = this.over ? '' : `; the log is ${this.logFile}`;
    const tell = (): void => warn(`not mounted yet: ${what()}${log}`, this.terminal);
    this.timer = setTimeout(tell, PATIENCE_MS);
    this.timer.unref();
  }

  answered(): void {
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** The mount is there: from now on the log is the place to look. */
  end(): void {
    this.answered();
    this.over = true;
    this.lines.length = 0;
  }

  /** The same failure, with what was logged, and where. */
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

/** What the demo is doing: what it says on its way, and on a terminal how far it has come. */
import type { Terminal } from '../../terminal/terminal.ts';
import { ProgressLine } from '../bench/engine/report/progress.ts';

export class Status {
  private readonly terminal: Terminal | null;
  private readonly shown: ProgressLine | null;
  private current = '';
  private begun = 0;

  /** Null to say nothing at all. */
  constructor(terminal: Terminal | null) {
    this.terminal = terminal;
    this.shown = terminal && new ProgressLine(terminal);
  }

  line(text: string): void {
    this.terminal?.out(text);
  }

  /** `what` is started from now on, and then measured. */
  begin(what: string): void {
    this.current = what;
    this.begun = performance.now();
    this.shown?.show({ done: 0, total: 1, elapsedSeconds: 0, what: `${what}: starting` });
  }

  /** 0 to 1. */
  progress(part: number): void {
    const elapsedSeconds = (performance.now() - this.begun) / 1e3;
    this.shown?.show({ done: part, total: 1, elapsedSeconds, what: this.current });
  }

  /** Removes what is only for the moment. */
  clear(): void {
    this.shown?.clear();
  }
}

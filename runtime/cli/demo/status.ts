/** What the demo is doing: what it says on its way, and on a terminal how far it has come. */
import type { Terminal } from '../terminal.ts';

const WIDTH = 24;

export class Status {
  private readonly terminal: Terminal | null;
  private current = '';
  private shown = -1;

  /** Null to say nothing at all. */
  constructor(terminal: Terminal | null) {
    this.terminal = terminal;
  }

  line(text: string): void {
    this.terminal?.out(text);
  }

  /** `what` is served from now on. */
  begin(what: string): void {
    this.current = `  ${what}`;
    this.shown = -1;
    this.draw('starting');
  }

  /** 0 to 1. */
  progress(part: number): void {
    const done = Math.floor(part * WIDTH);
    if (done === this.shown) return;
    this.shown = done;
    this.draw('='.repeat(done).padEnd(WIDTH, '.'));
  }

  /** Removes what is only for the moment. */
  clear(): void {
    if (this.terminal?.interactive) process.stdout.write('\r\x1b[K');
  }

  private draw(text: string): void {
    if (!this.terminal?.interactive) return;
    process.stdout.write(`\r\x1b[K${this.current}  ${text}`);
  }
}

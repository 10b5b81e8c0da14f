/** What the demo is doing: what it says on its way, and on a terminal how far it has come. */
import type { Terminal } from '../../terminal/terminal.ts';

/** How long the bar is, where there is room. */
const WIDTH = 24;
const GAP = '  ';

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
    const width = Math.max(0, Math.min(WIDTH, this.room - this.current.length - GAP.length));
    const done = Math.floor(part * width);
    if (done === this.shown) return;
    this.shown = done;
    this.draw('='.repeat(done).padEnd(width, '.'));
  }

  /** Removes what is only for the moment. */
  clear(): void {
    if (this.terminal?.interactive) process.stdout.write('\r\x1b[K');
  }

  /** One line has so much. What goes on in a second cannot be removed: `\r` leads to where that begins. */
  private get room(): number {
    return (this.terminal?.width ?? 0) - 1;
  }

  private draw(text: string): void {
    if (!this.terminal?.interactive) return;
    const line = `${this.current}${GAP}${text}`.slice(0, Math.max(0, this.room));
    process.stdout.write(`\r\x1b[K${line}`);
  }
}

/** Writes the lines of a result in large pieces, as fast as their reader reads them. */
import { encodeName } from '../../runtime/core/bytes.ts';
import { printable } from '../../runtime/volfile/printable.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { ReaderGone } from './volume-command.ts';

/** Characters of a piece. */
const PIECE_BYTES = 32_768;

export class LineWriter {
  private readonly terminal: Terminal;
  private lines: string[] = [];
  private size = 0;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  /** Adds a line. Names keep their bytes, but on a terminal no control characters. */
  add(line: string): void {
    this.lines.push(this.terminal.interactive ? printable(line) : line);
    this.size += line.length;
  }

  /** Whether the next piece is to be written. */
  get isFull(): boolean {
    return this.size >= PIECE_BYTES;
  }

  /** @throws {ReaderGone} */
  async flush(): Promise<void> {
    if (this.lines.length === 0) return;
    const bytes = encodeName(`${this.lines.join('\n')}\n`);
    this.lines = [];
    this.size = 0;
    if (!(await this.terminal.outBytes(bytes))) throw new ReaderGone();
  }
}

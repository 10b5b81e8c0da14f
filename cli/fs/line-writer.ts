/** Writes the lines of a result to standard output in large pieces, as fast as they are read. */
import { encodeName } from '../../runtime/core/bytes.ts';
import { makePrintable } from '../../runtime/volfile/printable-text.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { ReaderGone } from './volume-command.ts';

/** The number of collected characters at which a piece is written. */
const PIECE_CHARACTERS = 32_768;

/** Collects lines; `flush` writes them. */
export class LineWriter {
  private readonly terminal: Terminal;
  private lines: string[] = [];
  private characterCount = 0;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  /** Adds a line. A terminal gets control characters escaped; other readers get a name's bytes. */
  add(line: string): void {
    this.lines.push(this.terminal.isInteractive ? makePrintable(line) : line);
    this.characterCount += line.length;
  }

  /** Whether the next piece is to be written. */
  get isFull(): boolean {
    return this.characterCount >= PIECE_CHARACTERS;
  }

  /** Writes the lines added so far. @throws {ReaderGone} */
  async flush(): Promise<void> {
    if (this.lines.length === 0) return;
    const bytes = encodeName(`${this.lines.join('\n')}\n`);
    this.lines = [];
    this.characterCount = 0;
    if (!(await this.terminal.outBytes(bytes))) throw new ReaderGone();
  }
}

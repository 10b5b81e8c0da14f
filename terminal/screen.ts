/**
 * A terminal that is drawn on as a whole, and read key by key. What was on it is there again
 * afterwards, and also while the process is stopped (Ctrl-Z). It is in raw mode meanwhile, so Ctrl-C is
 * a key like others.
 *
 * Source: xterm's "Control Sequences".
 */

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';
const CTRL_Z = '\x1a';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Of a terminal that does not say how large it is. */
const USUAL: Size = { columns: 80, rows: 24 };

/** Whether somebody sits there who can look and press keys. */
export const hasScreen = (env: NodeJS.ProcessEnv = process.env): boolean =>
  process.stdin.isTTY === true && process.stdout.isTTY === true && env.TERM !== 'dumb';

export class Screen {
  private readonly onKey: (key: string) => void;
  private readonly redraw: () => void;
  private readonly onEnd: () => void;

  /**
   * @param onKey hears keys by their names, see `keysIn`
   * @param redraw is called when all has to be drawn again
   * @param onEnd is called when the terminal has gone
   */
  constructor(onKey: (key: string) => void, redraw: () => void, onEnd: () => void) {
    this.onKey = onKey;
    this.redraw = redraw;
    this.onEnd = onEnd;
    this.enter();
    process.stdin.on('data', this.read).on('end', onEnd).on('error', onEnd);
    process.stdout.on('resize', redraw);
    process.on('SIGCONT', this.again).on('SIGTSTP', this.suspend);
  }

  get size(): Size {
    const { columns, rows } = process.stdout;
    return columns > 0 && rows > 0 ? { columns, rows } : USUAL;
  }

  /** Lines from the top; what is longer than the terminal is wide is cut by it. */
  draw(lines: readonly string[]): void {
    const { rows } = this.size;
    // Behind a line that is full, the last character would be cleared.
    const shown = lines.slice(0, rows).map((line) => CLEAR_LINE + line);
    if (shown.length < rows) shown.push(CLEAR_BELOW);
    process.stdout.write(HOME + shown.join('\r\n'));
  }

  close(): void {
    process.off('SIGCONT', this.again).off('SIGTSTP', this.suspend);
    process.stdout.off('resize', this.redraw);
    process.stdin.off('data', this.read).off('end', this.onEnd).off('error', this.onEnd);
    this.leave();
    process.stdin.pause();
  }

  private enter(): void {
    // A shell has set the terminal's mode meanwhile, which Node does not know of.
    process.stdin.setRawMode(false);
    process.stdin.setRawMode(true);
    process.stdin.setEncoding('utf8').resume();
    process.stdout.write(ENTER);
  }

  private leave(): void {
    process.stdout.write(LEAVE);
    process.stdin.setRawMode(false);
  }

  private readonly read = (text: string): void => {
    for (const key of keysIn(text)) {
      if (key === CTRL_Z) this.suspend();
      else this.onKey(key);
    }
  };

  private readonly again = (): void => {
    this.enter();
    this.redraw();
  };

  /** Stops as programs do that let the terminal do it: with all of its job, such as npx. */
  private readonly suspend = (): void => {
    process.off('SIGTSTP', this.suspend);
    this.leave();
    process.kill(0, 'SIGTSTP');
    // Here it goes on, at once where nobody could let it go on.
    setImmediate(() => {
      process.on('SIGTSTP', this.suspend);
      this.again();
    });
  };
}

const SEQUENCES: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  '5~': 'page-up',
  '6~': 'page-down',
};

const NAMED: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x03': 'ctrl-c',
  '\x0c': 'ctrl-l',
  '\x1b': 'escape',
};

const ESCAPE = '\x1b';
/** An escape sequence, or one character. */
const KEY = new RegExp(`${ESCAPE}[[O][0-9;]*[A-Za-z~]|[\\s\\S]`, 'gu');

/** Keys by their names, or as the characters that they write. Of others nothing is heard. */
export function keysIn(text: string): string[] {
  const parts = text.match(KEY) ?? [];
  return parts.flatMap((part) => {
    if (part.length > 1 && part.startsWith(ESCAPE)) return SEQUENCES[part.slice(2)] ?? [];
    return NAMED[part] ?? part;
  });
}

/**
 * Draws on the whole terminal and reads its keys, in raw mode, where Ctrl-C arrives as a key. The
 * terminal's former content is restored at the end, and while the process is stopped (Ctrl-Z).
 *
 * Source: xterm's "Control Sequences".
 */

/**
 * Switches to the alternate screen, and turns off cursor and line wrapping; LEAVE_SCREEN undoes all
 * three.
 */
const ENTER_SCREEN = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE_SCREEN = '\x1b[?7h\x1b[?25h\x1b[?1049l';
/** Moves the cursor to the first character of the screen. */
const CURSOR_HOME = '\x1b[H';
/** Clears the line from the cursor on. */
const CLEAR_LINE = '\x1b[K';
/** Clears the screen from the cursor on. */
const CLEAR_BELOW = '\x1b[J';
const CTRL_Z = '\x1a';

/** The size of a terminal in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The size of a terminal that does not report one. */
const DEFAULT_SIZE: Size = { columns: 80, rows: 24 };

/** Whether standard input and output are a terminal that can be drawn on. */
export const hasScreen = (env: NodeJS.ProcessEnv = process.env): boolean =>
  process.stdin.isTTY === true && process.stdout.isTTY === true && env.TERM !== 'dumb';

/** The terminal while this process draws on it. */
export class Screen {
  private readonly onKey: (key: string) => void;
  private readonly redraw: () => void;
  private readonly onEnd: () => void;

  /**
   * @param onKey receives each key by its name (`parseKeys`)
   * @param redraw called when the whole screen must be drawn again
   * @param onEnd called when the terminal was closed
   */
  constructor(onKey: (key: string) => void, redraw: () => void, onEnd: () => void) {
    this.onKey = onKey;
    this.redraw = redraw;
    this.onEnd = onEnd;
    this.enter();
    process.stdin.on('data', this.receiveInput).on('end', onEnd).on('error', onEnd);
    process.stdout.on('resize', redraw);
    process.on('SIGCONT', this.resume).on('SIGTSTP', this.suspend);
  }

  get size(): Size {
    const { columns, rows } = process.stdout;
    return columns > 0 && rows > 0 ? { columns, rows } : DEFAULT_SIZE;
  }

  /** Draws lines from the top; the terminal cuts lines that are too wide. */
  draw(lines: readonly string[]): void {
    const { rows } = this.size;
    // Cleared before the line is written: after a full line, the sequence would clear its last
    // character.
    const visibleLines = lines.slice(0, rows).map((line) => CLEAR_LINE + line);
    if (visibleLines.length < rows) visibleLines.push(CLEAR_BELOW);
    process.stdout.write(CURSOR_HOME + visibleLines.join('\r\n'));
  }

  /** Restores the terminal, and stops reading keys. */
  close(): void {
    process.off('SIGCONT', this.resume).off('SIGTSTP', this.suspend);
    process.stdout.off('resize', this.redraw);
    process.stdin.off('data', this.receiveInput).off('end', this.onEnd).off('error', this.onEnd);
    this.leave();
    process.stdin.pause();
  }

  /** Switches to the alternate screen and raw mode. */
  private enter(): void {
    // While the process was stopped, the shell changed the mode. Node still assumes raw mode, and
    // ignores `true` until raw mode was switched off.
    process.stdin.setRawMode(false);
    process.stdin.setRawMode(true);
    process.stdin.setEncoding('utf8').resume();
    process.stdout.write(ENTER_SCREEN);
  }

  /** Restores the terminal's former content and mode. */
  private leave(): void {
    process.stdout.write(LEAVE_SCREEN);
    process.stdin.setRawMode(false);
  }

  /** Handles typed keys; Ctrl-Z stops the process. */
  private readonly receiveInput = (text: string): void => {
    for (const key of parseKeys(text)) {
      if (key === CTRL_Z) this.suspend();
      else this.onKey(key);
    }
  };

  /** Draws again after the process was stopped. */
  private readonly resume = (): void => {
    this.enter();
    this.redraw();
  };

  /**
   * Stops the whole process group, as the terminal does at Ctrl-Z: npx may wait in the same job.
   */
  private readonly suspend = (): void => {
    process.off('SIGTSTP', this.suspend);
    this.leave();
    process.kill(0, 'SIGTSTP');
    // Runs once SIGCONT has resumed the process; at once if it was not stopped, without job
    // control.
    setImmediate(() => {
      process.on('SIGTSTP', this.suspend);
      this.resume();
    });
  };
}

/** Names of keys by their escape sequence, without its first two characters. */
const KEYS_BY_SEQUENCE: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  '5~': 'page-up',
  '6~': 'page-down',
};

/** Names of keys by their control character. */
const KEYS_BY_CHARACTER: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x03': 'ctrl-c',
  '\x0c': 'ctrl-l',
  '\x1b': 'escape',
};

const ESCAPE = '\x1b';
/** Matches an escape sequence, or one character. */
const KEY_PATTERN = new RegExp(`${ESCAPE}[[O][0-9;]*[A-Za-z~]|[\\s\\S]`, 'gu');

/** Splits input into keys: a name, or the typed character. Unknown sequences are dropped. */
export function parseKeys(text: string): string[] {
  const parts = text.match(KEY_PATTERN) ?? [];
  return parts.flatMap((part) => {
    if (part.length > 1 && part.startsWith(ESCAPE)) return KEYS_BY_SEQUENCE[part.slice(2)] ?? [];
    return KEYS_BY_CHARACTER[part] ?? part;
  });
}

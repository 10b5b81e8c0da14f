/**
 * Connects a module's debugger to the person at the terminal. `write` and `readLine` block the
 * process, and so all requests of the mount, not only the one at the breakpoint.
 *
 * The terminal is opened by its path, because a server in a session of its own has no controlling
 * terminal. It is read in line mode, where backspace and Ctrl-D work; raw mode, which readline
 * sets, is restored afterwards.
 */
import { openSync, readlinkSync, readSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** The most bytes of a line that a terminal in line mode delivers (termios(3)). */
const LINE_BYTES_MAX = 4096;
/** The byte that ends a line. */
const NEWLINE = 10;

/** Returns the path of this process's terminal, as `/dev/pts/0`; undefined without a terminal. */
export function findTtyPath(): string | undefined {
  // Standard input, error and output: output is the most likely one to be a pipe.
  const fd = [0, 2, 1].find((candidate) => isatty(candidate));
  try {
    return fd === undefined ? undefined : readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // Without /proc the terminal's path is unknown, so breakpoint() cannot open a debugger.
    return undefined;
  }
}

/** A terminal, opened by its path at the first use. */
export class BlockingTty {
  private readonly path: string;
  private readonly wake: (() => void) | null;
  /** The descriptor of the terminal; -1 before the first use. */
  private fd = -1;
  /** The bytes read after the last returned line. */
  private unreadBytes = Buffer.alloc(0);
  /** Whether `-- paused --` was printed, and `-- resumed --` is still to be printed. */
  private isPaused = false;

  /**
   * @param wake asks the pump for a turn of the event loop, in which `-- resumed --` is printed;
   * null in a process without a mount: no requests wait there, so neither line is printed
   */
  constructor(path: string, wake: (() => void) | null) {
    this.path = path;
    this.wake = wake;
  }

  write(text: string): void {
    this.announcePause();
    writeSync(this.fd, text);
  }

  /** Prints the prompt, and reads a line; undefined at the end of the input (Ctrl-D). */
  readLine(prompt: string): string | undefined {
    const { stdin } = process;
    const wasRaw = stdin.isTTY === true && stdin.isRaw;
    if (wasRaw) stdin.setRawMode(false);
    try {
      this.write(prompt);
      return this.readBlocking();
    } finally {
      if (wasRaw) stdin.setRawMode(true);
    }
  }

  /** Prints that requests wait; the event loop's next turn prints that they continue. */
  private announcePause(): void {
    if (this.fd < 0) this.fd = openSync(this.path, 'r+');
    if (this.isPaused || this.wake === null) return;
    this.isPaused = true;
    writeSync(this.fd, '-- paused: requests wait until you go on (c) --\n');
    setImmediate(() => {
      this.isPaused = false;
      writeSync(this.fd, '-- resumed --\n');
    });
    this.wake();
  }

  /** Waits for a line, and returns it without its newline; undefined at the end of the input. */
  private readBlocking(): string | undefined {
    const { fd } = this;
    const chunk = Buffer.alloc(LINE_BYTES_MAX);
    let newlineAt = this.unreadBytes.indexOf(NEWLINE);
    while (newlineAt < 0) {
      const length = readSync(fd, chunk);
      if (length === 0) {
        const remainder = this.unreadBytes;
        this.unreadBytes = Buffer.alloc(0);
        return remainder.length === 0 ? undefined : remainder.toString();
      }
      this.unreadBytes = Buffer.concat([this.unreadBytes, chunk.subarray(0, length)]);
      newlineAt = this.unreadBytes.indexOf(NEWLINE);
    }
    const line = this.unreadBytes.subarray(0, newlineAt).toString();
    this.unreadBytes = this.unreadBytes.subarray(newlineAt + 1);
    return line;
  }
}

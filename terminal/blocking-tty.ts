/**
 * Connects a debugger to the person at the terminal. `write` and `readLine` block the process, and
 * so all requests of the mount, not only the one at the breakpoint.
 *
 * The terminal is opened by its own path, so that a server in a session of its own can read it.
 * It is read in line mode, where backspace and Ctrl-D work; a program that has set raw mode
 * (readline does) gets it back afterwards.
 */
import { openSync, readlinkSync, readSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** The kernel cuts longer lines (termios(3), N_TTY). */
const LINE_MAX = 4096;
const NEWLINE = 10;

/** The terminal of this process, `/dev/pts/0`; undefined when the process has no terminal. */
export function ttyPath(): string | undefined {
  const fd = [0, 2, 1].find((candidate) => isatty(candidate));
  try {
    return fd === undefined ? undefined : readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // Without /proc the terminal has no path, and the server no debugger.
    return undefined;
  }
}

/** The terminal of a path, opened at its first use. */
export class BlockingTty {
  private readonly path: string;
  private readonly wake: (() => void) | null;
  private fd = -1;
  private rest = Buffer.alloc(0);
  private isPaused = false;

  /**
   * @param wake asks for a turn of the event loop, so that `-- resumed --` is printed; null where
   * no requests wait.
   */
  constructor(path: string, wake: (() => void) | null) {
    this.path = path;
    this.wake = wake;
  }

  write(text: string): void {
    this.pause();
    writeSync(this.fd, text);
  }

  readLine(prompt: string): string | undefined {
    const { stdin } = process;
    const wasRaw = stdin.isTTY === true && stdin.isRaw;
    if (wasRaw) stdin.setRawMode(false);
    try {
      this.write(prompt);
      return this.readRawLine();
    } finally {
      if (wasRaw) stdin.setRawMode(true);
    }
  }

  /** Prints that requests wait; the next turn of the event loop prints that they go on. */
  private pause(): void {
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

  private readRawLine(): string | undefined {
    const { fd } = this;
    const chunk = Buffer.alloc(LINE_MAX);
    let end = this.rest.indexOf(NEWLINE);
    while (end < 0) {
      const length = readSync(fd, chunk);
      if (length === 0) {
        const last = this.rest;
        this.rest = Buffer.alloc(0);
        return last.length === 0 ? undefined : last.toString();
      }
      this.rest = Buffer.concat([this.rest, chunk.subarray(0, length)]);
      end = this.rest.indexOf(NEWLINE);
    }
    const readRawLine = this.rest.subarray(0, end).toString();
    this.rest = this.rest.subarray(end + 1);
    return readRawLine;
  }
}

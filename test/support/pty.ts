/** Runs a program on its own terminal by script(1): tests type at it and read its screen. */
import { type ChildProcess, spawn } from 'node:child_process';

/** A pseudo-terminal; waits end with the test's own time-out. */
export class PseudoTerminal {
  private readonly child: ChildProcess;
  private readonly closed: Promise<number | null>;
  private text = '';
  private onChange = () => {};

  /** @param command for sh(1), which gets the terminal's signals too: `exec` leaves it out of that */
  constructor(command: string, cwd: string, env: Readonly<Record<string, string>> = {}) {
    this.child = spawn('script', ['-qefc', command, '/dev/null'], {
      cwd,
      env: { ...process.env, TERM: 'dumb', SHELL: '/bin/sh', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.text += text;
      this.onChange();
    });
    this.closed = new Promise((resolve) => this.child.once('close', resolve));
    // The end of output wakes the waiters.
    void this.closed.then(() => this.onChange());
  }

  /** Reads and removes output up to a match. @throws {Error} at the end of the output */
  async readUntil(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.text);
      if (match !== null) {
        this.text = this.text.slice(match.index + match[0].length);
        return match;
      }
      if (this.child.exitCode !== null && this.child.stdout!.destroyed) {
        throw new Error(`it has ended without ${pattern}: ${this.text}`);
      }
      await new Promise<void>((resolve) => {
        this.onChange = resolve;
      });
    }
  }

  type(keys: string): void {
    this.child.stdin!.write(keys);
  }

  /** The terminal is closed, as when its window is. */
  closeTerminal(): void {
    this.child.kill('SIGKILL');
  }

  /** Types the last of it, and waits for the program's end: its exit status. */
  end(keys = ''): Promise<number | null> {
    this.child.stdin!.end(keys);
    return this.closed;
  }
}

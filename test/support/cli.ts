/** Runs a command of glossa inside of a test, and returns its output and status. */
import { dispatch } from '../../cli/dispatch.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** A terminal with given width and colours that records its output. */
export class FakeTerminal implements Terminal {
  readonly isInteractive: boolean;
  readonly colour: { readonly out: boolean; readonly err: boolean };
  readonly width: number;
  outText = '';
  errText = '';

  constructor({ colour = false, width = 100 } = {}) {
    this.isInteractive = colour;
    this.colour = { out: colour, err: colour };
    this.width = width;
  }

  out(text: string): void {
    this.outText += `${text}\n`;
  }

  async outBytes(bytes: Uint8Array): Promise<boolean> {
    this.outText += Buffer.from(bytes).toString();
    return true;
  }

  err(text: string): void {
    this.errText += `${text}\n`;
  }

  async flush(): Promise<void> {}
}

/** Runs a command line in this process. */
export async function runCommand(
  args: readonly string[],
  terminal = new FakeTerminal(),
): Promise<{ status: number; out: string; err: string }> {
  const status = await dispatch(args, terminal);
  return { status, out: terminal.outText, err: terminal.errText };
}

/**
 * Writes the output of a command to standard output and standard error. A terminal gets colours,
 * unless NO_COLOR is set (https://no-color.org) or TERM is `dumb`.
 */
import { styleText } from 'node:util';
import { Output } from './output.ts';

/** The output of a command. */
export interface Terminal {
  /** Writes a line of the command's result. */
  out(text: string): void;
  /**
   * Writes bytes of the command's result. Resolves to true when they are written; to false if the
   * reader (such as head) has ended, or if the write failed, which `flush` then reports.
   */
  outBytes(bytes: Uint8Array): Promise<boolean>;
  /** Writes a line that is not part of the result: a message, a warning, an error. */
  err(text: string): void;
  /** Whether standard output is a terminal, so that a person reads what `out` writes. */
  readonly isInteractive: boolean;
  /** The column at which long texts are wrapped. */
  readonly width: number;
  /** Whether `out` and `err` may be coloured. */
  readonly colour: { readonly out: boolean; readonly err: boolean };
  /** The amount of messages besides the result; absent for the usual amount. */
  readonly verbosity?: Verbosity;
  /** Resolves when all output is written. @throws {Failure} when some could not be */
  flush(): Promise<void>;
}

/** `quiet`: results and errors only. `verbose`: details too. */
export type Verbosity = 'quiet' | 'verbose';

/** Node's colours by the meaning of a text. */
const styles = {
  bold: 'bold',
  dim: 'dim',
  error: ['bold', 'red'],
  warning: ['bold', 'magenta'],
  good: 'green',
} as const;

/** The styles of node:util. */
type NodeStyle = Parameters<typeof styleText>[0];

/** The meaning of a text, which selects its colour. */
export type Style = keyof typeof styles;

/** Adds the escape sequences of a style to a text; returns it unchanged without `colour`. */
export const paint = (style: Style, text: string, colour: boolean): string =>
  colour ? styleText(styles[style] as NodeStyle, text, { validateStream: false }) : text;

/**
 * The most columns of wrapped text: longer lines are hard to read, however wide the terminal is.
 */
const WIDTH_MAX = 100;

/** A stream that may be a terminal. */
interface Stream {
  readonly isTTY?: boolean;
}

/** Whether output to a stream may be coloured. */
export function supportsColour(
  stream: Stream | undefined,
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  return stream?.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}

/**
 * Makes the terminal of this process's standard output and standard error. Terminals and files are written at once; what
 * a pipe has no room for is buffered: `flush` waits for the pipe's reader.
 */
export function makeProcessTerminal(): Terminal {
  const out = new Output('output');
  const err = new Output('error');
  const { tty } = out;
  return {
    out: (text) => out.write(`${text}\n`),
    outBytes: (bytes) => new Promise((resolve) => out.write(bytes, (error) => resolve(!error))),
    err: (text) => err.write(`${text}\n`),
    isInteractive: tty !== undefined,
    width: Math.min(tty?.columns || WIDTH_MAX, WIDTH_MAX),
    colour: {
      out: supportsColour(tty),
      // Read when a message is printed: until then, a terminal needs no stream for it.
      get err() {
        return supportsColour(err.tty);
      },
    },
    async flush() {
      await out.flush();
      await err.flush();
    },
  };
}

/** Returns the same terminal with another verbosity. */
export const withVerbosity = (terminal: Terminal, verbosity: Verbosity): Terminal => ({
  out: (text) => terminal.out(text),
  outBytes: (bytes) => terminal.outBytes(bytes),
  err: (text) => terminal.err(text),
  isInteractive: terminal.isInteractive,
  width: terminal.width,
  colour: terminal.colour,
  verbosity,
  flush: () => terminal.flush(),
});

/** Prints a confirmation for the waiting user, unless quiet. */
export function printNote(text: string, terminal: Terminal): void {
  if (terminal.verbosity !== 'quiet') terminal.out(text);
}

/** Prints a step of the command's work, when verbose. */
export function printStep(text: string, terminal: Terminal): void {
  if (terminal.verbosity === 'verbose') terminal.err(`glossa: ${text}`);
}

/** Prints a warning, unless quiet. */
export function printWarning(text: string, terminal: Terminal): void {
  if (terminal.verbosity === 'quiet') return;
  terminal.err(`glossa: ${paint('warning', 'warning:', terminal.colour.err)} ${text}`);
}

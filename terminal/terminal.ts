/**
 * Writes the output of a command to standard output and standard error. A terminal gets colours,
 * unless NO_COLOR is set (https://no-color.org) or TERM is `dumb`.
 */
import { fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { writeWhole } from '../runtime/sys/guarded-write.ts';
import { Failure } from './exit.ts';
import { formatReason } from './reason.ts';

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
export function supportsColour(stream: Stream, env: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}

/**
 * Makes the terminal of this process's standard output and standard error. Node writes to terminals
 * and files at once, and buffers what a pipe has no room for: `flush` waits for the pipe's reader.
 */
export function makeProcessTerminal(): Terminal {
  const { stdout, stderr } = process;
  const outputs = [new Output('output', stdout), new Output('error', stderr)];
  return {
    out: (text) => void stdout.write(`${text}\n`),
    outBytes: (bytes) => new Promise((resolve) => stdout.write(bytes, (error) => resolve(!error))),
    err: (text) => void stderr.write(`${text}\n`),
    isInteractive: stdout.isTTY === true,
    width: Math.min(stdout.columns || WIDTH_MAX, WIDTH_MAX),
    colour: { out: supportsColour(stdout), err: supportsColour(stderr) },
    async flush() {
      for (const output of outputs) await output.flush();
    },
  };
}

type OutputStream = typeof process.stdout | typeof process.stderr;

/** A standard stream of this process, and the first error of a write to it. */
class Output {
  /** `output` or `error`, for messages. */
  private readonly name: string;
  private readonly stream: OutputStream;
  private writeError: Failure | null = null;

  constructor(name: string, stream: OutputStream) {
    this.name = name;
    this.stream = stream;
    stream.on('error', this.onError);
    if (isFile(stream.fd)) stream._write = makeFileWriter(stream.fd);
  }

  /** Resolves when the reader has read all output, or has closed its end. @throws {Failure} */
  async flush(): Promise<void> {
    const { stream } = this;
    // An empty write ends after all earlier ones.
    const error = await new Promise((resolve) => stream.write('', resolve));
    // The stream emits the error that failed the write in the event loop's next turn.
    if (error) await new Promise((resolve) => setImmediate(resolve));
    if (this.writeError !== null) throw this.writeError;
  }

  /** Records the first error of a write. */
  private readonly onError = (error: NodeJS.ErrnoException): void => {
    // The reader (such as head) or the terminal was closed: the rest of the output is dropped.
    if (error.code === 'EPIPE' || error.code === 'EIO') return;
    this.writeError ??= new Failure(`cannot write standard ${this.name}: ${formatReason(error)}`);
  };
}

/** Whether a descriptor is open on a regular file. */
const isFile = (fd: number): boolean => fstatSync(fd).isFile();

/**
 * Makes a `_write` that writes whole chunks to a file. Node's own loses the unwritten bytes when
 * the system writes only a part of a chunk.
 */
const makeFileWriter =
  (fd: number): Writable['_write'] =>
  (chunk: Uint8Array, _encoding, callback) => {
    try {
      writeWhole(fd, chunk);
      callback();
    } catch (error) {
      callback(error as Error);
    }
  };

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

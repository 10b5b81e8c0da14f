/**
 * The output of a command. Colour only where a person looks: on a terminal, unless NO_COLOR is set
 * (https://no-color.org) or the terminal is a dumb one.
 */
import { fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { writeWhole } from '../runtime/sys/guarded-write.ts';
import { Failure } from './exit.ts';
import { reason } from './reason.ts';

export interface Terminal {
  /** What was asked for. Ends the line. */
  out(text: string): void;
  /** What else there is to say. Ends the line. */
  err(text: string): void;
  /** Whether a person reads what `out` writes. */
  readonly interactive: boolean;
  /** Columns to wrap long texts at. */
  readonly width: number;
  /** Whether `out` and `err` may be coloured. */
  readonly colour: { readonly out: boolean; readonly err: boolean };
  /** How much there is to be said besides; absent, the usual. */
  readonly talk?: Talk;
  /** Resolves when everything is written. @throws {Failure} where something could not be */
  flush(): Promise<void>;
}

/** `quiet`: what was asked for, and errors. `verbose`: details too. */
export type Talk = 'quiet' | 'verbose';

/** Colours by what they mean. */
const styles = {
  bold: 'bold',
  dim: 'dim',
  error: ['bold', 'red'],
  warning: ['bold', 'magenta'],
  good: 'green',
} as const;

type Format = Parameters<typeof styleText>[0];

export type Style = keyof typeof styles;

/** `text` in a style, or as it is. */
export const paint = (style: Style, text: string, colour: boolean): string =>
  colour ? styleText(styles[style] as Format, text, { validateStream: false }) : text;

/** Longer lines are hard to read, however wide the terminal. */
const WIDTH_MAX = 100;

interface Stream {
  readonly isTTY?: boolean;
}

export function coloured(stream: Stream, env: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}

/**
 * Standard output and standard error. Node writes a terminal and a file at once, and keeps what a
 * pipe has no room for: `flush` waits for its reader.
 */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  const outputs = [new Output('output', stdout), new Output('error', stderr)];
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    interactive: stdout.isTTY === true,
    width: Math.min(stdout.columns || WIDTH_MAX, WIDTH_MAX),
    colour: { out: coloured(stdout), err: coloured(stderr) },
    async flush() {
      for (const output of outputs) await output.flush();
    },
  };
}

type OutputStream = typeof process.stdout | typeof process.stderr;

/** One of the two, and the error that ended it. */
class Output {
  private readonly name: string;
  private readonly stream: OutputStream;
  private unwritten: Failure | null = null;

  constructor(name: string, stream: OutputStream) {
    this.name = name;
    this.stream = stream;
    stream.on('error', this.onError);
    if (isFile(stream.fd)) stream._write = fileWriter(stream.fd);
  }

  /** Resolves when the reader has all, or has gone. @throws {Failure} */
  async flush(): Promise<void> {
    const { stream } = this;
    const error = await new Promise((resolve) => stream.write('', resolve));
    // The stream emits the error that failed the write in the event loop's next turn.
    if (error) await new Promise((resolve) => setImmediate(resolve));
    if (this.unwritten !== null) throw this.unwritten;
  }

  private readonly onError = (error: NodeJS.ErrnoException): void => {
    // The reader went away, such as head, or the terminal did: nothing more is wanted.
    if (error.code === 'EPIPE' || error.code === 'EIO') return;
    this.unwritten ??= new Failure(`cannot write standard ${this.name}: ${reason(error)}`);
  };
}

const isFile = (fd: number): boolean => fstatSync(fd).isFile();

/** Node's own stream for a file takes a part that was written for the whole. */
const fileWriter =
  (fd: number): Writable['_write'] =>
  (chunk: Uint8Array, _encoding, done) => {
    try {
      writeWhole(fd, chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  };

/** The same, where less or more is said. */
export const talking = (terminal: Terminal, talk: Talk): Terminal => ({
  out: (text) => terminal.out(text),
  err: (text) => terminal.err(text),
  interactive: terminal.interactive,
  width: terminal.width,
  colour: terminal.colour,
  talk,
  flush: () => terminal.flush(),
});

/** That something was done, for the one who waits for it. */
export function note(text: string, terminal: Terminal): void {
  if (terminal.talk !== 'quiet') terminal.out(text);
}

/** A step on the way, for the one who wants to hear of each. */
export function step(text: string, terminal: Terminal): void {
  if (terminal.talk === 'verbose') terminal.err(`glossa: ${text}`);
}

/** Something that its user should know besides what was asked for. */
export function warn(text: string, terminal: Terminal): void {
  if (terminal.talk === 'quiet') return;
  terminal.err(`glossa: ${paint('warning', 'warning:', terminal.colour.err)} ${text}`);
}

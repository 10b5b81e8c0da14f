/**
 * Where a command writes. Colour only where a person looks: on a terminal, unless NO_COLOR is set
 * (https://no-color.org) or the terminal is a dumb one.
 */
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
const styles = { bold: '1', dim: '2', error: '1;31', warning: '1;35', good: '32' } as const;

export type Style = keyof typeof styles;

/** `text` in a style, or as it is. */
export const paint = (style: Style, text: string, colour: boolean): string =>
  colour ? `\x1b[${styles[style]}m${text}\x1b[0m` : text;

/** Longer lines are hard to read, however wide the terminal. */
const WIDTH_MAX = 100;

interface Stream {
  readonly isTTY?: boolean;
}

export function coloured(stream: Stream, env: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}

/** Standard output and standard error. Node writes both at once, whatever they are. */
export function processTerminal(): Terminal {
  let unwritten: Failure | null = null;
  for (const [name, stream] of [
    ['output', process.stdout],
    ['error', process.stderr],
  ] as const) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // The reader went away, such as head, or the terminal did: nothing more is wanted.
      if (error.code === 'EPIPE' || error.code === 'EIO') return;
      unwritten ??= new Failure(`cannot write standard ${name}: ${reason(error)}`);
    });
  }
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    interactive: process.stdout.isTTY === true,
    width: Math.min(process.stdout.columns || WIDTH_MAX, WIDTH_MAX),
    colour: { out: coloured(process.stdout), err: coloured(process.stderr) },
    async flush() {
      // Errors are told of a little after the write.
      await new Promise((resolve) => setImmediate(resolve));
      if (unwritten !== null) throw unwritten;
    },
  };
}

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

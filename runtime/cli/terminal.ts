/**
 * Where a command writes. Colour only where a person looks: on a terminal, unless NO_COLOR is set
 * (https://no-color.org) or the terminal is a dumb one.
 */

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
  /** Resolves when everything is written. */
  flush(): Promise<void>;
}

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
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // The reader went away, such as head, or the terminal did: nothing more is wanted.
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    interactive: process.stdout.isTTY === true,
    width: Math.min(process.stdout.columns ?? WIDTH_MAX, WIDTH_MAX),
    colour: { out: coloured(process.stdout), err: coloured(process.stderr) },
    flush: async () => {},
  };
}

/** Something that its user should know besides what was asked for. */
export const warn = (text: string, terminal: Terminal): void =>
  terminal.err(`glossa: ${paint('warning', 'warning:', terminal.colour.err)} ${text}`);

/** Reads, evaluates, prints, until there is nothing more to read. */
import type { Evaluation } from '../../bridges/host/guest.ts';
import { EXIT_FAILURE, EXIT_OK } from '../../terminal/exit.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** Where lines come from. */
export interface Prompt {
  /** The next line; `again` when a statement goes on. Null when there is none any more. */
  next(again: boolean): Promise<string | null | typeof CANCELLED>;
  /** Resolves when what runs is to be waited for no longer; never in a pipe. */
  readonly interrupted: () => { readonly promise: Promise<void>; done(): void };
  /** Whether the first failure ends it. */
  readonly strict: boolean;
  close(): void;
}

/** The line was thrown away: Ctrl-C. */
export const CANCELLED: unique symbol = Symbol('cancelled');

type Evaluate = (source: string) => Promise<Evaluation>;

/** The exit status: failure when the lines of a pipe came to an exception. */
export async function serveRepl(
  evaluate: Evaluate,
  prompt: Prompt,
  terminal: Terminal,
): Promise<number> {
  let pending: string[] = [];
  for (;;) {
    const line = await prompt.next(pending.length > 0);
    if (line === CANCELLED) {
      pending = [];
      continue;
    }
    // The end of a pipe is also the end of a statement.
    if (line === null && (prompt.strict ? pending.length === 0 : true)) return EXIT_OK;
    if (line !== null) pending.push(line);
    const source = pending.join('\n') + (line === null ? '\n\n' : '');
    if (source.trim() === '') {
      pending = [];
      continue;
    }
    const result = await patiently(evaluate(source), prompt);
    if (result === undefined) {
      terminal.err('interrupted: it is not waited for any longer');
      pending = [];
      continue;
    }
    if (result.incomplete && line !== null) continue;
    pending = [];
    if (result.output !== '') terminal.out(result.output.replace(/\n$/, ''));
    if (prompt.strict && result.failed === true) return EXIT_FAILURE;
    if (line === null) return result.incomplete ? EXIT_FAILURE : EXIT_OK;
  }
}

/** Longer than anybody waits. */
const ALIVE_MS = 2 ** 30;

/** What comes of something that may take its time; undefined when it was interrupted. */
async function patiently(
  running: Promise<Evaluation>,
  prompt: Prompt,
): Promise<Evaluation | undefined> {
  const interrupted = prompt.interrupted();
  // The timers of a graph keep no process alive, and the terminal is not read meanwhile.
  const alive = setInterval(() => {}, ALIVE_MS);
  try {
    return (await Promise.race([running, interrupted.promise])) ?? undefined;
  } finally {
    clearInterval(alive);
    interrupted.done();
  }
}

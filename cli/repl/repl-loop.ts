/** Runs the read-evaluate-print loop until the end of the input. */
import type { Evaluation } from '../../bridges/host/guest.ts';
import { EXIT_FAILURE, EXIT_OK } from '../../terminal/exit.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** The source of lines: a terminal or a pipe. */
export interface Prompt {
  /** Reads a line; `again` within a statement. Null at the end of the input. */
  readLine(isContinuation: boolean): Promise<string | null | typeof CANCELLED>;
  /** Starts listening for Ctrl-C, which ends the wait for a result; `promise` never resolves in a pipe. */
  readonly listenForInterrupt: () => { readonly promise: Promise<void>; stopListening(): void };
  /** Whether the first failure ends the loop. */
  readonly strict: boolean;
  close(): void;
}

/** The result of a line that Ctrl-C discarded. */
export const CANCELLED: unique symbol = Symbol('cancelled');

type EvaluateSource = (source: string) => Promise<Evaluation>;

/** Resolves to the exit status: failure after an exception in the lines of a pipe. */
export async function serveRepl(
  evaluate: EvaluateSource,
  prompt: Prompt,
  terminal: Terminal,
): Promise<number> {
  let statementLines: string[] = [];
  for (;;) {
    const line = await prompt.readLine(statementLines.length > 0);
    if (line === CANCELLED) {
      statementLines = [];
      continue;
    }
    // The end of a pipe ends the statement, too.
    if (line === null && (prompt.strict ? statementLines.length === 0 : true)) return EXIT_OK;
    if (line !== null) statementLines.push(line);
    const source = statementLines.join('\n') + (line === null ? '\n\n' : '');
    if (source.trim() === '') {
      statementLines = [];
      continue;
    }
    const result = await awaitEvaluation(evaluate(source), prompt);
    if (result === undefined) {
      terminal.err('interrupted: the result is dropped');
      statementLines = [];
      continue;
    }
    if (result.incomplete && line !== null) continue;
    statementLines = [];
    if (result.output !== '') terminal.out(result.output.replace(/\n$/, ''));
    if (prompt.strict && result.failed === true) return EXIT_FAILURE;
    if (line === null) return result.incomplete ? EXIT_FAILURE : EXIT_OK;
  }
}

/** The period of a timer that only keeps the process alive. */
const ALIVE_MS = 2 ** 30;

/** Waits for an evaluation; undefined after an interrupt. */
async function awaitEvaluation(
  evaluation: Promise<Evaluation>,
  prompt: Prompt,
): Promise<Evaluation | undefined> {
  const interruption = prompt.listenForInterrupt();
  // Neither the timers of the graph nor the paused terminal keep the process alive.
  const keepAliveTimer = setInterval(() => {}, ALIVE_MS);
  try {
    return (await Promise.race([evaluation, interruption.promise])) ?? undefined;
  } finally {
    clearInterval(keepAliveTimer);
    interruption.stopListening();
  }
}

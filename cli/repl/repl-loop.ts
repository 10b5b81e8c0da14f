/**
 * Runs the read-evaluate-print loop of `glossa repl`, and defines the prompt that it reads from.
 */
import type { Evaluation } from '../../bridges/host/guest.ts';
import { EXIT_FAILURE, EXIT_OK } from '../../terminal/exit.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** The source of lines: a terminal or a pipe. */
export interface Prompt {
  /**
   * Reads a line; null at the end of the input.
   * @param isContinuation whether the line continues an incomplete statement
   */
  readLine(isContinuation: boolean): Promise<string | null | typeof CANCELLED>;
  /** Starts listening for Ctrl-C; `promise` resolves at it, and never for a pipe. */
  readonly listenForInterrupt: () => {
    readonly whenInterrupted: Promise<void>;
    stopListening(): void;
  };
  /** Whether the lines come from a pipe: then the first failure ends the loop. */
  readonly isPipe: boolean;
  close(): void;
}

/** Returned by `readLine` if Ctrl-C discarded the line. */
export const CANCELLED: unique symbol = Symbol('cancelled');

type EvaluateSource = (source: string) => Promise<Evaluation>;

/** Runs the loop; resolves to the exit status: EXIT_FAILURE if a line from a pipe failed. */
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
    // The end of a pipe also ends an incomplete statement, which is then evaluated.
    if (line === null && (!prompt.isPipe || statementLines.length === 0)) return EXIT_OK;
    if (line !== null) statementLines.push(line);
    // In Python, an empty line ends a statement of several lines.
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
    if (result.isIncomplete && line !== null) continue;
    statementLines = [];
    if (result.output !== '') terminal.out(result.output.replace(/\n$/, ''));
    if (prompt.isPipe && result.hasFailed === true) return EXIT_FAILURE;
    if (line === null) return result.isIncomplete ? EXIT_FAILURE : EXIT_OK;
  }
}

/** The milliseconds of a timer that only keeps the process alive. */
const KEEP_ALIVE_MS = 2 ** 30;

/** Waits for an evaluation; resolves to undefined after an interrupt. */
async function awaitEvaluation(
  evaluation: Promise<Evaluation>,
  prompt: Prompt,
): Promise<Evaluation | undefined> {
  const interruption = prompt.listenForInterrupt();
  // Neither the timers of the graph nor the paused terminal keep the process alive.
  const keepAliveTimer = setInterval(() => {}, KEEP_ALIVE_MS);
  try {
    return (await Promise.race([evaluation, interruption.whenInterrupted])) ?? undefined;
  } finally {
    clearInterval(keepAliveTimer);
    interruption.stopListening();
  }
}

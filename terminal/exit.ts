/**
 * Defines the exit statuses of commands, two errors whose message the user sees without a stack trace (UsageError and
 * Failure), and system errors in the system's own words. `exitAfterFlush` ends the process once its output has been read.
 */

import { constants } from 'node:os';
import { strerror } from '../runtime/core/errno.ts';

/**
 * The largest errno that is libuv's own code, such as that of a failed host lookup; the system's
 * are larger.
 */
const LIBUV_ERRNO_MAX = -3000;

/** Returns the system's text of a system error (`No such file or directory`), else the message. */
export function formatReason(error: unknown): string {
  const { errno, code, message } = error as NodeJS.ErrnoException;
  if (errno !== undefined && errno > LIBUV_ERRNO_MAX) return strerror(-errno);
  // Node's error for a host whose addresses cannot be connected to has a code and an empty message.
  return error instanceof Error ? message || (code ?? '') : String(error);
}

/** Exit statuses of all commands. */
export const EXIT_OK = 0;
export const EXIT_FAILURE = 1;
export const EXIT_USAGE = 2;
/** Statuses of `glossa run`, the same as a shell's. */
export const EXIT_NOT_EXECUTABLE = 126;
export const EXIT_NOT_FOUND = 127;
/** The status of a process that a signal ended is this plus the signal's number. */
export const EXIT_SIGNAL = 128;

/** The table of exit statuses in the help. */
export const exitTable: readonly (readonly [status: string, meaning: string])[] = [
  [`${EXIT_OK}`, 'done; of a server: unmounted cleanly, whether by umount, SIGINT or SIGTERM'],
  [
    `${EXIT_FAILURE}`,
    'failed: an error in the volfile, a start that failed, no such mount, a test that failed',
  ],
  [`${EXIT_USAGE}`, 'wrong use: an unknown option or command, a missing operand'],
  [
    `${EXIT_NOT_EXECUTABLE}`,
    'run: the command cannot be executed; otherwise run ends as its command did',
  ],
  [`${EXIT_NOT_FOUND}`, 'run: the command was not found'],
  [`${EXIT_SIGNAL}+N`, 'run: the command was ended by signal N; also a start that N interrupted'],
];

/** A wrong command line. The usage is printed below the message. */
export class UsageError extends Error {
  readonly code = 'GLOSSA_USAGE';

  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** An operation that failed for a known reason: the user sees the message, and no stack trace. */
export class Failure extends Error {
  readonly code = 'GLOSSA_FAILURE';
  /**
   * The problems that the message describes at length, such as those of a volfile: one short line
   * each, for the log and JSON. Null for a message of one sentence, printed after `glossa: `.
   */
  readonly problems: readonly string[] | null;

  constructor(message: string, problems: readonly string[] | null = null) {
    super(message);
    this.name = 'Failure';
    this.problems = problems;
  }
}

/** The output streams of the process. */
interface OutputStreams {
  /** Prints a line to standard error. */
  err(text: string): void;
  /** Resolves when all output was read. @throws {Failure} when output could not be written */
  flush(): Promise<void>;
}

/**
 * Ends the process when its output has been read, however slowly; a signal ends it at once. If the
 * output could not be written, such as on a full disk, the status 0 becomes EXIT_FAILURE.
 */
export async function exitAfterFlush(status: number, terminal: OutputStreams): Promise<never> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.removeAllListeners(signal);
    process.on(signal, () => process.exit(EXIT_SIGNAL + constants.signals[signal]));
  }
  try {
    await terminal.flush();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    terminal.err(`glossa: ${error.message}`);
    process.exit(status || EXIT_FAILURE);
  }
  process.exit(status);
}

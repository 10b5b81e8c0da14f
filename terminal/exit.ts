/**
 * Ends a command: defines the exit statuses and the two errors that show the user a message instead of a
 * stack, and ends the process once its output has been read.
 */

import { constants } from 'node:os';

export const EXIT_OK = 0;
export const EXIT_FAILURE = 1;
export const EXIT_USAGE = 2;
/** Of `glossa run`, as shells have them. */
export const EXIT_NOT_EXECUTABLE = 126;
export const EXIT_NOT_FOUND = 127;
/** A process that a signal ended: this, and the signal's number. */
export const EXIT_SIGNAL = 128;

/** All of them, for the help. */
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

/** The command line makes no sense. The usage is shown below the message. */
export class UsageError extends Error {
  readonly code = 'GLOSSA_USAGE';

  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Something could not be done. The message is all that there is to say. */
export class Failure extends Error {
  readonly code = 'GLOSSA_FAILURE';
  /**
   * When the message is lines that name their places, such as a volfile's problems: the same in
   * short, a line for each.
   */
  readonly problems: readonly string[] | null;

  constructor(message: string, problems: readonly string[] | null = null) {
    super(message);
    this.name = 'Failure';
    this.problems = problems;
  }
}

/** An output stream of the process. */
interface Written {
  err(text: string): void;
  /** @throws {Failure} where something could not be written */
  flush(): Promise<void>;
}

/**
 * Ends the process when its output has been read, however slowly. A signal ends it at once from here
 * on. Output that could not be written, on a full disk for example, is a failure.
 */
export async function leave(status: number, terminal: Written): Promise<never> {
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

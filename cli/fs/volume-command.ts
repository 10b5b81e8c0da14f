/**
 * Runs a command of `glossa fs`: opens volumes, reports the files that failed, and ends at Ctrl-C.
 */
import type { FileError } from '../../runtime/api/file-error.ts';
import { makePrintable } from '../../runtime/volfile/printable-text.ts';
import type { Volume } from '../../server/open-volume.ts';
import { EXIT_FAILURE, EXIT_OK, EXIT_SIGNAL, Failure } from '../../terminal/exit.ts';
import { rejectOnAbort, runInterruptibly } from '../../terminal/interruption.ts';
import { formatReason } from '../../terminal/reason.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { OpenVolumes, Operand } from './operand.ts';

/** The number of SIGINT. */
const SIGINT = 2;
/** Milliseconds for which the end of the command waits until servers have closed its files. */
const CLOSE_TIMEOUT_MS = 2000;

/** Thrown when the reader of standard output has ended: the command ends without the rest. */
export class ReaderGone extends Error {
  readonly code = 'GLOSSA_READER_GONE';
}

/** A command of `glossa fs` that is running. */
export class VolumeCommand {
  readonly terminal: Terminal;
  /** Aborts at the first signal that asks the process to end. */
  readonly signal: AbortSignal;
  private readonly name: string;
  private readonly volumes: OpenVolumes;
  private hasFailed = false;

  constructor(name: string, volumes: OpenVolumes, terminal: Terminal, signal: AbortSignal) {
    this.name = name;
    this.volumes = volumes;
    this.terminal = terminal;
    this.signal = signal;
  }

  /** The exit status so far. */
  get status(): number {
    return this.hasFailed ? EXIT_FAILURE : EXIT_OK;
  }

  /** Opens the volume of an operand. Its operations end at a signal. @throws {Failure} */
  async open(operand: Operand): Promise<Volume> {
    return (await this.openUninterrupted(operand)).with({ signal: this.signal });
  }

  /**
   * Opens the volume for operations that a signal must not cut off: they check the signal
   * themselves, and clean up (`fs cp` removes an unfinished copy).
   */
  openUninterrupted(operand: Operand): Promise<Volume> {
    return rejectOnAbort(this.volumes.open(operand), this.signal);
  }

  /** Reports the error of one file. @param operand its volume is put before a path without one */
  readonly report = (error: unknown, operand?: Operand): void => {
    this.hasFailed = true;
    const { terminal } = this;
    if (error instanceof Failure && error.problems !== null) terminal.err(error.message);
    else terminal.err(`glossa ${this.name}: ${makePrintable(describeError(error, operand))}`);
  };

  /** Runs an action for one operand. A failure is reported, and does not end the command. */
  async attempt(operand: Operand, action: () => Promise<void>): Promise<void> {
    this.signal.throwIfAborted();
    try {
      await action();
    } catch (error) {
      if (this.signal.aborted || !isReportable(error)) throw error;
      this.report(error, operand);
    }
  }
}

/** Whether an error is due to the user's files, volumes or network. */
const isReportable = (error: unknown): boolean =>
  error instanceof Failure || (error as { syscall?: unknown }).syscall !== undefined;

/** Describes an error as `FILE: REASON`, with the volume of `operand` before a path without one. */
function describeError(error: unknown, operand: Operand | undefined): string {
  if (error instanceof Failure) return error.message;
  const { path, reason: text = formatReason(error) } = error as FileError & { reason?: string };
  const name =
    path === undefined
      ? operand?.text
      : `${path.startsWith('/') ? (operand?.prefix ?? '') : ''}${path}`;
  return name === undefined ? text : `${name}: ${text}`;
}

/**
 * Runs a command, and closes its volumes. Resolves to the exit status.
 * @param name such as `fs cp`
 */
export function runVolumeCommand(
  name: string,
  terminal: Terminal,
  volumes: OpenVolumes,
  action: (command: VolumeCommand) => Promise<void>,
): Promise<number> {
  return runInterruptibly(name, terminal, async (signal) => {
    const command = new VolumeCommand(name, volumes, terminal, signal);
    // The first Ctrl-C waits for requests under way; the second does not.
    signal.addEventListener('abort', () => {
      process.once('SIGINT', () => process.exit(EXIT_SIGNAL + SIGINT));
    });
    try {
      await action(command);
      signal.throwIfAborted();
    } catch (error) {
      if (signal.aborted) throw error;
      if (error instanceof ReaderGone) return command.status;
      if (!isReportable(error)) throw error;
      command.report(error);
    } finally {
      await rejectOnAbort(volumes.close(), AbortSignal.timeout(CLOSE_TIMEOUT_MS)).catch(() => {
        // A server that does not reply must not keep the command.
      });
    }
    return command.status;
  });
}

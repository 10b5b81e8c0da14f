/**
 * Requests the shutdown of a server: at SIGINT and SIGTERM, or when its starter has ended. Until
 * `defer` is called, a request makes the process exit at once; then it calls the function that
 * `onRequest` has set. Also handles SIGHUP, SIGUSR1 and uncaught errors.
 */

import { constants } from 'node:os';
import type { Log } from '../runtime/core/log.ts';
import { messages } from '../runtime/core/messages.ts';
import { EXIT_FAILURE, EXIT_SIGNAL, exitAfterFlush, Failure } from '../terminal/exit.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { ReopenableSink } from './log-sink.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The milliseconds of a timer that only keeps Node alive. */
const KEEP_ALIVE_MS = 2 ** 30;

/** The shutdown requests and the signals of this process. */
export class Shutdown {
  private readonly log: Log;
  private readonly sink: ReopenableSink;
  private readonly terminal: Terminal;
  private readonly keepAliveTimer = setInterval(() => {}, KEEP_ALIVE_MS);
  /** Whether a request waits for `carryOut`, instead of ending the process. */
  private isDeferred = false;
  private isRequested = false;
  /** Carries out the shutdown; null before `onRequest`. */
  private carryOut: (() => void) | null = null;
  /** Whether no second request can come, because the starter has ended. */
  isFinalRequest = false;
  /** Called at SIGHUP, after the log is reopened. */
  onSighup: (() => void) | null = null;
  /** Called at SIGUSR1; while null, the signal only writes a line into the log. */
  onSigusr1: (() => void) | null = null;

  constructor(log: Log, sink: ReopenableSink, terminal: Terminal) {
    this.log = log;
    this.sink = sink;
    this.terminal = terminal;
    for (const signal of SIGNALS) process.on(signal, this.handleSignal);
    process.on('SIGHUP', this.handleSighup);
    process.on('SIGUSR1', this.handleSigusr1);
    process.on('uncaughtException', this.handleUncaught);
  }

  /** Makes requests wait for `onRequest` from now on: the mount or the bricks exist. */
  defer(): void {
    this.isDeferred = true;
  }

  /** Sets the function that carries out the shutdown; calls it at once if that was requested. */
  onRequest(carryOut: () => void): void {
    this.carryOut = carryOut;
    if (this.isRequested) carryOut();
  }

  /** Requests the shutdown. The second request exits at once. */
  request(reason: string, status = EXIT_FAILURE): void {
    this.log.info(`ending: ${reason}`, { msgid: messages.serverEnding.id });
    // The mount's exit handler unmounts.
    if (this.isRequested) process.exit(status);
    this.isRequested = true;
    if (this.isDeferred) this.carryOut?.();
    else void exitAfterFlush(status, this.terminal);
  }

  /** Removes the listeners, and lets the process end. */
  close(): void {
    clearInterval(this.keepAliveTimer);
    for (const signal of SIGNALS) process.off(signal, this.handleSignal);
    process.off('SIGHUP', this.handleSighup);
    process.off('SIGUSR1', this.handleSigusr1);
    process.off('uncaughtException', this.handleUncaught);
  }

  private readonly handleSignal = (signal: NodeJS.Signals): void => {
    this.request(`received ${signal}`, EXIT_SIGNAL + constants.signals[signal]);
  };

  private readonly handleSigusr1 = (): void => {
    if (this.onSigusr1 === null) this.log.info('received SIGUSR1: there is nothing to dump yet');
    else this.onSigusr1();
  };

  private readonly handleSighup = (): void => {
    try {
      this.sink.reopen();
      this.log.info('reopened the log', { msgid: messages.logReopened.id });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.log.error(error.message, { msgid: messages.logNotReopened.id });
    }
    this.onSighup?.();
  };

  /** After an uncaught error the graph's state is unknown, so the process exits at once. */
  private readonly handleUncaught = (error: unknown): void => {
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    this.log.critical(`unexpected error: ${stack}`, { msgid: messages.unexpectedError.id });
    this.terminal.err(`glossa: unexpected error: ${message} (the log tells more)`);
    process.exit(EXIT_FAILURE);
  };
}

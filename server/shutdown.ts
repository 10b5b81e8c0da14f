/**
 * Shuts a server down: at SIGINT and SIGTERM, when its starter asks or is gone, or at an uncaught
 * error. Before there is a mount, the process simply exits.
 */

import { constants } from 'node:os';
import type { Log } from '../runtime/core/log.ts';
import { messages } from '../runtime/core/messages.ts';
import { EXIT_FAILURE, EXIT_SIGNAL, exitAfterFlush, Failure } from '../terminal/exit.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { ReopenableSink } from './log-sink.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The period of a timer that only keeps Node alive until a mount is served. */
const ALIVE_MS = 2 ** 30;

export class Shutdown {
  private readonly log: Log;
  private readonly sink: ReopenableSink;
  private readonly terminal: Terminal;
  private readonly keepAliveTimer = setInterval(() => {}, ALIVE_MS);
  private isDeferred = false;
  private isRequested = false;
  private carryOut: (() => void) | null = null;
  /** Whether no second request can come, as the starter is gone. */
  isLast = false;
  /** Called at SIGHUP, after the log is reopened. */
  onSighup: (() => void) | null = null;
  /** Called at SIGUSR1; while null, the signal only writes a line into the log. */
  onSigusr1: (() => void) | null = null;

  constructor(log: Log, sink: ReopenableSink, terminal: Terminal) {
    this.log = log;
    this.sink = sink;
    this.terminal = terminal;
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
    process.on('SIGHUP', this.handleSighup);
    process.on('SIGUSR1', this.handleSigusr1);
    process.on('uncaughtException', this.onUncaught);
  }

  /** From now on a request waits for `onRequest`. */
  defer(): void {
    this.isDeferred = true;
  }

  /** Sets the function that carries out a request; calls it at once if a request waits. */
  onRequest(carryOut: () => void): void {
    this.carryOut = carryOut;
    if (this.isRequested) carryOut();
  }

  /** Requests the shutdown. The second request exits at once. */
  request(why: string, status = EXIT_FAILURE): void {
    this.log.info(`ending: ${why}`, { msgid: messages.ending.id });
    // The mount unmounts itself on exit.
    if (this.isRequested) process.exit(status);
    this.isRequested = true;
    if (this.isDeferred) this.carryOut?.();
    else void exitAfterFlush(status, this.terminal);
  }

  /** Removes the listeners, and lets the process end. */
  close(): void {
    clearInterval(this.keepAliveTimer);
    for (const signal of SIGNALS) process.off(signal, this.onSignal);
    process.off('SIGHUP', this.handleSighup);
    process.off('SIGUSR1', this.handleSigusr1);
    process.off('uncaughtException', this.onUncaught);
  }

  private readonly onSignal = (signal: NodeJS.Signals): void => {
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

  /** The state of the graph is unknown, so the process exits without waiting for its output. */
  private readonly onUncaught = (error: unknown): void => {
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    this.log.critical(`unexpected error: ${stack}`, { msgid: messages.unexpected.id });
    this.terminal.err(`glossa: unexpected error: ${message} (the log tells more)`);
    process.exit(EXIT_FAILURE);
  };
}

/**
 * Shuts a server down: at SIGINT and SIGTERM, when its starter asks or is gone, or at an uncaught
 * error. Before there is a mount, the process simply exits.
 */

import { constants } from 'node:os';
import type { Log } from '../runtime/core/log.ts';
import { messages } from '../runtime/core/messages.ts';
import { EXIT_FAILURE, EXIT_SIGNAL, Failure, leave } from '../terminal/exit.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { ReopenableSink } from './log-sink.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The period of a timer that only keeps Node alive until a mount is served. */
const ALIVE_MS = 2 ** 30;

export class Shutdown {
  private readonly log: Log;
  private readonly sink: ReopenableSink;
  private readonly terminal: Terminal;
  private readonly alive = setInterval(() => {}, ALIVE_MS);
  private deferred = false;
  private requested = false;
  private end: (() => void) | null = null;
  /** Whether no second request can come, as the starter is gone. */
  isLast = false;
  /** Called at SIGHUP, after the log is reopened. */
  onHangUp: (() => void) | null = null;
  /** Called at SIGUSR1; while null, the signal only writes a line into the log. */
  onUser: (() => void) | null = null;

  constructor(log: Log, sink: ReopenableSink, terminal: Terminal) {
    this.log = log;
    this.sink = sink;
    this.terminal = terminal;
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
    process.on('SIGHUP', this.hangUp);
    process.on('SIGUSR1', this.user);
    process.on('uncaughtException', this.onUncaught);
  }

  /** From now on a request waits for `onRequest`. */
  defer(): void {
    this.deferred = true;
  }

  /** Sets the function that carries out a request; calls it at once if a request waits. */
  onRequest(end: () => void): void {
    this.end = end;
    if (this.requested) end();
  }

  /** Requests the shutdown. The second request exits at once. */
  request(why: string, status = EXIT_FAILURE): void {
    this.log.info(`ending: ${why}`, { msgid: messages.ending.id });
    // The mount unmounts itself on exit.
    if (this.requested) process.exit(status);
    this.requested = true;
    if (this.deferred) this.end?.();
    else void leave(status, this.terminal);
  }

  /** Removes the listeners, and lets the process end. */
  close(): void {
    clearInterval(this.alive);
    for (const signal of SIGNALS) process.off(signal, this.onSignal);
    process.off('SIGHUP', this.hangUp);
    process.off('SIGUSR1', this.user);
    process.off('uncaughtException', this.onUncaught);
  }

  private readonly onSignal = (signal: NodeJS.Signals): void => {
    this.request(`received ${signal}`, EXIT_SIGNAL + constants.signals[signal]);
  };

  private readonly user = (): void => {
    if (this.onUser === null) this.log.info('received SIGUSR1: there is nothing to dump yet');
    else this.onUser();
  };

  private readonly hangUp = (): void => {
    try {
      this.sink.reopen();
      this.log.info('reopened the log', { msgid: messages.logReopened.id });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.log.error(error.message, { msgid: messages.logNotReopened.id });
    }
    this.onHangUp?.();
  };

  /** The state of the graph is unknown, so the process exits without waiting for its output. */
  private readonly onUncaught = (error: unknown): void => {
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    this.log.critical(`unexpected error: ${stack}`, { msgid: messages.unexpected.id });
    this.terminal.err(`glossa: unexpected error: ${message} (the log tells more)`);
    process.exit(EXIT_FAILURE);
  };
}

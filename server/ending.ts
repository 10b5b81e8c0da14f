/**
 * Ends a server: at SIGINT and SIGTERM, when its starter asks or is gone, or at an error that
 * nothing caught. Until there is a mount, ending is simply to exit.
 */

import { constants } from 'node:os';
import type { Log } from '../runtime/core/log.ts';
import { messages } from '../runtime/core/messages.ts';
import { EXIT_FAILURE, EXIT_SIGNAL, Failure, leave } from '../terminal/exit.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { ReopenableSink } from './log-sink.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Long enough to be for ever: something has to keep Node alive while nothing is served. */
const ALIVE_MS = 2 ** 30;

export class Ending {
  private readonly log: Log;
  private readonly sink: ReopenableSink;
  private readonly terminal: Terminal;
  private readonly alive = setInterval(() => {}, ALIVE_MS);
  private deferred = false;
  private requested = false;
  private end: (() => void) | null = null;
  /** There is nobody who could ask a second time. */
  isLast = false;
  /** What else SIGHUP does, besides opening the log again. */
  onHangUp: (() => void) | null = null;
  /** What SIGUSR1 does; until there is something to dump, nothing but a line in the log. */
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

  /** From here on a request waits for `onRequest`. */
  defer(): void {
    this.deferred = true;
  }

  /** Whoever carries out a request; at once when there was one already. */
  onRequest(end: () => void): void {
    this.end = end;
    if (this.requested) end();
  }

  /** Asks for the end. The second time it is not waited for. */
  request(why: string, status = EXIT_FAILURE): void {
    this.log.info(`ending: ${why}`, { msgid: messages.ending.id });
    // A mount takes itself away on exit.
    if (this.requested) process.exit(status);
    this.requested = true;
    if (this.deferred) this.end?.();
    else void leave(status, this.terminal);
  }

  /** Nothing is left to end. */
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

  /** The state of the graph is unknown: the process serves no further request, for its output neither. */
  private readonly onUncaught = (error: unknown): void => {
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    this.log.critical(`unexpected error: ${stack}`, { msgid: messages.unexpected.id });
    this.terminal.err(`glossa: unexpected error: ${message} (the log tells more)`);
    process.exit(EXIT_FAILURE);
  };
}

/** Hears the signals that end a command early, for commands that clean up first. */
import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';
import { EXIT_SIGNAL, Failure } from './exit.ts';
import type { Terminal } from './terminal.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Signals that ask this process to end: it cleans up first. */
export class Interruption {
  /** Resolves to the exit status of the first signal. */
  readonly came: Promise<number>;
  private readonly controller = new AbortController();
  private readonly signals: readonly NodeJS.Signals[];
  private received: NodeJS.Signals | null = null;

  constructor(signals: readonly NodeJS.Signals[] = SIGNALS) {
    this.signals = signals;
    // A command may start more servers than Node's default limit of listeners.
    setMaxListeners(0, this.signal);
    this.came = new Promise((resolve) => {
      this.signal.addEventListener('abort', () => resolve(this.ownStatus()!), { once: true });
    });
    for (const signal of signals) process.on(signal, this.onSignal);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The exit status, when there was a signal. */
  async status(): Promise<number | null> {
    // A signal that has just come is delivered in the event loop's next turn.
    await new Promise((resolve) => setTimeout(resolve, 10));
    return this.ownStatus();
  }

  private ownStatus(): number | null {
    return this.received === null ? null : EXIT_SIGNAL + constants.signals[this.received];
  }

  close(): void {
    for (const signal of this.signals) process.off(signal, this.onSignal);
  }

  private readonly onSignal = (signal: NodeJS.Signals): void => {
    this.received ??= signal;
    this.controller.abort(new Failure(`interrupted by ${signal}`));
  };
}

/**
 * What a promise resolves to; rejects at once when it is aborted: whoever has begun what is under way
 * ends it then.
 */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Runs what a signal ends early: `act` cleans up and throws when it is aborted. Resolves to its exit
 * status, or the one that tells of the signal.
 */
export async function interruptibly(
  command: string,
  terminal: Terminal,
  act: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const interruption = new Interruption();
  try {
    return await act(interruption.signal);
  } catch (error) {
    // What broke because of the signal is not worth a message.
    const status = await interruption.status();
    if (status === null) throw error;
    terminal.err(`glossa ${command}: interrupted`);
    return status;
  } finally {
    interruption.close();
  }
}

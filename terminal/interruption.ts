/** Catches SIGINT, SIGTERM and SIGHUP, for commands that must clean up before they end. */
import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';
import { EXIT_SIGNAL, Failure } from './exit.ts';
import type { Terminal } from './terminal.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Listens for signals that ask this process to end; `signal` aborts at the first. */
export class Interruption {
  /** Resolves to the exit status of the first signal. */
  readonly firstSignal: Promise<number>;
  /** Aborts `signal`. */
  private readonly controller = new AbortController();
  private readonly signals: readonly NodeJS.Signals[];
  private receivedSignal: NodeJS.Signals | null = null;

  constructor(signals: readonly NodeJS.Signals[] = SIGNALS) {
    this.signals = signals;
    // Each server of a command adds a listener: there may be more than Node's default limit.
    setMaxListeners(0, this.signal);
    this.firstSignal = new Promise((resolve) => {
      this.signal.addEventListener('abort', () => resolve(this.computeExitStatus()!), {
        once: true,
      });
    });
    for (const signal of signals) process.on(signal, this.onSignal);
  }

  /** The signal that aborts when the process receives the first of the signals. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Resolves to the exit status for the received signal; to null if none was received. */
  async awaitStatus(): Promise<number | null> {
    // Node delivers a signal that has just arrived in the event loop's next turn.
    await new Promise((resolve) => setTimeout(resolve, 10));
    return this.computeExitStatus();
  }

  /** Returns the exit status for the received signal; null without one. */
  private computeExitStatus(): number | null {
    return this.receivedSignal === null
      ? null
      : EXIT_SIGNAL + constants.signals[this.receivedSignal];
  }

  /** Stops listening. */
  close(): void {
    for (const signal of this.signals) process.off(signal, this.onSignal);
  }

  private readonly onSignal = (signal: NodeJS.Signals): void => {
    this.receivedSignal ??= signal;
    this.controller.abort(new Failure(`interrupted by ${signal}`));
  };
}

/**
 * Resolves as the promise does, or rejects as soon as `signal` aborts. The work that the promise
 * stands for continues nevertheless: the caller must end it.
 */
export async function rejectOnAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let rejectWithReason = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    rejectWithReason = () => reject(signal.reason as Error);
    if (signal.aborted) rejectWithReason();
    else signal.addEventListener('abort', rejectWithReason, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', rejectWithReason);
  }
}

/**
 * Runs `action`, and aborts its AbortSignal when the process receives a signal; `action` then
 * cleans up and throws. Resolves to the exit status of `action`, or to that of the signal.
 * @param command the command's name, for the message
 */
export async function runInterruptibly(
  command: string,
  terminal: Terminal,
  action: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const interruption = new Interruption();
  try {
    return await action(interruption.signal);
  } catch (error) {
    // An error that the signal caused needs no message.
    const status = await interruption.awaitStatus();
    if (status === null) throw error;
    terminal.err(`glossa ${command}: interrupted`);
    return status;
  } finally {
    interruption.close();
  }
}

/** Implements the Context of a graph that runs in a browser: clock, timers, randomness and log. */
import type { Context } from '../../../runtime/core/context.ts';
import type { LogSink } from '../../../runtime/core/log.ts';
import { web } from './worker-globals.ts';

/** The longest timer of a browser, in milliseconds; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The Context of one graph in a browser's worker. */
export class BrowserContext implements Context {
  readonly sink: LogSink;
  readonly baseDir: string;

  /**
   * @param write receives every line of the log
   * @param baseDir the folder of relative paths in the volfile, and of modules without a path
   */
  constructor(write: (line: string) => void, baseDir = '/') {
    this.sink = { write, now: () => performance.timeOrigin + performance.now() };
    this.baseDir = baseDir;
  }

  now(): number {
    return performance.now();
  }

  after(ms: number, fn: () => void): () => void {
    let timer: ReturnType<typeof setTimeout>;
    const startTimer = (remainingMs: number): void => {
      const delayMs = Math.min(remainingMs, MAX_TIMER_MS);
      timer = setTimeout(
        () => (remainingMs > delayMs ? startTimer(remainingMs - delayMs) : fn()),
        delayMs,
      );
    };
    startTimer(ms);
    return () => clearTimeout(timer);
  }

  /** Calls `fn` after all pending events, by a message to itself, without a timer's delay. */
  soon(fn: () => void): () => void {
    const { port1, port2 } = new web.MessageChannel();
    const close = (): void => {
      port1.onmessage = null;
      port1.close();
    };
    port1.onmessage = () => {
      close();
      fn();
    };
    port2.postMessage(0);
    return close;
  }

  random(out: Uint8Array): void {
    web.crypto.getRandomValues(out);
  }

  /** Does nothing: a worker's event loop never blocks. */
  wake(): void {}
}

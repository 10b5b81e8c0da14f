/** The Context of a graph that runs in a browser: its clock, timers, randomness and log. */
import type { Context } from '../../../runtime/core/context.ts';
import type { LogSink } from '../../../runtime/core/log.ts';
import { web } from './web.ts';

/** The longest that a browser's timers count; a longer one would ring at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export class BrowserContext implements Context {
  readonly sink: LogSink;
  readonly baseDir: string;

  /**
   * @param write takes every line of the log.
   * @param baseDir what relative paths in the volfile, and modules without a path, are looked for in.
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
    const arm = (left: number): void => {
      const next = Math.min(left, TIMER_MS_MAX);
      timer = setTimeout(() => (left > next ? arm(left - next) : fn()), next);
    };
    arm(ms);
    return () => clearTimeout(timer);
  }

  /** A message to itself waits behind whatever else is there, and for no clock. */
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

  /** Nothing keeps a worker's event loop from turning. */
  wake(): void {}
}

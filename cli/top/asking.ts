/** Asks a mount time and again, by a process of its own that may hang (`asker.ts`). */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Served } from '../../server/control/served.ts';
import { Failure } from '../../terminal/exit.ts';

const PROGRAM = fileURLToPath(import.meta.url).replace(/asking(\.[jt]s)$/, 'asker$1');

/** What it says once it can be asked. */
export const READY = 'ready';

export type Answer = { readonly value: unknown } | { readonly failure: string };

export class Asking<T> {
  private readonly served: Served;
  private readonly child: ChildProcess;
  private settle: ((answer: Answer) => void) | null = null;
  /** Resolves when it can be asked, or cannot be any more. */
  readonly ready: Promise<void>;

  constructor(served: Served) {
    this.served = served;
    // No terminal: a process of Node that has one puts it back at its end, to what it was at its start.
    this.child = fork(PROGRAM, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.child.stderr!.pipe(process.stderr, { end: false });
    let start = (): void => {};
    this.ready = new Promise((resolve) => {
      start = resolve;
    });
    const over = (): void => {
      start();
      this.settle?.({ failure: 'the process that asks the mount has ended' });
    };
    this.child
      .on('message', (said) => (said === READY ? start() : this.settle?.(said as Answer)))
      .once('exit', over)
      .once('error', over);
  }

  /** One at a time. @throws {Failure} */
  ask(): Promise<T> {
    return new Promise((resolve, reject) => {
      this.settle = (answer) => {
        this.settle = null;
        if ('value' in answer) resolve(answer.value as T);
        else reject(new Failure(answer.failure));
      };
      if (this.child.connected) this.child.send(this.served);
      else this.settle({ failure: 'the process that asks the mount has ended' });
    });
  }

  /** It ends by itself, at the latest when the mount answers: nobody waits for it. */
  close(): void {
    if (this.child.connected) this.child.disconnect();
    this.child.stderr!.destroy();
    this.child.unref();
  }
}

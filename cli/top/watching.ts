/** Looks at a mount every so often, until somebody ends it. */
import { ask, type Served } from '../../server/control/client.ts';
import { Failure } from '../../terminal/exit.ts';

/** What is longer in coming is said to be missing. */
const LATE_MS = 2000;
const SAY_MS = 500;
/** For who waits for one answer. */
export const PATIENCE_MS = 6000;

export interface Shown<T> {
  /** @throws {Failure} to end it */
  show(answer: T): void;
  /** There was no answer for so many seconds. @throws {Failure} to end it */
  late(seconds: number): void;
}

/**
 * @param everyMs from one answer to the next question
 * @throws {Failure} what there is to say of a mount that cannot be asked (any more)
 */
export async function watch<T>(
  served: Served,
  everyMs: number,
  shown: Shown<T>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const asked = performance.now();
    const answer = ask(served, 'top', signal) as Promise<T>;
    // An error after the end of the command has no reader.
    answer.catch(() => {});
    let found: { readonly is: T } | null = null;
    while (found === null && !signal.aborted) {
      found = await Promise.race([answer.then((is) => ({ is })), rest(SAY_MS, signal)]);
      const ms = performance.now() - asked;
      if (found === null && ms >= LATE_MS && !signal.aborted) shown.late(Math.floor(ms / 1000));
    }
    if (found === null) return;
    shown.show(found.is);
    await rest(everyMs, signal);
  }
}

/** Resolves after a while, or when it is ended. */
function rest(ms: number, signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve(null);
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

/** For who cannot be told on a screen. @throws {Failure} */
export function giveUp(given: string, seconds: number): void {
  if (seconds * 1000 < PATIENCE_MS) return;
  throw new Failure(`${given} has not answered for ${seconds} seconds`);
}

/**
 * Advances the virtual clock of a playground graph: it stands still until a caller waits for a reply,
 * and then jumps to the next timer. A distant storage thus costs virtual time, but no real time.
 */
import { BrowserContext } from '../../../bridges/machine/browser/context.ts';
import type { VirtualClock } from '../../../runtime/core/virtual-clock.ts';

/** The browser's clock, turns of the event loop and random bytes. */
const browserContext = new BrowserContext(() => {});
/** Resolves after a turn of the event loop. */
const awaitTurn = (): Promise<void> => new Promise((resolve) => void browserContext.soon(resolve));

/** Time limit of a reply in virtual milliseconds. */
const REPLY_TIMEOUT_MS = 600_000;
/** Number of turns without work and timers after which a pending request counts as unanswered. */
const IDLE_TURNS_MAX = 20;
/** Real milliseconds between two advances of the virtual clock in `runInRealTime`. */
const ADVANCE_INTERVAL_MS = 20;

/** The result of a wait that ends without a reply: no timer is pending, or the limit is over. */
export const UNANSWERED: unique symbol = Symbol('unanswered');

/**
 * Lets virtual time pass until a promise settles.
 * @param readSleptMs returns the time that the command `sleep` has taken, which prolongs the limit
 * @throws the promise's error
 */
export async function advanceUntilSettled<R>(
  clock: VirtualClock,
  promise: Promise<R>,
  readSleptMs: () => number,
): Promise<R | typeof UNANSWERED> {
  const state = trackSettled(promise);
  const deadlineMs = clock.now + REPLY_TIMEOUT_MS;
  for (let idleTurns = 0; idleTurns < IDLE_TURNS_MAX; ) {
    // After a turn, all work that needs no time is done.
    await awaitTurn();
    if (state.isSettled) return promise;
    const { nextDueMs } = clock;
    if (nextDueMs === undefined) idleTurns += 1;
    else if (nextDueMs > deadlineMs + readSleptMs()) break;
    else {
      idleTurns = 0;
      clock.advanceTo(nextDueMs);
    }
  }
  return UNANSWERED;
}

/**
 * Advances the virtual clock with the real one until a promise settles. Starts of graphs use it,
 * because interpreters load in real time.
 */
export async function runInRealTime<R>(clock: VirtualClock, promise: Promise<R>): Promise<R> {
  const state = trackSettled(promise);
  let previousMs = browserContext.now();
  await awaitTurn();
  while (!state.isSettled) {
    await Promise.race([
      state.promise,
      new Promise((resolve) => setTimeout(resolve, ADVANCE_INTERVAL_MS)),
    ]);
    const nowMs = browserContext.now();
    clock.advanceTo(clock.now + nowMs - previousMs);
    previousMs = nowMs;
  }
  return promise;
}

/**
 * Tracks whether a promise has settled; the returned `promise` resolves then, and never rejects.
 */
function trackSettled(promise: Promise<unknown>): { isSettled: boolean; promise: Promise<void> } {
  const state = { isSettled: false, promise: Promise.resolve() };
  const markSettled = (): void => {
    state.isSettled = true;
  };
  state.promise = promise.then(markSettled, markSettled);
  return state;
}

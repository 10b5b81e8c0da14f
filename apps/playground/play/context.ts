/**
 * The context of a playground graph: its virtual clock stands still until a caller waits for a
 * reply, and then jumps to the next timer. A distant storage thus costs virtual time, but no real
 * time.
 */
import type { ModuleContext } from '../../../bridges/host/language.ts';
import { BrowserContext } from '../../../bridges/machine/browser/context.ts';
import type { LogSink } from '../../../runtime/core/log.ts';
import { VIRTUAL_EPOCH_MS, type VirtualClock } from '../../../runtime/core/virtual-clock.ts';

/** Real turns of the event loop, independent of the virtual clock. */
const browser = new BrowserContext(() => {});
const turn = (): Promise<void> => new Promise((done) => void browser.soon(done));

/** Time limit of a reply in virtual milliseconds. */
const PATIENCE_MS = 600_000;
/** Turns without a timer, after which a pending request counts as unanswered. */
const IDLE_TURNS = 20;
/** Interval of advancing the virtual clock during work in real time. */
const ADVANCE_MS = 20;

export class PlayContext implements ModuleContext {
  readonly baseDir = '/';
  readonly virtualTime = true;
  readonly sink: LogSink;
  readonly clock: VirtualClock;
  readonly warn: (text: string) => void;

  /** @param write receives every line of the log @param warn receives likely mistakes */
  constructor(clock: VirtualClock, write: (line: string) => void, warn: (text: string) => void) {
    this.clock = clock;
    this.warn = warn;
    this.sink = { write, now: () => VIRTUAL_EPOCH_MS + clock.now };
  }

  now(): number {
    return this.clock.now;
  }

  after(ms: number, fn: () => void): () => void {
    return this.clock.after(ms, fn);
  }

  random(out: Uint8Array): void {
    browser.random(out);
  }

  wake(): void {}
}

/** The result of a wait without a reply: no timer is pending, or the limit is over. */
export const UNANSWERED: unique symbol = Symbol('unanswered');

/**
 * Lets virtual time pass until a promise settles.
 * @param slept time of `sleep`, in which no caller waits for a reply @throws the promise's error
 */
export async function letTimePass<R>(
  clock: VirtualClock,
  what: Promise<R>,
  slept: () => number,
): Promise<R | typeof UNANSWERED> {
  const ended = endOf(what);
  const end = clock.now + PATIENCE_MS;
  for (let idle = 0; idle < IDLE_TURNS; ) {
    // After a turn, all work that needs no time is done.
    await turn();
    if (ended.yet) return what;
    const { next } = clock;
    if (next === undefined) idle += 1;
    else if (next > end + slept()) break;
    else {
      idle = 0;
      clock.advanceTo(next);
    }
  }
  return UNANSWERED;
}

/** Advances the virtual clock with the real one until a promise settles, for interpreters. */
export async function inRealTime<R>(clock: VirtualClock, what: Promise<R>): Promise<R> {
  const ended = endOf(what);
  let before = browser.now();
  await turn();
  while (!ended.yet) {
    await Promise.race([ended.promise, new Promise((done) => setTimeout(done, ADVANCE_MS))]);
    const now = browser.now();
    clock.advanceTo(clock.now + now - before);
    before = now;
  }
  return what;
}

function endOf(what: Promise<unknown>): { yet: boolean; promise: Promise<void> } {
  const end = { yet: false, promise: Promise.resolve() };
  const ended = (): void => {
    end.yet = true;
  };
  end.promise = what.then(ended, ended);
  return end;
}

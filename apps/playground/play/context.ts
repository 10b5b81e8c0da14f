/**
 * The context of a graph of the playground: a clock that stands still until a caller waits for an
 * answer. Then time jumps to the next timer, so that a storage that is far away costs the learner
 * nothing, and the graph what it would.
 */
import type { ModuleContext } from '../../../bridges/host/language.ts';
import { BrowserContext } from '../../../bridges/machine/browser/context.ts';
import type { LogSink } from '../../../runtime/core/log.ts';
import { VIRTUAL_EPOCH_MS, type VirtualClock } from '../../../runtime/core/virtual-clock.ts';

/** The event loop's own turns, whatever the clock says. */
const browser = new BrowserContext(() => {});
const turn = (): Promise<void> => new Promise((done) => void browser.soon(done));

/** Virtual milliseconds that somebody waits for an answer. */
const PATIENCE_MS = 600_000;
/** Turns without a timer, after which no answer is to be expected. */
const IDLE_TURNS = 20;
/** Between two looks at what takes real time. */
const LOOK_MS = 20;

export class PlayContext implements ModuleContext {
  readonly baseDir = '/';
  readonly virtualTime = true;
  readonly sink: LogSink;
  readonly clock: VirtualClock;
  readonly warn: (text: string) => void;

  /** @param write takes every line of the log @param warn what looks like a mistake */
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

/** What is left when nothing answers any more: no timer is set, or too many were. */
export const UNANSWERED: unique symbol = Symbol('unanswered');

/**
 * Lets virtual time pass until something has ended.
 * @param slept how much of it nobody has waited for @throws what it throws
 */
export async function letTimePass<R>(
  clock: VirtualClock,
  what: Promise<R>,
  slept: () => number,
): Promise<R | typeof UNANSWERED> {
  const ended = endOf(what);
  const end = clock.now + PATIENCE_MS;
  for (let idle = 0; idle < IDLE_TURNS; ) {
    // All that can go on without time passing has done so after a turn.
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

/** Lets the clock go with the real one until something has ended: interpreters take real time. */
export async function inRealTime<R>(clock: VirtualClock, what: Promise<R>): Promise<R> {
  const ended = endOf(what);
  let before = browser.now();
  await turn();
  while (!ended.yet) {
    await Promise.race([ended.promise, new Promise((done) => setTimeout(done, LOOK_MS))]);
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

/**
 * The time of a test: it stands still until it is told to pass, and then every timer that comes due
 * rings in order. A graph under test lives in a context of such a clock; so does what its modules
 * take for the time of day.
 */
import { randomFillSync } from 'node:crypto';
import type { Context } from '../../runtime/core/context.ts';
import type { LogSink } from '../../runtime/core/log.ts';

/** A test begins at some time, not at 0, which programs take for 'never'. */
const START_MS = 1_000_000;

/**
 * The date at time 0, for the storage as for modules (`python/glupy/_clock.py` and
 * `bridges/javascript/library/clock.ts` have it too): a file's age is what the test has let pass.
 */
const EPOCH_MS = Date.UTC(2026, 0, 1);

export class Clock {
  /** Milliseconds. */
  now = START_MS;
  private readonly timers = new Map<() => void, number>();

  /** Rings once after `ms` milliseconds; the result cancels it. */
  after(ms: number, fn: () => void): () => void {
    const timer = (): void => fn();
    this.timers.set(timer, this.now + ms);
    return () => this.timers.delete(timer);
  }

  /** When the next timer is due; undefined when there is none. */
  get next(): number | undefined {
    return this.timers.size === 0 ? undefined : Math.min(...this.timers.values());
  }

  /** Lets time pass until `end`, ringing what is due on the way. */
  advanceTo(end: number): void {
    for (;;) {
      let due: (() => void) | undefined;
      for (const [timer, at] of this.timers) {
        if (at <= end && (due === undefined || at < this.timers.get(due)!)) due = timer;
      }
      if (due === undefined) break;
      this.now = Math.max(this.now, this.timers.get(due)!);
      this.timers.delete(due);
      due();
    }
    this.now = Math.max(this.now, end);
  }
}

/** How graphs are looked at before they are tested. */
export interface Look {
  /** The test's folder, where modules are looked for first. */
  readonly baseDir: string;
  /** What looks like a mistake is an error. */
  readonly strict: boolean;
  /** Told of it otherwise. */
  warned(text: string): void;
}

/** The context of one graph under test. */
export class TestContext implements Context {
  readonly baseDir: string;
  readonly sink: LogSink;
  readonly virtualTime = true;
  readonly strict: boolean;
  readonly warn: (text: string) => void;
  private readonly clock: Clock;

  /** @param write takes every line of the log */
  constructor(clock: Clock, { baseDir, strict, warned }: Look, write: (line: string) => void) {
    this.clock = clock;
    this.strict = strict;
    this.warn = warned;
    this.baseDir = baseDir;
    this.sink = { write, now: () => EPOCH_MS + clock.now };
  }

  now(): number {
    return this.clock.now;
  }

  after(ms: number, fn: () => void): () => void {
    return this.clock.after(ms, fn);
  }

  random(out: Uint8Array): void {
    randomFillSync(out);
  }

  wake(): void {}
}

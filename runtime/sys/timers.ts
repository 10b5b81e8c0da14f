/**
 * Timers that are exact to some ten microseconds. Node's count whole milliseconds, and start from the
 * time at which the event loop last turned.
 *
 * All of them share one timerfd (timerfd_create(2)), which is set to the one that is due first and
 * which libuv watches: as long as a timer waits, the event loop sleeps as before and is woken in time.
 * How late one rings is how long the event loop was busy, and what waking takes.
 */
import koffi, { type node } from 'koffi';
import { O_CLOEXEC, O_NONBLOCK } from './constants.ts';
import { read, timerfdCreate, timerfdSettime } from './libc.ts';
import { Itimerspec } from './struct.ts';

/** linux/time.h; the clock of `performance.now()`. */
const CLOCK_MONOTONIC = 1;
const NS_PER_MS = 1e6;
/** The kernel counts how often it rang, in 64 bits. */
const COUNT_BYTES = 8;

interface Waiting {
  /** As `performance.now()`. */
  readonly due: number;
  readonly fn: () => void;
}

class ExactTimers {
  private readonly fd: number;
  private readonly watcher: node.PollHandle;
  private readonly spec = new Itimerspec();
  private readonly rung = new Uint8Array(COUNT_BYTES);
  private readonly waiting: Waiting[] = [];
  private ringing = false;

  constructor(fd: number) {
    this.fd = fd;
    this.watcher = koffi.node.poll(fd, this.wake);
    this.watcher.unref();
  }

  after(ms: number, fn: () => void): () => void {
    const timer: Waiting = { due: performance.now() + ms, fn };
    const { waiting } = this;
    // Most are due after all others, or nearly so: the search starts where those are.
    let at = 0;
    while (at < waiting.length && waiting[at]!.due > timer.due) at += 1;
    waiting.splice(at, 0, timer);
    if (at === waiting.length - 1 && !this.ringing) this.arm();
    return () => {
      const where = waiting.indexOf(timer);
      if (where >= 0) waiting.splice(where, 1);
    };
  }

  /** Called by libuv without a scope: only `setImmediate` may be used, which comes right after. */
  private readonly wake = (): void => {
    setImmediate(this.ring);
  };

  private readonly ring = (): void => {
    read(this.fd, this.rung, COUNT_BYTES);
    const now = performance.now();
    this.ringing = true;
    try {
      while ((this.waiting.at(-1)?.due ?? Infinity) <= now) this.waiting.pop()!.fn();
    } finally {
      this.ringing = false;
      this.arm();
    }
  };

  /** Sets the clock to the timer that is due first. One that was called off may still ring it. */
  private arm(): void {
    const first = this.waiting.at(-1);
    if (first === undefined) return;
    this.spec.set(Math.max(1, Math.ceil((first.due - performance.now()) * NS_PER_MS)));
    timerfdSettime(this.fd, 0, this.spec.bytes, null);
  }
}

/** Null when the kernel has no timer for us. */
let timers: ExactTimers | null | undefined;

function open(): ExactTimers | null {
  const fd = timerfdCreate(CLOCK_MONOTONIC, O_NONBLOCK | O_CLOEXEC);
  return fd < 0 ? null : new ExactTimers(fd);
}

/**
 * Calls `fn` once, `ms` milliseconds from now (a fraction counts) and never before; the result calls
 * it off. Does not keep the process alive. Undefined when the kernel has no timer for us.
 */
export function exactly(ms: number, fn: () => void): (() => void) | undefined {
  timers ??= open();
  return timers?.after(ms, fn);
}

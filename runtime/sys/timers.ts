/**
 * Makes timers that are exact to some ten microseconds. Those of Node have whole milliseconds, counted from the event
 * loop's last turn. `Context.exactly` uses them, for debug/delay-gen.
 *
 * All timers share one timerfd (timerfd_create(2)), which is set to the earliest. libuv watches it, and wakes the event
 * loop in time. A timer is late only while the event loop is busy.
 */
import type { node } from 'koffi';
import { O_CLOEXEC, O_NONBLOCK } from './constants.ts';
import { koffi } from './koffi.ts';
import { read, timerfdCreate, timerfdSettime } from './libc.ts';
import { Itimerspec } from './struct.ts';

/** The clock of `performance.now()`; the number is from linux/time.h. */
const CLOCK_MONOTONIC = 1;
const NS_PER_MS = 1e6;
/** A read of the timerfd returns the number of expiries, in 64 bits. */
const COUNT_BYTES = 8;

/** A timer that has not fired. */
interface PendingTimer {
  /** As `performance.now()`. */
  readonly dueMs: number;
  readonly fn: () => void;
}

/** The timers of the process, on one timerfd. */
class ExactTimers {
  private readonly fd: number;
  private readonly watcher: node.PollHandle;
  private readonly spec = new Itimerspec();
  private readonly expiries = new Uint8Array(COUNT_BYTES);
  /** The timers that have not fired, the one due last at the front. */
  private readonly pending: PendingTimer[] = [];
  private isFiring = false;

  constructor(fd: number) {
    this.fd = fd;
    this.watcher = koffi.node.poll(fd, this.wake);
    this.watcher.unref();
  }

  /** Adds a timer, and returns the function that cancels it. */
  add(ms: number, fn: () => void): () => void {
    const timer: PendingTimer = { dueMs: performance.now() + ms, fn };
    const { pending } = this;
    // Most new timers are due last, so the search starts with the latest.
    let position = 0;
    while (position < pending.length && pending[position]!.dueMs > timer.dueMs) position += 1;
    pending.splice(position, 0, timer);
    if (position === pending.length - 1 && !this.isFiring) this.arm();
    return () => {
      const index = pending.indexOf(timer);
      if (index >= 0) pending.splice(index, 1);
    };
  }

  /** Called by libuv outside of Node's callback scope, where only `setImmediate` is allowed; it fires right after. */
  private readonly wake = (): void => {
    setImmediate(this.fireDue);
  };

  /** Calls the functions of all timers that are due. */
  private readonly fireDue = (): void => {
    read(this.fd, this.expiries, COUNT_BYTES);
    const now = performance.now();
    this.isFiring = true;
    try {
      while ((this.pending.at(-1)?.dueMs ?? Infinity) <= now) this.pending.pop()!.fn();
    } finally {
      this.isFiring = false;
      this.arm();
    }
  };

  /** Sets the timerfd to the earliest timer. A cancelled timer may still cause an expiry. */
  private arm(): void {
    const first = this.pending.at(-1);
    if (first === undefined) return;
    this.spec.setExpiry(Math.max(1, Math.ceil((first.dueMs - performance.now()) * NS_PER_MS)));
    timerfdSettime(this.fd, 0, this.spec.bytes, null);
  }
}

/** Undefined before the first timer; null if timerfd_create failed. */
let timers: ExactTimers | null | undefined;

function openTimers(): ExactTimers | null {
  const fd = timerfdCreate(CLOCK_MONOTONIC, O_NONBLOCK | O_CLOEXEC);
  return fd < 0 ? null : new ExactTimers(fd);
}

/**
 * Calls `fn` once, `ms` milliseconds from now (fractions allowed), never earlier. Does not keep the process alive.
 * @returns a function that cancels the timer; undefined if timerfd_create failed
 */
export function setExactTimer(ms: number, fn: () => void): (() => void) | undefined {
  timers ??= openTimers();
  return timers?.add(ms, fn);
}

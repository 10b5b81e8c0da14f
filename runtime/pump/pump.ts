/**
 * Serves `/dev/fuse`, sockets and libuv from Node's main thread, inside a `setImmediate` callback: the *pump*. A
 * process has one, because one call sleeps for all descriptors. A request that is answered at once costs no turn of the
 * event loop, no timer and no promise. Signals and asynchronous I/O are late by `TURN_MS` at most, timers by `IDLE_MS`
 * (docs/how-it-works/mechanisms.md).
 */
import { performance } from 'node:perf_hooks';
import koffi, { type node } from 'koffi';
import { BusyPoll } from '../core/busy-poll.ts';
import { EAGAIN, ECONNABORTED, EINTR, ENODEV, ENOENT } from '../core/errno.ts';
import type { PumpSource, PumpSources } from '../core/pump-source.ts';
import { runSharedTurn, turn } from '../core/turn.ts';
import { poll, read, schedYield } from '../sys/libc.ts';
import { PollSet } from '../sys/struct.ts';
import { getBackendFd } from '../sys/uv.ts';
import { hasSeveralCpus } from './cpus.ts';
import { HotSources } from './hot-sources.ts';
import { sample, sampledClock, sampleIfAwaited } from './sampled-clock.ts';

/** Milliseconds for which a load of requests is served before the event loop gets a turn. */
const TURN_MS = 4;
/** As TURN_MS, while work waits for the event loop: a turn costs some 20 µs. */
const SHORT_TURN_MS = 0.5;
/**
 * Milliseconds of the longest sleep. Longer than the period of the kernel's tick: a shorter sleep programs the CPU's
 * timer, which costs microseconds in a virtual machine.
 */
const IDLE_MS = 12;
/** Requests between two samples of the clock, while the pump does not sleep. */
const CHECK_EVERY = 8;
/** Microseconds of the longest busy polling for an awaited reply: a brick nearby takes some 50 µs. */
const REPLY_US = 150;
/** Result of a read step in which a source received data, and no request was read. */
const DONE = 0;

/**
 * Errnos of a read from a connection that has ended, or that ends during the read.
 * Source: Linux fs/fuse/dev.c (fuse_dev_do_read).
 */
const END_ERRNOS: ReadonlySet<number> = new Set([ENODEV, ECONNABORTED]);

/** A mounted descriptor and the handler of its requests. */
export interface PumpedMount {
  /** Nonblocking. */
  readonly fd: number;
  /** Buffer for the next request; may change after each message. */
  readonly buffer: Uint8Array;
  /** Whether work is under way that may need the event loop, such as a request without its reply. */
  readonly busy: boolean;
  /** Microseconds of busy polling for the next request. */
  readonly busyPollUs: number;
  /** Handles a request of `length` bytes in the buffer. Must not throw. */
  message(length: number): void;
  /** Called after `message` was ended from outside (sys/end-turn.ts). */
  handleAbandonedTurn(): void;
  /** Called when the connection has ended. @param errno 0 when unmounted, otherwise that of the read */
  handleEnd(errno: number): void;
}

/** Counters of the pump, for tests and statedumps. */
export interface PumpCounts {
  requests: number;
  /** Sleeps in the pump's own poll(2). */
  sleeps: number;
  /** Turns given to the event loop between two requests of a load. */
  turns: number;
  /** Number of times that the pump parked: it had nothing to do, and left the waiting to libuv. */
  parks: number;
}

class Pump implements PumpSources {
  readonly counts: PumpCounts = { requests: 0, sleeps: 0, turns: 0, parks: 0 };
  private mounts: PumpedMount[] = [];
  /** libuv's watchers of the mounts, active while the pump is parked. */
  private watchers: node.PollHandle[] = [];
  /** The polled descriptors: libuv's own, the mounts', and those of the hot sources. */
  private set = new PollSet([]);
  /** Longest sleep; 0 without libuv's descriptor, as only the event loop may wait then. */
  private sleepMs = IDLE_MS;
  /** Busy polling for the next request, and for awaited replies of sources. */
  private busy = new BusyPoll(0);
  private readonly replyPoll = new BusyPoll(REPLY_US);
  /** Whether a `setImmediate` callback is due. */
  private isScheduled = false;
  private isParked = true;
  /** Indices of the mount to read next, and of the one that was read last. */
  private next = 0;
  private at = 0;
  private wakeRequested = false;
  /** The mount that handles a request now. */
  private serving: PumpedMount | null = null;
  private isRunning = false;
  private readonly sources = new HotSources(
    () => this.makePollSet(),
    () => this.unpark(),
  );

  add(target: PumpedMount | PumpSource): void {
    if ('message' in target) this.setMounts([...this.mounts, target]);
    else this.sources.add(target);
  }

  /** Stops serving a mount or source, without a call to it. */
  remove(target: PumpedMount | PumpSource): void {
    if ('message' in target) this.setMounts(this.mounts.filter((other) => other !== target));
    else this.sources.remove(target);
  }

  /** Gives the event loop a turn before the pump sleeps next. */
  wake(): void {
    this.wakeRequested = true;
  }

  /** As in `PumpSources`. Outside of the pump's own code, the last sample may be old, so this reads the clock. */
  now(): number {
    return this.isRunning ? sampledClock.ms : performance.now();
  }

  /** Outside of the pump, its next turn sends what one turn of the event loop has queued, and polls for the replies. */
  flushSoon(source: PumpSource): void {
    this.sources.queueFlush(source);
    if (!this.isRunning) this.unpark();
  }

  private setMounts(mounts: PumpedMount[]): void {
    for (const watcher of this.watchers) watcher.close();
    this.mounts = mounts;
    this.watchers = mounts.map(({ fd }) => koffi.node.poll(fd, this.unpark));
    this.isParked = true;
    this.sources.park();
    this.next = 0;
    this.at = 0;
    this.makePollSet();
  }

  private makePollSet(): void {
    const { mounts } = this;
    const backend = getBackendFd();
    this.sleepMs = backend < 0 ? 0 : IDLE_MS;
    const { hot } = this.sources;
    const fds = [...mounts, ...hot].map(({ fd }) => fd);
    this.set = new PollSet([backend, ...fds]);
    const limit = Math.max(0, ...[...mounts, ...hot].map(({ busyPollUs }) => busyPollUs));
    if (limit !== this.busy.limitUs) this.busy = new BusyPoll(limit);
  }

  /** Leaves the waiting to libuv. */
  private park(): void {
    this.counts.parks += 1;
    this.isParked = true;
    for (const watcher of this.watchers) watcher.start(this.unpark);
    this.sources.park();
  }

  /**
   * Called by libuv when a descriptor is readable. It may only call `setImmediate`: koffi calls it outside of Node's
   * callback scope, at whose end Node would run promises and ticks.
   */
  private readonly unpark = (): void => {
    if (!this.isParked) return;
    this.isParked = false;
    for (const watcher of this.watchers) watcher.stop();
    this.sources.unpark();
    this.scheduleTurn();
  };

  private scheduleTurn(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(this.run);
  }

  private readonly run = (): void => {
    this.isScheduled = false;
    this.wakeRequested = false;
    this.isRunning = true;
    const isComplete = runSharedTurn(this.serve);
    this.isRunning = false;
    if (isComplete) return;
    const mount = this.serving;
    this.serving = null;
    mount?.handleAbandonedTurn();
    this.sources.abandoned();
    if (!this.isParked) this.scheduleTurn();
  };

  /** Serves until a load of requests has used its time, nothing is ready (the pump parks), or libuv has work. */
  private readonly serve = (): void => {
    const until = sample() + (this.hasWork() ? SHORT_TURN_MS : TURN_MS);
    const { slow } = turn;
    let unchecked = 0;
    let isLate = false;
    this.sources.resumeInterrupted();
    // A message may change the mounts, which parks the pump.
    while (!this.isParked) {
      let n = this.readWithoutSleep();
      if (n === -EAGAIN) {
        sampleIfAwaited();
        const leaves = this.hasWork() || this.isClient;
        if (!(leaves ? this.pollBeforeParking() : this.sleep())) {
          this.park();
          return;
        }
        isLate = sample() > until;
        unchecked = 0;
        if (this.set.ready(0) !== 0) break;
        n = this.readReady();
      }
      if (n > 0) {
        this.counts.requests += 1;
        this.serving = this.mounts[this.at]!;
        this.serving.message(n);
        this.serving = null;
      } else if (n < 0) this.handleReadError(-n);
      // A program that waits for promises continues before anything else is served.
      if (this.wakeRequested && this.isClient) {
        sampleIfAwaited();
        this.scheduleTurn();
        return;
      }
      // After a slow call of a guest, the event loop gets its turn early.
      if (isLate || turn.slow !== slow) break;
      unchecked += 1;
      if (unchecked >= CHECK_EVERY) {
        this.sources.exchange();
        if (sample() > until) break;
        unchecked = 0;
      }
    }
    this.serveSources();
    sampleIfAwaited();
    if (this.isParked) return;
    this.counts.turns += 1;
    this.scheduleTurn();
  };

  /**
   * Reads a request without sleeping, with busy polling if it pays: as `readAny`, or DONE after a source has
   * received data.
   */
  private readWithoutSleep(): number {
    const { sources } = this;
    if (sources.isActive && (sources.isUnsent || sources.isAwaited || hasSeveralCpus())) {
      return this.readWithSources();
    }
    let n = this.readAny();
    if (n !== -EAGAIN || this.hasWork()) return n;
    // A client on this CPU, woken by the reply, runs now and sends its next request.
    schedYield();
    n = this.readAny();
    if (n !== -EAGAIN || !this.busy.shouldPoll()) return n;
    const { busy } = this;
    const until = sample() + busy.limitUs / 1000;
    do {
      for (let tries = 0; tries < 4; tries++) {
        n = this.readAny();
        if (n === -EAGAIN) continue;
        busy.noteHit();
        return n;
      }
    } while (performance.now() < until);
    busy.noteMiss();
    return n;
  }

  /** As `readWithoutSleep`, while sources have traffic. */
  private readWithSources(): number {
    const { sources } = this;
    const hasSeveral = hasSeveralCpus();
    // While only one request is under way, no other comes before it gets its reply or is sent to a brick.
    if (sources.isCrowded || (hasSeveral && !sources.isUnsent)) {
      const n = this.readAny();
      if (n !== -EAGAIN) return n;
    }
    sources.flushAll();
    if (this.hasWork()) return sources.receive() ? DONE : this.readAny();
    // On a single CPU, bricks and clients run only while this process sleeps.
    if (!hasSeveral) return -EAGAIN;
    const poller = sources.isAwaited ? this.replyPoll : this.busy;
    if (!poller.shouldPoll()) return -EAGAIN;
    const until = sample() + poller.limitUs / 1000;
    do {
      schedYield();
      const n = sources.receive() ? DONE : this.readAny();
      if (n === -EAGAIN) continue;
      // Other processes had the CPU for longer than a try lasts: to sleep and be woken is faster then.
      if (sample() < until) poller.noteHit();
      else poller.noteMiss();
      return n;
    } while (performance.now() < until);
    poller.noteMiss();
    return -EAGAIN;
  }

  /**
   * Reads a request from one of the mounts, which take turns, and sets `at` to that mount. Returns the request's
   * length, or minus the errno (EAGAIN: no mount has a request).
   */
  private readAny(): number {
    const { mounts } = this;
    for (let remaining = mounts.length; remaining > 0; remaining--) {
      this.at = this.next;
      this.next = this.at + 1 < mounts.length ? this.at + 1 : 0;
      const { fd, buffer } = mounts[this.at]!;
      const n = read(fd, buffer, buffer.length);
      if (n !== -EAGAIN) return n;
    }
    return -EAGAIN;
  }

  /** After poll(2): receives from ready sources, then reads a request, or returns DONE. */
  private readReady(): number {
    const { sources, mounts, set } = this;
    if (sources.hot.length === 0) return this.readAny();
    const firstSource = mounts.length + 1;
    const isRequest = this.isMountReady();
    const served = sources.takeReady(set, firstSource);
    if (!isRequest) return served ? DONE : this.readAny();
    const n = this.readAny();
    return n === -EAGAIN ? DONE : n;
  }

  /** Serves the sources under a continuous load of requests. */
  private serveSources(): void {
    const { sources } = this;
    if (!sources.isActive) return;
    sources.flushAll();
    if (this.pollDescriptors(0)) sources.takeReady(this.set, this.mounts.length + 1);
    sources.flushAll();
  }

  /**
   * Polls before parking: sources without awaited replies, such as a connecting one, are read after a poll(2)
   * only, and libuv would wake the pump for them at once.
   */
  private pollBeforeParking(): boolean {
    return this.sources.isActive && this.pollDescriptors(0);
  }

  /** Whether the last poll found a mount with a request. */
  private isMountReady(): boolean {
    for (let at = this.mounts.length; at > 0; at--) if (this.set.ready(at) !== 0) return true;
    return false;
  }

  /** Ends the service of a mount whose read failed for good. */
  private handleReadError(errno: number): void {
    // ENOENT: the request was aborted during the read. EAGAIN: before it.
    if (errno === EINTR || errno === ENOENT || errno === EAGAIN) return;
    const mount = this.mounts[this.at]!;
    this.remove(mount);
    mount.handleEnd(END_ERRNOS.has(errno) ? 0 : errno);
  }

  /** Sleeps until a descriptor is ready. Returns false after `sleepMs`, and after a signal (for libuv). */
  private sleep(): boolean {
    this.counts.sleeps += 1;
    return this.pollDescriptors(this.sleepMs);
  }

  /** Polls the descriptors for at most `ms` milliseconds. Returns whether any is ready. */
  private pollDescriptors(ms: number): boolean {
    const { hot } = this.sources;
    const firstSource = this.mounts.length + 1;
    for (let at = 0; at < hot.length; at++) {
      const { isPaused, isFull } = hot[at]!;
      this.set.setEvents(firstSource + at, !isPaused, isFull);
    }
    return poll(this.set.bytes, firstSource + hot.length, ms) > 0;
  }

  /**
   * Whether this process serves no requests of others. It is a program with timers and work of its own, so libuv waits
   * for it.
   */
  private get isClient(): boolean {
    return this.mounts.length === 0 && this.busy.limitUs === 0;
  }

  /** Whether work under way may need the event loop, so that the pump must not sleep. */
  private hasWork(): boolean {
    if (this.wakeRequested) return true;
    for (const mount of this.mounts) if (mount.busy) return true;
    return this.sources.isBusy;
  }
}

export const pump = new Pump();

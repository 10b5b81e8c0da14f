/**
 * Runs the *pump*: a loop on Node's main thread, inside a `setImmediate` callback, that serves `/dev/fuse` and
 * sockets, and yields to libuv. A process has one pump, because one poll(2) sleeps for all descriptors. A request that
 * is answered at once costs no turn of the event loop, no timer and no promise. Signals and asynchronous I/O are late
 * by `TURN_MS` at most, timers by `SLEEP_MAX_MS` (docs/how-it-works/mechanisms.md).
 */
import { performance } from 'node:perf_hooks';
import type { node } from 'koffi';
import { BusyPoll } from '../core/busy-poll.ts';
import { EAGAIN, ECONNABORTED, EINTR, ENODEV, ENOENT } from '../core/errno.ts';
import type { PumpSource, SourceRegistry } from '../core/pump-source.ts';
import { runSharedTurn, turn } from '../core/turn.ts';
import { koffi } from '../sys/koffi.ts';
import { poll, read, schedYield } from '../sys/libc.ts';
import { PollSet } from '../sys/struct.ts';
import { getBackendFd } from '../sys/uv.ts';
import { hasSeveralCpus } from './cpus.ts';
import { HotSources } from './hot-sources.ts';
import { sample, sampledClock, sampleIfAwaited } from './sampled-clock.ts';

/** Milliseconds for which the pump serves a load of requests before the event loop gets a turn. */
const TURN_MS = 4;
/** Milliseconds of a turn while work waits for the event loop. Not less, because a turn costs some 20 µs. */
const SHORT_TURN_MS = 0.5;
/**
 * Milliseconds of the longest sleep. It is longer than a tick of the kernel (up to 10 ms), because a shorter sleep
 * programs the CPU's timer, which costs microseconds in a virtual machine.
 */
const SLEEP_MAX_MS = 12;
/** Requests between two samples of the clock, while the pump does not sleep. */
const REQUESTS_PER_SAMPLE = 8;
/** Microseconds of the longest busy polling for an awaited reply. A brick nearby replies within some 50 µs. */
const REPLY_POLL_MAX_US = 150;
/** Reads of the mounts between two readings of the clock, during busy polling. */
const READS_PER_CLOCK_CHECK = 4;
/** Result of a read step that received data from a source, but read no request of a mount. */
const ONLY_RECEIVED = 0;

/**
 * Errnos of a read from a connection that has ended, or that ends during the read.
 * Source: Linux fs/fuse/dev.c (fuse_dev_do_read).
 */
const END_ERRNOS: ReadonlySet<number> = new Set([ENODEV, ECONNABORTED]);

/** A mounted descriptor and the handler of its requests. */
export interface PumpedMount {
  /** The descriptor, which is nonblocking. */
  readonly fd: number;
  /** The buffer for the next request; another one may be used after each message. */
  readonly buffer: Uint8Array;
  /** Whether work is under way that may need the event loop, such as a request without its reply. */
  readonly mayNeedEventLoop: boolean;
  /** Microseconds of busy polling for the next request. */
  readonly busyPollUs: number;
  /** Handles the request in the first `length` bytes of `buffer`. Must not throw. */
  handleMessage(length: number): void;
  /** Called after another thread has ended a call of `handleMessage` (sys/end-turn.ts). */
  handleAbandonedTurn(): void;
  /** Called when the connection has ended. @param errno 0 after an unmount, otherwise that of the failed read */
  handleEnd(errno: number): void;
}

/** Counters of the pump, for tests and statedumps. */
export interface PumpCounts {
  /** Requests read from mounts. */
  requests: number;
  /** Sleeps in the pump's own poll(2). */
  sleeps: number;
  /** Turns given to the event loop between two requests of a load. */
  turns: number;
  /** Number of times that the pump parked: it had nothing to do, and left the waiting to libuv. */
  parks: number;
}

/** The pump; its only instance is `pump`. */
class Pump implements SourceRegistry {
  readonly counts: PumpCounts = { requests: 0, sleeps: 0, turns: 0, parks: 0 };
  private mounts: PumpedMount[] = [];
  /** libuv's watchers of the mounts, active while the pump is parked. */
  private watchers: node.PollHandle[] = [];
  /** The polled descriptors: libuv's own, the mounts', and those of the hot sources. */
  private pollSet = new PollSet([]);
  /**
   * The longest sleep in milliseconds. 0 if libuv's descriptor is unknown: then poll(2) would not wake for it, so only
   * libuv may wait.
   */
  private sleepMs = SLEEP_MAX_MS;
  /** Decides when to poll busily for the next request. */
  private requestPoll = new BusyPoll(0);
  /** Decides when to poll busily for replies that sources await. */
  private readonly replyPoll = new BusyPoll(REPLY_POLL_MAX_US);
  /** Whether a `setImmediate` callback is due. */
  private isScheduled = false;
  /** Whether libuv, and not the pump, watches the descriptors. */
  private isParked = true;
  /** Index in `mounts` of the mount to read next. */
  private nextIndex = 0;
  /** Index in `mounts` of the mount that was read last. */
  private lastReadIndex = 0;
  /** Whether the event loop must get a turn before the next sleep. */
  private isWakeRequested = false;
  /** The mount that handles a request now. */
  private servingMount: PumpedMount | null = null;
  /** Whether the pump's own code runs now, further up the call stack. */
  private isRunning = false;
  /** The sources. Hot ones had traffic of late, so the pump polls them instead of libuv. */
  private readonly sources = new HotSources(
    () => this.makePollSet(),
    () => this.unpark(),
  );

  /** Starts serving a mount or source. */
  add(target: PumpedMount | PumpSource): void {
    if ('handleMessage' in target) this.setMounts([...this.mounts, target]);
    else this.sources.add(target);
  }

  /** Stops serving a mount or source, without a call to it. */
  remove(target: PumpedMount | PumpSource): void {
    if ('handleMessage' in target) this.setMounts(this.mounts.filter((other) => other !== target));
    else this.sources.remove(target);
  }

  /** Gives the event loop a turn before the pump sleeps next. */
  wake(): void {
    this.isWakeRequested = true;
  }

  /** Returns the last sample of the clock during a turn; otherwise reads the clock, as the sample may be old. */
  now(): number {
    return this.isRunning ? sampledClock.ms : performance.now();
  }

  /** Queues the source's data. Outside the pump's turns, it schedules one, which sends everything that is queued. */
  flushSoon(source: PumpSource): void {
    this.sources.queueFlush(source);
    if (!this.isRunning) this.unpark();
  }

  /** Replaces the mounts, and parks: libuv reports the first request, and so starts the pump again. */
  private setMounts(mounts: PumpedMount[]): void {
    for (const watcher of this.watchers) watcher.close();
    this.mounts = mounts;
    this.watchers = mounts.map(({ fd }) => koffi.node.poll(fd, this.unpark));
    this.isParked = true;
    this.sources.startWatchingHot();
    this.nextIndex = 0;
    this.lastReadIndex = 0;
    this.makePollSet();
  }

  /** Makes the array for poll(2) again after a change of the mounts or hot sources. */
  private makePollSet(): void {
    const { mounts } = this;
    const backendFd = getBackendFd();
    this.sleepMs = backendFd < 0 ? 0 : SLEEP_MAX_MS;
    const { hotSources } = this.sources;
    const fds = [...mounts, ...hotSources].map(({ fd }) => fd);
    this.pollSet = new PollSet([backendFd, ...fds]);
    const limitUs = Math.max(0, ...[...mounts, ...hotSources].map(({ busyPollUs }) => busyPollUs));
    if (limitUs !== this.requestPoll.limitUs) this.requestPoll = new BusyPoll(limitUs);
  }

  /** Stops polling, and lets libuv watch all descriptors until one is ready (`unpark`). */
  private park(): void {
    this.counts.parks += 1;
    this.isParked = true;
    for (const watcher of this.watchers) watcher.start(this.unpark);
    this.sources.startWatchingHot();
  }

  /**
   * Starts the pump again; called by libuv when a descriptor is readable. It may only call `setImmediate`: koffi calls
   * it outside of Node's callback scope, so Node would not run promises and ticks after it.
   */
  private readonly unpark = (): void => {
    if (!this.isParked) return;
    this.isParked = false;
    for (const watcher of this.watchers) watcher.stop();
    this.sources.stopWatchingHot();
    this.scheduleTurn();
  };

  /** Schedules a turn of the pump after a turn of the event loop. */
  private scheduleTurn(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(this.runTurn);
  }

  /**
   * Runs one turn of the pump. If another thread has ended the turn (sys/end-turn.ts), repairs the state of the cut-off
   * work.
   */
  private readonly runTurn = (): void => {
    this.isScheduled = false;
    this.isWakeRequested = false;
    this.isRunning = true;
    const isComplete = runSharedTurn(this.serveRequests);
    this.isRunning = false;
    if (isComplete) return;
    const mount = this.servingMount;
    this.servingMount = null;
    mount?.handleAbandonedTurn();
    this.sources.noteAbandonedTurn();
    if (!this.isParked) this.scheduleTurn();
  };

  /** Serves requests until their time is used up, libuv has work, or nothing is ready (then the pump parks). */
  private readonly serveRequests = (): void => {
    const deadlineMs = sample() + (this.hasWork() ? SHORT_TURN_MS : TURN_MS);
    const { slowCallCount: slowCallCountBefore } = turn;
    let requestsSinceSample = 0;
    let isLate = false;
    this.sources.resumeInterrupted();
    // A message may change the mounts, which parks the pump.
    while (!this.isParked) {
      let readResult = this.readWithoutSleep();
      if (readResult === -EAGAIN) {
        sampleIfAwaited();
        const mustNotSleep = this.hasWork() || this.isClient;
        if (!(mustNotSleep ? this.pollBeforeParking() : this.sleep())) {
          this.park();
          return;
        }
        isLate = sample() > deadlineMs;
        requestsSinceSample = 0;
        if (this.pollSet.getReadyEvents(0) !== 0) break;
        readResult = this.readReady();
      }
      if (readResult > 0) {
        this.counts.requests += 1;
        this.servingMount = this.mounts[this.lastReadIndex]!;
        this.servingMount.handleMessage(readResult);
        this.servingMount = null;
      } else if (readResult < 0) this.handleReadError(-readResult);
      // A program that waits for promises continues before anything else is served.
      if (this.isWakeRequested && this.isClient) {
        sampleIfAwaited();
        this.scheduleTurn();
        return;
      }
      // After a slow call of a guest, the event loop gets its turn early.
      if (isLate || turn.slowCallCount !== slowCallCountBefore) break;
      requestsSinceSample += 1;
      if (requestsSinceSample >= REQUESTS_PER_SAMPLE) {
        this.sources.sendAndReceive();
        if (sample() > deadlineMs) break;
        requestsSinceSample = 0;
      }
    }
    this.serveSources();
    sampleIfAwaited();
    if (this.isParked) return;
    this.counts.turns += 1;
    this.scheduleTurn();
  };

  /**
   * Reads a request without sleeping, but polls busily where that has paid before. Returns what `readAny` does, or
   * ONLY_RECEIVED after a source has received data.
   */
  private readWithoutSleep(): number {
    const { sources } = this;
    // On a single CPU, sources that neither send nor await a reply are not polled busily, so only mounts are read.
    if (sources.isActive && (sources.hasUnsent || sources.awaitsReply || hasSeveralCpus())) {
      return this.readWithSources();
    }
    let readResult = this.readAny();
    if (readResult !== -EAGAIN || this.hasWork()) return readResult;
    // A client on this CPU, woken by the reply, runs now and sends its next request.
    schedYield();
    readResult = this.readAny();
    if (readResult !== -EAGAIN || !this.requestPoll.shouldPoll()) return readResult;
    const { requestPoll } = this;
    const deadlineMs = sample() + requestPoll.limitUs / 1000;
    do {
      for (let tryCount = 0; tryCount < READS_PER_CLOCK_CHECK; tryCount++) {
        readResult = this.readAny();
        if (readResult === -EAGAIN) continue;
        requestPoll.noteHit();
        return readResult;
      }
    } while (performance.now() < deadlineMs);
    requestPoll.noteMiss();
    return readResult;
  }

  /** Does the same as `readWithoutSleep` while sources have traffic: it also sends and receives for them. */
  private readWithSources(): number {
    const { sources } = this;
    const mayUseSeveralCpus = hasSeveralCpus();
    // With one request under way, the client sends no other before this is answered, so read only after sending.
    if (sources.awaitsSeveralReplies || (mayUseSeveralCpus && !sources.hasUnsent)) {
      const readResult = this.readAny();
      if (readResult !== -EAGAIN) return readResult;
    }
    sources.flushAll();
    if (this.hasWork()) return sources.receive() ? ONLY_RECEIVED : this.readAny();
    // On a single CPU, bricks and clients run only while this process sleeps.
    if (!mayUseSeveralCpus) return -EAGAIN;
    const poller = sources.awaitsReply ? this.replyPoll : this.requestPoll;
    if (!poller.shouldPoll()) return -EAGAIN;
    const deadlineMs = sample() + poller.limitUs / 1000;
    do {
      schedYield();
      const readResult = sources.receive() ? ONLY_RECEIVED : this.readAny();
      if (readResult === -EAGAIN) continue;
      // A late success counts as a miss: another process had the CPU meanwhile, so sleeping would have been as fast.
      if (sample() < deadlineMs) poller.noteHit();
      else poller.noteMiss();
      return readResult;
    } while (performance.now() < deadlineMs);
    poller.noteMiss();
    return -EAGAIN;
  }

  /**
   * Reads a request from the mounts in turn, and sets `lastReadIndex` to its mount. Returns the request's length, or
   * minus the errno (EAGAIN: no mount has a request).
   */
  private readAny(): number {
    const { mounts } = this;
    for (let remaining = mounts.length; remaining > 0; remaining--) {
      this.lastReadIndex = this.nextIndex;
      this.nextIndex = this.lastReadIndex + 1 < mounts.length ? this.lastReadIndex + 1 : 0;
      const { fd, buffer } = mounts[this.lastReadIndex]!;
      const readResult = read(fd, buffer, buffer.length);
      if (readResult !== -EAGAIN) return readResult;
    }
    return -EAGAIN;
  }

  /** Receives from the sources that poll(2) found ready, then reads a request. May return ONLY_RECEIVED. */
  private readReady(): number {
    const { sources, mounts, pollSet } = this;
    if (sources.hotSources.length === 0) return this.readAny();
    const firstSourceIndex = mounts.length + 1;
    const hasRequest = this.isMountReady();
    const hasServed = sources.serveReady(pollSet, firstSourceIndex);
    if (!hasRequest) return hasServed ? ONLY_RECEIVED : this.readAny();
    const readResult = this.readAny();
    return readResult === -EAGAIN ? ONLY_RECEIVED : readResult;
  }

  /** Serves the sources at the end of a turn, as a continuous load of requests would otherwise starve them. */
  private serveSources(): void {
    const { sources } = this;
    if (!sources.isActive) return;
    sources.flushAll();
    if (this.pollDescriptors(0)) sources.serveReady(this.pollSet, this.mounts.length + 1);
    sources.flushAll();
  }

  /**
   * Polls the sources once more before the pump parks. A source that awaits no reply, such as a connecting one, is read
   * only once poll(2) reports it. Without this poll, libuv would wake the parked pump for it at once.
   */
  private pollBeforeParking(): boolean {
    return this.sources.isActive && this.pollDescriptors(0);
  }

  /** Whether the last poll found a mount with a request. */
  private isMountReady(): boolean {
    // Index 0 of the poll set is libuv's descriptor.
    for (let i = this.mounts.length; i > 0; i--)
      if (this.pollSet.getReadyEvents(i) !== 0) return true;
    return false;
  }

  /** Stops serving the last read mount, unless the read failed only for a request that was aborted or interrupted. */
  private handleReadError(errno: number): void {
    // ENOENT: the request was aborted during the read. EAGAIN: before the read.
    if (errno === EINTR || errno === ENOENT || errno === EAGAIN) return;
    const mount = this.mounts[this.lastReadIndex]!;
    this.remove(mount);
    mount.handleEnd(END_ERRNOS.has(errno) ? 0 : errno);
  }

  /** Sleeps until a descriptor is ready. Returns false after `sleepMs`, and after a signal, which libuv handles. */
  private sleep(): boolean {
    this.counts.sleeps += 1;
    return this.pollDescriptors(this.sleepMs);
  }

  /** Polls the descriptors for at most `timeoutMs` milliseconds. Returns whether any is ready. */
  private pollDescriptors(timeoutMs: number): boolean {
    const { hotSources } = this.sources;
    const firstSourceIndex = this.mounts.length + 1;
    for (let i = 0; i < hotSources.length; i++) {
      const { isPaused, awaitsWritable } = hotSources[i]!;
      this.pollSet.setEvents(firstSourceIndex + i, !isPaused, awaitsWritable);
    }
    return poll(this.pollSet.bytes, firstSourceIndex + hotSources.length, timeoutMs) > 0;
  }

  /**
   * Whether this process only sends requests. Such a program has timers and work of its own, so libuv does the
   * waiting.
   */
  private get isClient(): boolean {
    return this.mounts.length === 0 && this.requestPoll.limitUs === 0;
  }

  /** Whether work under way may need the event loop, so that the pump must not sleep. */
  private hasWork(): boolean {
    if (this.isWakeRequested) return true;
    for (const mount of this.mounts) if (mount.mayNeedEventLoop) return true;
    return this.sources.needsEventLoop;
  }
}

/** The pump of this process. */
export const pump = new Pump();

/**
 * The pump: serves `/dev/fuse`, sockets and libuv from Node's main thread, inside a `setImmediate` callback. There
 * is one for the process, because only one can sleep. A request that is answered at once costs no turn of the
 * event loop, no timer and no promise. When it leaves the callback is in docs/how-it-works/mechanisms.md: signals
 * and asynchronous I/O are late by `TURN_MS` at most, and timers by `IDLE_MS`.
 */
import { performance } from 'node:perf_hooks';
import koffi, { type node } from 'koffi';
import { BusyPoll } from '../core/busy-poll.ts';
import { EAGAIN, ECONNABORTED, EINTR, ENODEV, ENOENT } from '../core/errno.ts';
import type { PumpSource, PumpSources } from '../core/pump-source.ts';
import { runSharedTurn, turn } from '../core/turn.ts';
import { poll, read, schedYield } from '../sys/libc.ts';
import { PollSet } from '../sys/struct.ts';
import { backendFd } from '../sys/uv.ts';
import { severalCpus } from './cpus.ts';
import { HotSources } from './hot-sources.ts';
import { sample, sampledClock, sampleIfAwaited } from './sampled-clock.ts';

const TURN_MS = 4;
/** The same while something waits that only goes on there: a turn costs some 20 µs. */
const SHORT_TURN_MS = 0.5;
/**
 * Longest sleep of the pump itself. Longer than the period of the kernel's tick, otherwise every sleep
 * would program the CPU's timer, which costs microseconds in a virtual machine.
 */
const IDLE_MS = 12;
/** Requests from one look at the clock to the next, while the pump does not sleep. */
const CHECK_EVERY = 8;
/** Longest wait awake for an answer that was asked for: a brick nearby takes some 50 µs. */
const ANSWER_US = 150;
const DONE = 0;

/**
 * What reading says of a connection that is over: that it is, or that this was the moment in which
 * it ended, and took the request at hand along. Source: Linux fs/fuse/dev.c (fuse_dev_do_read).
 */
const OVER: ReadonlySet<number> = new Set([ENODEV, ECONNABORTED]);

/** One mounted descriptor and what is done with its requests. */
export interface PumpedMount {
  /** Nonblocking. */
  readonly fd: number;
  /** Where the next request is read to; may be another one after each message. */
  readonly buffer: Uint8Array;
  /** Something goes on that may need the event loop, such as a request that is unanswered. */
  readonly busy: boolean;
  /** Microseconds to wait awake for the next request. */
  readonly busyPollUs: number;
  /** A request of `length` bytes is in the buffer. Must not throw. */
  message(length: number): void;
  /** `message` was ended in the middle, and others have put right what they could. */
  abandoned(): void;
  /** No request will come any more: 0 when unmounted, otherwise the errno of reading. */
  ended(errno: number): void;
}

/** What the pump did, for tests and statedumps. */
export interface PumpCounts {
  requests: number;
  /** In poll(2), inside. */
  sleeps: number;
  /** Turns given to the event loop between two requests of a load. */
  turns: number;
  /** Times the waiting was left to libuv. */
  parks: number;
}

class Pump implements PumpSources {
  readonly counts: PumpCounts = { requests: 0, sleeps: 0, turns: 0, parks: 0 };
  private mounts: PumpedMount[] = [];
  private watchers: node.PollHandle[] = [];
  private set = new PollSet([]);
  /** Longest sleep; none where libuv's descriptor cannot be had, and only the event loop may wait. */
  private sleepMs = IDLE_MS;
  private busy = new BusyPoll(0);
  private readonly answers = new BusyPoll(ANSWER_US);
  private scheduled = false;
  private parked = true;
  private next = 0;
  private at = 0;
  private wakeRequested = false;
  private serving: PumpedMount | null = null;
  private inside = false;
  private readonly sources = new HotSources(
    () => this.prepare(),
    () => this.unpark(),
  );

  add(what: PumpedMount | PumpSource): void {
    if ('message' in what) this.change([...this.mounts, what]);
    else this.sources.add(what);
  }

  /** A mount's requests are left unread. It is not told. */
  remove(what: PumpedMount | PumpSource): void {
    if ('message' in what) this.change(this.mounts.filter((other) => other !== what));
    else this.sources.remove(what);
  }

  /** Lets the event loop go on before the pump sleeps next. */
  wake(): void {
    this.wakeRequested = true;
  }

  now(): number {
    return this.inside ? sampledClock.ms : performance.now();
  }

  flushSoon(source: PumpSource): void {
    if (this.inside) this.sources.toFlush(source);
    else this.sources.flush(source, this.parked);
  }

  private change(mounts: PumpedMount[]): void {
    for (const watcher of this.watchers) watcher.close();
    this.mounts = mounts;
    this.watchers = mounts.map(({ fd }) => koffi.node.poll(fd, this.unpark));
    this.parked = true;
    this.sources.park();
    this.next = 0;
    this.at = 0;
    this.prepare();
  }

  private prepare(): void {
    const { mounts } = this;
    const backend = backendFd();
    this.sleepMs = backend < 0 ? 0 : IDLE_MS;
    const { hot } = this.sources;
    const fds = [...mounts, ...hot].map(({ fd }) => fd);
    this.set = new PollSet([backend, ...fds]);
    const limit = Math.max(0, ...[...mounts, ...hot].map(({ busyPollUs }) => busyPollUs));
    if (limit !== this.busy.limitUs) this.busy = new BusyPoll(limit);
  }

  private park(): void {
    this.counts.parks += 1;
    this.parked = true;
    for (const watcher of this.watchers) watcher.start(this.unpark);
    this.sources.park();
  }

  /** Called by libuv when there is something to read. Only `setImmediate` may be used here: the
   *  callback comes without a scope, after which Node would run promises and ticks. */
  private readonly unpark = (): void => {
    if (!this.parked) return;
    this.parked = false;
    for (const watcher of this.watchers) watcher.stop();
    this.sources.unpark();
    this.turn();
  };

  private turn(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.run);
  }

  private readonly run = (): void => {
    this.scheduled = false;
    this.wakeRequested = false;
    this.inside = true;
    const whole = runSharedTurn(this.serve);
    this.inside = false;
    if (whole) return;
    const mount = this.serving;
    this.serving = null;
    mount?.abandoned();
    this.sources.abandoned();
    if (!this.parked) this.turn();
  };

  private readonly serve = (): void => {
    const until = sample() + (this.unfinished() ? SHORT_TURN_MS : TURN_MS);
    const { slow } = turn;
    let unchecked = 0;
    let isLate = false;
    this.sources.resumeInterrupted();
    // `parked` after a message: the mounts changed, and libuv watches them.
    while (!this.parked) {
      let n = this.readWithoutSleep();
      if (n === -EAGAIN) {
        sampleIfAwaited();
        if (!(this.unfinished() ? this.isAnythingReady() : this.sleep())) {
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
      if (isLate || turn.slow !== slow) break;
      unchecked += 1;
      if (unchecked >= CHECK_EVERY) {
        this.sources.exchange();
        if (sample() > until) break;
        unchecked = 0;
      }
    }
    this.takeSources();
    sampleIfAwaited();
    if (this.parked) return;
    this.counts.turns += 1;
    this.turn();
  };

  /**
   * Reads without sleeping, again and again when that is worth it: as `readAny`, or DONE after
   * something has come by a source.
   */
  private readWithoutSleep(): number {
    const { sources } = this;
    if (sources.isActive && (sources.isUnsent || sources.isAwaited || severalCpus())) {
      return this.readWithSources();
    }
    let n = this.readAny();
    if (n !== -EAGAIN || this.unfinished()) return n;
    // A client on this CPU, woken by our answer, runs now, and sends its next request meanwhile.
    schedYield();
    n = this.readAny();
    if (n !== -EAGAIN || !this.busy.due()) return n;
    const { busy } = this;
    const until = sample() + busy.limitUs / 1000;
    do {
      for (let tries = 0; tries < 4; tries++) {
        n = this.readAny();
        if (n === -EAGAIN) continue;
        busy.hit();
        return n;
      }
    } while (performance.now() < until);
    busy.miss();
    return n;
  }

  private readWithSources(): number {
    const { sources } = this;
    const several = severalCpus();
    // With one request under way there is nothing to read before it is answered, or sent on.
    if (sources.isCrowded || (several && !sources.isUnsent)) {
      const n = this.readAny();
      if (n !== -EAGAIN) return n;
    }
    sources.flushAll();
    if (this.unfinished()) return sources.receive() ? DONE : this.readAny();
    // On a CPU that they share, peers and clients run only while this process sleeps.
    if (!several) return -EAGAIN;
    const wait = sources.isAwaited ? this.answers : this.busy;
    if (!wait.due()) return -EAGAIN;
    const until = sample() + wait.limitUs / 1000;
    do {
      schedYield();
      if (sources.receive()) {
        wait.hit();
        return DONE;
      }
      const n = this.readAny();
      if (n === -EAGAIN) continue;
      wait.hit();
      sample();
      return n;
    } while (performance.now() < until);
    wait.miss();
    return -EAGAIN;
  }

  /** Length of a request read from mount `at`, or minus the errno (EAGAIN: there is none). Takes
   *  turns, so that no mount waits for another. */
  private readAny(): number {
    const { mounts } = this;
    for (let tried = mounts.length; tried > 0; tried--) {
      this.at = this.next;
      this.next = this.at + 1 < mounts.length ? this.at + 1 : 0;
      const { fd, buffer } = mounts[this.at]!;
      const n = read(fd, buffer, buffer.length);
      if (n !== -EAGAIN) return n;
    }
    return -EAGAIN;
  }

  /** After poll(2): what has come by sources is taken, then a request is read, or DONE. */
  private readReady(): number {
    const { sources, mounts, set } = this;
    if (sources.hot.length === 0) return this.readAny();
    const before = mounts.length + 1;
    const isRequest = this.isAnyReady();
    const served = sources.takeReady(set, before);
    if (!isRequest) return served ? DONE : this.readAny();
    const n = this.readAny();
    return n === -EAGAIN ? DONE : n;
  }

  /** Nobody is left out under a load that never pauses. */
  private takeSources(): void {
    const { sources } = this;
    if (!sources.isActive) return;
    sources.flushAll();
    if (this.pollDescriptors(0)) sources.takeReady(this.set, this.mounts.length + 1);
    sources.flushAll();
  }

  /**
   * Before the waiting is left to libuv: sources of which no answer is awaited, such as one that is
   * being connected, are read after a poll(2) only, and libuv would wake the pump for them at once.
   */
  private isAnythingReady(): boolean {
    return this.sources.isActive && this.pollDescriptors(0);
  }

  private isAnyReady(): boolean {
    for (let at = this.mounts.length; at > 0; at--) if (this.set.ready(at) !== 0) return true;
    return false;
  }

  private handleReadError(errno: number): void {
    // ENOENT: the request was aborted on its way to us. EAGAIN: it was, before the read.
    if (errno === EINTR || errno === ENOENT || errno === EAGAIN) return;
    const mount = this.mounts[this.at]!;
    this.remove(mount);
    mount.ended(OVER.has(errno) ? 0 : errno);
  }

  /** Waits for something to read. False after a while, and after a signal (libuv's to serve). */
  private sleep(): boolean {
    this.counts.sleeps += 1;
    return this.pollDescriptors(this.sleepMs);
  }

  private pollDescriptors(ms: number): boolean {
    const { hot } = this.sources;
    const before = this.mounts.length + 1;
    for (let at = 0; at < hot.length; at++) {
      const { isPaused, isFull } = hot[at]!;
      this.set.setEvents(before + at, !isPaused, isFull);
    }
    return poll(this.set.bytes, before + hot.length, ms) > 0;
  }

  private unfinished(): boolean {
    if (this.wakeRequested) return true;
    for (const mount of this.mounts) if (mount.busy) return true;
    return this.sources.isBusy;
  }
}

export const pump = new Pump();

/**
 * The pump: serves `/dev/fuse` and libuv from Node's main thread, without a second one.
 *
 * It runs inside a `setImmediate` callback: reads requests and hands them to their mount, which
 * usually answers before it returns. When there is none it lets others use its CPU, waits awake for
 * a moment (core's `busy-poll.ts`), then sleeps in poll(2) for the FUSE descriptors and for libuv's own
 * (its epoll descriptor) at once. A request that is answered at once costs no turn of the event
 * loop, no timer and no promise.
 *
 * It leaves the callback, and the event loop goes on,
 * - for one turn, when libuv's descriptor is readable, after a request for which a script took long,
 *   and every `TURN_MS` under load (`SHORT_TURN_MS` while requests are unanswered that were taken
 *   before);
 * - until the next request, when a request is unanswered or `wake()` was called (promises settle
 *   only outside, and what handlers began is registered with libuv only there), and after `IDLE_MS`
 *   without a request. The FUSE descriptors are then watched by libuv, which knows best how long to
 *   sleep: its next timer cannot be asked for from within, because `uv_backend_timeout` is 0 in
 *   every `setImmediate` callback of Node 20.
 * So signals and asynchronous I/O are late by `TURN_MS` at most, and timers by `IDLE_MS`.
 *
 * There is one pump for all mounts of the process, because only one can sleep.
 */
import koffi, { type node } from 'koffi';
import { BusyPoll } from '../../core/busy-poll.ts';
import { EAGAIN, ECONNABORTED, EINTR, ENODEV, ENOENT } from '../../core/errno.ts';
import { sharedTurn, turn } from '../../core/turn.ts';
import { poll, read, schedYield } from '../../sys/libc.ts';
import { PollSet } from '../../sys/struct.ts';
import { backendFd } from '../../sys/uv.ts';
import { look, settle } from '../lately.ts';

/** Longest run without a turn of the event loop. */
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

class Pump {
  readonly counts: PumpCounts = { requests: 0, sleeps: 0, turns: 0, parks: 0 };
  private mounts: PumpedMount[] = [];
  private watchers: node.PollHandle[] = [];
  private set = new PollSet([]);
  private busy = new BusyPoll(0);
  private scheduled = false;
  private parked = false;
  /** Mount to look at first. */
  private next = 0;
  /** Mount of the last request. */
  private at = 0;
  private asked = false;
  /** Mount of the request at hand, or of the last one. */
  private serving: PumpedMount | null = null;

  add(mount: PumpedMount): void {
    this.change([...this.mounts, mount]);
  }

  /** The mount's requests are left unread. It is not told. */
  remove(mount: PumpedMount): void {
    this.change(this.mounts.filter((other) => other !== mount));
  }

  /** Lets the event loop go on before the pump sleeps next. */
  wake(): void {
    this.asked = true;
  }

  private change(mounts: PumpedMount[]): void {
    for (const watcher of this.watchers) watcher.close();
    this.mounts = mounts;
    this.watchers = mounts.map(({ fd }) => koffi.node.poll(fd, this.unpark));
    this.parked = true;
    this.next = 0;
    this.at = 0;
    this.set = new PollSet([backendFd(), ...mounts.map((mount) => mount.fd)]);
    this.busy = new BusyPoll(Math.max(0, ...mounts.map((mount) => mount.busyPollUs)));
  }

  /** Leaves the waiting to libuv. */
  private park(): void {
    this.counts.parks += 1;
    this.parked = true;
    for (const watcher of this.watchers) watcher.start(this.unpark);
  }

  /** Called by libuv with a request to read. Only `setImmediate` may be used here: the callback
   *  comes without a scope, after which Node would run promises and ticks. */
  private readonly unpark = (): void => {
    if (!this.parked) return;
    this.parked = false;
    for (const watcher of this.watchers) watcher.stop();
    this.turn();
  };

  private turn(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.run);
  }

  private readonly run = (): void => {
    this.scheduled = false;
    this.asked = false;
    if (sharedTurn(this.serve)) return;
    const mount = this.serving;
    this.serving = null;
    mount?.abandoned();
    if (!this.parked) this.turn();
  };

  /** Serves until the event loop is wanted. */
  private readonly serve = (): void => {
    const until = look() + (this.unfinished() ? SHORT_TURN_MS : TURN_MS);
    const { slow } = turn;
    let unchecked = 0;
    // `parked` after a message: the mounts changed, and libuv watches them.
    while (!this.parked) {
      let n = this.find();
      if (n === -EAGAIN) {
        settle();
        if (this.unfinished() || !this.sleep()) {
          this.park();
          return;
        }
        look();
        if (this.set.ready(0) !== 0) break;
        n = this.readAny();
        unchecked = CHECK_EVERY;
      }
      if (n > 0) {
        this.counts.requests += 1;
        this.serving = this.mounts[this.at]!;
        this.serving.message(n);
        if (turn.slow !== slow) break;
        unchecked += 1;
        if (unchecked >= CHECK_EVERY) {
          if (look() > until) break;
          unchecked = 0;
        }
      } else this.failed(-n);
    }
    settle();
    if (this.parked) return;
    this.counts.turns += 1;
    this.turn();
  };

  /** Reads without sleeping, again and again when that is worth it: as `readAny`. */
  private find(): number {
    let n = this.readAny();
    if (n !== -EAGAIN || this.unfinished()) return n;
    // A client on this CPU, woken by our answer, runs now, and sends its next request meanwhile.
    schedYield();
    n = this.readAny();
    if (n !== -EAGAIN || !this.busy.due()) return n;
    const { busy } = this;
    const until = look() + busy.limitUs / 1000;
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

  private failed(errno: number): void {
    // ENOENT: the request was aborted on its way to us. EAGAIN: it was, before the read.
    if (errno === EINTR || errno === ENOENT || errno === EAGAIN) return;
    const mount = this.mounts[this.at]!;
    this.remove(mount);
    mount.ended(OVER.has(errno) ? 0 : errno);
  }

  /** Waits for a request or for libuv. False after a while, and after a signal (libuv's to serve). */
  private sleep(): boolean {
    this.counts.sleeps += 1;
    return poll(this.set.bytes, this.mounts.length + 1, IDLE_MS) > 0;
  }

  /** Whether something waits that only goes on in the event loop. */
  private unfinished(): boolean {
    if (this.asked) return true;
    for (const mount of this.mounts) if (mount.busy) return true;
    return false;
  }
}

export const pump = new Pump();

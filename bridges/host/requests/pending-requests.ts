/**
 * Holds requests that are unanswered when a call into the guest returns, and sweeps them once a
 * second: fails those that the module holds too long, and makes the guest report those that the
 * module can no longer reach.
 */
import type { CallPool } from '../../../runtime/core/frame.ts';
import { isRequestHeld } from '../../../runtime/core/interceptor.ts';
import { turn } from '../../../runtime/core/turn.ts';
import { MessageError } from '../crossing/message.ts';
import { PAUSE_AFTER_SLOW_MS } from './decision-queue.ts';
import type { HostedRequest } from './hosted-request.ts';

/** Milliseconds between two sweeps; `waitedSeconds` counts sweeps. */
const SWEEP_MS = 1000;
/** Maximum number of overdue requests that fail in a turn of the event loop: each takes up to half a millisecond. */
export const MAX_FAILED_PER_TURN = 32;
/** Milliseconds until the next ones fail, in which other requests are served. */
const NEXT_TURN_MS = 1;
/** Maximum number of pending requests that a module has begun itself. */
const MAX_OWN_REQUESTS = 16_384;

/** Actions of the interpreter that a sweep calls. */
export interface SweepActions {
  /** Calls `fn` in `ms` milliseconds; the result cancels that. */
  after(ms: number, fn: () => void): () => void;
  /** Makes the guest report requests that only a reference cycle still refers to. */
  collectUnreachable(): void;
  /** Fails a request that the module has held too long. */
  failOverdue(request: HostedRequest): void;
}

export class PendingRequests {
  /**
   * All but the latest, by number. The latest is outside the map, because most are answered before the next one is
   * added: adding each to the map would cost a third of the host's own time.
   */
  private readonly earlierRequests = new Map<number, HostedRequest>();
  private latest: HostedRequest | null = null;
  /** Seconds that the module may hold a request; 0 for no limit. */
  limitSeconds: number;
  private readonly actions: SweepActions;
  private readonly callPool: CallPool;
  private ownRequestCount = 0;
  private cancelSweep: (() => void) | null = null;
  /** Cancels the turn in which further overdue requests fail. */
  private cancelFailing: (() => void) | null = null;
  /** True while a debugger has stopped the guest's thread: time does not count. */
  private isStopped = false;
  /** True after a debugger's stop: the next sweep does not count that time as the module's. */
  private wasStopped = false;

  constructor(limitSeconds: number, callPool: CallPool, actions: SweepActions) {
    this.limitSeconds = limitSeconds;
    this.callPool = callPool;
    this.actions = actions;
  }

  add(request: HostedRequest): void {
    if (request.isPending) return;
    request.isPending = true;
    if (request.plan === null) {
      this.ownRequestCount += 1;
      this.callPool.add(request.frame.root);
    }
    if (this.latest !== null) this.moveLatest();
    this.latest = request;
    this.cancelSweep ??= this.scheduleSweep();
  }

  /** Refuses one more request of the module's own at their limit. @throws {MessageError} */
  checkOwnRequestCount(): void {
    if (this.ownRequestCount < MAX_OWN_REQUESTS) return;
    throw new MessageError(
      `more than ${MAX_OWN_REQUESTS} requests of its own at once: await some before the next`,
    );
  }

  remove(request: HostedRequest): void {
    if (!request.isPending) return;
    request.isPending = false;
    if (request.plan === null) {
      this.ownRequestCount -= 1;
      this.callPool.delete(request.frame.root);
    }
    if (this.latest === request) this.latest = null;
    else this.earlierRequests.delete(request.id);
  }

  /** Drops a request that is answered and waits for no child. */
  removeIfDone(request: HostedRequest): void {
    if (request.isDone) this.remove(request);
  }

  /** Records that a debugger has stopped the guest's thread, or that it runs on. */
  noteStop(isStopped: boolean): void {
    this.isStopped = isStopped;
    this.wasStopped = true;
  }

  close(): void {
    this.cancelSweep?.();
    this.cancelSweep = null;
    this.cancelFailing?.();
    this.cancelFailing = null;
  }

  private scheduleSweep(): () => void {
    return this.actions.after(SWEEP_MS, () => this.sweep());
  }

  private sweep(): void {
    this.cancelSweep = null;
    if (this.isStopped || this.wasStopped) this.wasStopped = false;
    else this.countSecond();
    if (this.size > 0) this.cancelSweep ??= this.scheduleSweep();
  }

  /** Counts a second for each request, and fails those that are overdue. */
  private countSecond(): void {
    let mustCollect = false;
    for (const request of this.values())
      mustCollect = this.countWaitedSecond(request) || mustCollect;
    if (mustCollect) this.actions.collectUnreachable();
    this.failOverdue();
  }

  /** Fails overdue requests; after some, or one whose notification was slow, other work runs first. */
  private failOverdue(): void {
    if (this.limitSeconds === 0 || this.cancelFailing !== null) return;
    const { slowCallCount } = turn;
    let failedCount = 0;
    for (const request of this.values()) {
      if (request.isAnswered || request.waitedSeconds <= this.limitSeconds) continue;
      const wasSlow = turn.slowCallCount !== slowCallCount;
      if (wasSlow || failedCount === MAX_FAILED_PER_TURN) {
        this.cancelFailing = this.actions.after(
          wasSlow ? PAUSE_AFTER_SLOW_MS : NEXT_TURN_MS,
          () => {
            this.cancelFailing = null;
            this.failOverdue();
          },
        );
        return;
      }
      failedCount += 1;
      this.actions.failOverdue(request);
    }
  }

  /**
   * Adds a second to the time that a request has waited for the module. Adds none if a debugger
   * holds the request, or if it waits for a child. Returns true after 2, 4, 8, … seconds: then the
   * guest should check whether the module can still reach it, which costs milliseconds.
   */
  private countWaitedSecond(request: HostedRequest): boolean {
    const { owedReplyCount, windCount, windCountAtSweep, isAnswered } = request;
    request.windCountAtSweep = windCount;
    if (
      isAnswered ||
      request.plan === null ||
      (owedReplyCount > 0 && windCount === windCountAtSweep)
    )
      return false;
    if (isRequestHeld(request.frame.root)) return false;
    request.waitedSeconds += 1;
    const { waitedSeconds } = request;
    return owedReplyCount === 0 && waitedSeconds > 1 && (waitedSeconds & (waitedSeconds - 1)) === 0;
  }

  get size(): number {
    return this.earlierRequests.size + (this.latest === null ? 0 : 1);
  }

  get(id: number): HostedRequest | undefined {
    return this.latest?.id === id ? this.latest : this.earlierRequests.get(id);
  }

  /** Returns the requests in the order in which they were added. */
  values(): IterableIterator<HostedRequest> {
    this.moveLatest();
    return this.earlierRequests.values();
  }

  /** Moves the latest request into the map. */
  private moveLatest(): void {
    const { latest } = this;
    if (latest === null) return;
    this.latest = null;
    this.earlierRequests.set(latest.id, latest);
  }
}

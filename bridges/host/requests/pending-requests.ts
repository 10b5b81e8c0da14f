/**
 * Holds requests that outlived a call into the guest, and sweeps them once a second while there are
 * any: fails those that the module never answers, and lets the guest find those that it can no
 * longer reach.
 */
import type { CallPool } from '../../../runtime/core/call-pool.ts';
import { isRequestHeld } from '../../../runtime/core/interceptor.ts';
import { turn } from '../../../runtime/core/turn.ts';
import { MessageError } from '../crossing/message.ts';
import { PAUSE_MS } from './decision-queue.ts';
import type { HostedRequest } from './hosted-request.ts';

const SWEEP_MS = 1000;
/** Requests that a module may have begun at a time. */
const MOST_OWN = 16_384;

export interface SweepActions {
  after(ms: number, fn: () => void): () => void;
  /** Lets the guest find requests that only a reference cycle keeps. */
  collect(): void;
  /** Fails a request that the module has held too long. */
  overdue(request: HostedRequest): void;
}

export class PendingRequests {
  readonly requests = new RequestTable();
  /** Seconds that the module may hold a request; 0 for no limit. */
  limit: number;
  private readonly care: SweepActions;
  private readonly calls: CallPool;
  private own = 0;
  private cancelSweep: (() => void) | null = null;
  /** True after a debugger's stop: requests overdue since are not the module's fault. */
  private stoodStill = false;

  constructor(limit: number, calls: CallPool, care: SweepActions) {
    this.limit = limit;
    this.calls = calls;
    this.care = care;
  }

  keep(request: HostedRequest): void {
    if (request.kept) return;
    request.kept = true;
    if (request.plan === null) {
      this.own += 1;
      this.calls.add(request.frame.root);
    }
    this.requests.add(request);
    this.cancelSweep ??= this.sweepLater();
  }

  /** @throws {MessageError} when the module has begun as many requests as it may */
  checkOwn(): void {
    if (this.own < MOST_OWN) return;
    throw new MessageError(
      `more than ${MOST_OWN} requests of its own at once: await some before the next`,
    );
  }

  drop(request: HostedRequest): void {
    if (!request.kept) return;
    request.kept = false;
    if (request.plan === null) {
      this.own -= 1;
      this.calls.delete(request.frame.root);
    }
    this.requests.delete(request.id);
  }

  /** Drops a request that is answered and waits for no child. */
  dropIfOver(request: HostedRequest): void {
    if (request.owed === 0 && (request.answered || request.plan === null)) this.drop(request);
  }

  /** Records that a debugger had stopped the whole thread until now. */
  standStill(): void {
    this.stoodStill = true;
  }

  close(): void {
    this.cancelSweep?.();
    this.cancelSweep = null;
  }

  private sweepLater(): () => void {
    return this.care.after(SWEEP_MS, () => this.sweep());
  }

  private sweep(): void {
    this.cancelSweep = null;
    if (this.stoodStill) this.stoodStill = false;
    else this.growAll();
    if (this.requests.size > 0) this.cancelSweep ??= this.sweepLater();
  }

  private growAll(): void {
    let due = false;
    for (const request of this.requests.values()) due = this.grow(request) || due;
    if (due) this.care.collect();
    this.failOverdue();
  }

  /** Fails overdue requests; after one whose end was slow, other work runs first. */
  private failOverdue(): void {
    const { slow } = turn;
    for (const request of this.limit === 0 ? [] : [...this.requests.values()]) {
      if (request.answered || request.spent <= this.limit) continue;
      if (turn.slow !== slow) {
        this.care.after(PAUSE_MS, () => this.failOverdue());
        return;
      }
      this.care.overdue(request);
    }
  }

  /**
   * Counts a second of a request, unless a debugger holds it or it waits for a child that has owed
   * a reply since the last sweep. True after 2, 4, 8, … seconds, when the guest should check
   * whether the request can still be reached, which costs milliseconds.
   */
  private grow(request: HostedRequest): boolean {
    const { owed, winds, windsSeen, answered } = request;
    request.windsSeen = winds;
    if (answered || request.plan === null || (owed > 0 && winds === windsSeen)) return false;
    if (isRequestHeld(request.frame.root)) return false;
    request.spent += 1;
    const { spent } = request;
    return owed === 0 && spent > 1 && (spent & (spent - 1)) === 0;
  }
}

/**
 * Requests by number. Most are answered before the next one is kept: the latest stands beside the
 * map, whose growth with every request would cost a third of the host's own time.
 */
export class RequestTable {
  private readonly others = new Map<number, HostedRequest>();
  private latest: HostedRequest | null = null;

  get size(): number {
    return this.others.size + (this.latest === null ? 0 : 1);
  }

  get(id: number): HostedRequest | undefined {
    return this.latest?.id === id ? this.latest : this.others.get(id);
  }

  add(request: HostedRequest): void {
    this.settle();
    this.latest = request;
  }

  delete(id: number): void {
    if (this.latest?.id === id) this.latest = null;
    else this.others.delete(id);
  }

  keys(): IterableIterator<number> {
    this.settle();
    return this.others.keys();
  }

  /** In the order in which they were added. */
  values(): IterableIterator<HostedRequest> {
    this.settle();
    return this.others.values();
  }

  private settle(): void {
    const { latest } = this;
    if (latest === null) return;
    this.latest = null;
    this.others.set(latest.id, latest);
  }
}

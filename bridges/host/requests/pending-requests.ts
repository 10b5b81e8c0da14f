/**
 * Requests that have outlived a call into the guest, and the sweep that looks after them once a
 * second for as long as there are any: it fails those that the module never answers, and lets the
 * guest look for those that nothing can reach any more.
 */
import type { CallPool } from '../../../runtime/core/call-pool.ts';
import { isRequestHeld } from '../../../runtime/core/interceptor.ts';
import { turn } from '../../../runtime/core/turn.ts';
import { MessageError } from '../crossing/message.ts';
import { PAUSE_MS } from './decision-queue.ts';
import type { HostedRequest } from './hosted-request.ts';

const SWEEP_MS = 1000;
/** Requests that a module may have begun by itself at a time. */
const MOST_OWN = 16_384;

export interface Care {
  after(ms: number, fn: () => void): () => void;
  /** Looks for requests that only a cycle of references keeps. */
  collect(): void;
  /** It is the module that has been waited for, for too long. */
  overdue(request: HostedRequest): void;
}

export class PendingRequests {
  readonly requests = new RequestTable();
  /** Seconds that the module may leave a request unanswered; 0 for ever. */
  limit: number;
  private readonly care: Care;
  private readonly calls: CallPool;
  private own = 0;
  private cancelSweep: (() => void) | null = null;
  /** What has come due meanwhile is not the module's fault. */
  private stoodStill = false;

  constructor(limit: number, calls: CallPool, care: Care) {
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

  /** Drops one that has had its answer, and is owed none. */
  dropIfOver(request: HostedRequest): void {
    if (request.owed === 0 && (request.answered || request.plan === null)) this.drop(request);
  }

  /** A debugger has had the whole thread stand still until now. */
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

  /** The module may do much for the end of each: after one that took long, others have their turn. */
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
   * Counts a second of a request, unless a debugger holds it, or it is a child that is waited for: one
   * that has owed a reply since the last sweep. A module that winds again and again is waited for itself. True when it is
   * time to look whether anything can still reach the request, which costs milliseconds: after 2, 4,
   * 8, … seconds.
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
 * map, which would grow and shrink otherwise with every request, at a third of the host's own cost.
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

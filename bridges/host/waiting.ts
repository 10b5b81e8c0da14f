/**
 * Requests that have outlived a call into the guest, and the sweep that looks after them once a
 * second for as long as there are any: it fails those that the module never answers, and lets the
 * guest look for those that nothing can reach any more.
 */
import type { Request } from './request.ts';
import { Requests } from './requests.ts';

const SWEEP_MS = 1000;

export interface Care {
  after(ms: number, fn: () => void): () => void;
  /** Looks for requests that only a cycle of references keeps. */
  collect(): void;
  /** The module has had a request to itself for too long. */
  overdue(request: Request): void;
}

export class Waiting {
  readonly requests = new Requests();
  /** Seconds that the module may leave a request unanswered; 0 for ever. */
  limit: number;
  private readonly care: Care;
  /** Counts sweeps: a clock that costs nothing to read. */
  private clock = 0;
  private cancelSweep: (() => void) | null = null;

  constructor(limit: number, care: Care) {
    this.limit = limit;
    this.care = care;
  }

  keep(request: Request): void {
    if (request.kept) return;
    request.kept = true;
    request.since = this.clock;
    this.requests.add(request);
    this.cancelSweep ??= this.sweepLater();
  }

  /** The module has the request to itself again: its time starts anew. */
  touch(request: Request): void {
    request.since = this.clock;
  }

  drop(request: Request): void {
    if (!request.kept) return;
    request.kept = false;
    this.requests.delete(request.id);
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
    this.clock += 1;
    // As long as a child owes a reply, it is not the module that is waited for.
    const idle = [...this.requests.values()].filter(
      ({ owed, answered }) => owed === 0 && !answered,
    );
    const ages = idle.map(({ since }) => this.clock - since);
    // A request is looked at when it is 2, 4, 8, … seconds old: looking costs milliseconds.
    if (ages.some((age) => age > 1 && (age & (age - 1)) === 0)) this.care.collect();
    for (const request of this.limit === 0 ? [] : idle) {
      if (!request.answered && this.clock - request.since > this.limit) this.care.overdue(request);
    }
    if (this.requests.size > 0) this.cancelSweep ??= this.sweepLater();
  }
}

/** Runs a limited number of requests at a time. Further requests wait, in the order of their calls. */
import {
  type AbortListener,
  addAbortListener,
  removeAbortListener,
} from '../api/abort-listeners.ts';

/** A request that waits for its turn, in a linked list: the first is removed in constant time. */
interface WaitingRequest extends AbortListener {
  begin(): void;
  isWithdrawn: boolean;
  next: WaitingRequest | null;
}

export class RequestQueue {
  /** The most requests under way at a time. */
  readonly limit: number;
  private inFlightCount = 0;
  private first: WaitingRequest | null = null;
  private last: WaitingRequest | null = null;
  /** The number of requests that wait and were not withdrawn. */
  private queuedCount = 0;
  private readonly onDrained: (() => void)[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  get inFlight(): number {
    return this.inFlightCount;
  }

  /** The number of requests that wait. */
  get queued(): number {
    return this.queuedCount;
  }

  /**
   * Runs a request as soon as it is its turn.
   * @param signal withdraws a request that still waits; the promise then rejects with its reason
   */
  async run<R>(request: () => Promise<R>, signal?: AbortSignal): Promise<R> {
    await this.takeTurn(signal);
    try {
      return await request();
    } finally {
      this.inFlightCount -= 1;
      this.beginNext();
    }
  }

  /** Waits until no request is queued: a program that calls it before each request has a bounded queue. */
  async drain(): Promise<void> {
    if (this.queued > 0) await new Promise<void>((resolve) => this.onDrained.push(resolve));
  }

  private async takeTurn(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.inFlightCount < this.limit) {
      this.inFlightCount += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const waiter: WaitingRequest = {
        isWithdrawn: false,
        next: null,
        begin: () => {
          removeAbortListener(signal, waiter);
          this.inFlightCount += 1;
          resolve();
        },
        handleAbort: () => {
          waiter.isWithdrawn = true;
          reject(signal!.reason);
          this.countEnd();
        },
      };
      addAbortListener(signal, waiter);
      this.append(waiter);
    });
  }

  private append(waiter: WaitingRequest): void {
    if (this.last === null) this.first = waiter;
    else this.last.next = waiter;
    this.last = waiter;
    this.queuedCount += 1;
  }

  private beginNext(): void {
    let next = this.first;
    while (next?.isWithdrawn === true) next = next.next;
    this.first = next?.next ?? null;
    if (this.first === null) this.last = null;
    if (next === null || next === undefined) return;
    next.begin();
    this.countEnd();
  }

  /** Counts a request that waits no more. */
  private countEnd(): void {
    this.queuedCount -= 1;
    if (this.queuedCount === 0) for (const resolve of this.onDrained.splice(0)) resolve();
  }
}

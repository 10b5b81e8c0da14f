/** Runs one operation of a volume for a promise. It ends early when its signal aborts or the volume is closed. */
import { type AbortListener, addAbortListener, removeAbortListener } from './abort-listeners.ts';
import type { DriverSteps } from './driver-steps.ts';
import { AbortError } from './file-error.ts';
import { releaseUnused, type Steps, StepsRunner } from './steps.ts';

/** The functions that settle a promise. */
export interface PromiseSettlers<R> {
  resolve(result: R): void;
  reject(error: unknown): void;
}

/** The operations of a volume that wait. A `Set` would keep ended ones reachable, as its old tables do in V8. */
export class PendingOperations {
  private readonly operations: PendingOperation[] = [];
  private readonly onPendingChange: (isWaiting: boolean) => void;

  /** @param onPendingChange called with true when the first is added, with false when the last is removed */
  constructor(onPendingChange: (isWaiting: boolean) => void) {
    this.onPendingChange = onPendingChange;
  }

  add(operation: PendingOperation): void {
    operation.position = this.operations.length;
    this.operations.push(operation);
    if (this.operations.length === 1) this.onPendingChange(true);
  }

  remove({ position }: PendingOperation): void {
    const { operations } = this;
    const last = operations.pop()!;
    if (position < operations.length) {
      operations[position] = last;
      last.position = position;
    }
    if (operations.length === 0) this.onPendingChange(false);
  }

  /** Ends all operations for their callers. */
  refuseAll(error: Error): void {
    for (const operation of [...this.operations]) operation.refuse(error);
  }
}

/** An operation that settles a promise with its result. */
export class PendingOperation<R = unknown> extends StepsRunner<R> implements AbortListener {
  /** Its index in the list of `PendingOperations`, which sets it. */
  position = 0;
  private readonly operations: PendingOperations;
  private readonly settlers: PromiseSettlers<R>;
  private readonly signal: AbortSignal | undefined;
  private readonly driver: DriverSteps | undefined;
  private isPending = false;
  private hasEnded = false;

  /** @param driver the driver of the steps: an abort of `signal` interrupts its fops in flight */
  constructor(
    operations: PendingOperations,
    steps: Steps<R>,
    settlers: PromiseSettlers<R>,
    signal: AbortSignal | undefined,
    driver: DriverSteps | undefined,
  ) {
    super(steps);
    this.operations = operations;
    this.settlers = settlers;
    this.signal = signal;
    this.driver = driver;
  }

  /** Runs the operation; registers it if it waits. */
  start(): void {
    this.advance();
    // Most operations on storages in memory have ended here.
    if (this.hasEnded) return;
    this.isPending = true;
    this.operations.add(this as PendingOperation);
    addAbortListener(this.signal, this);
  }

  handleAbort(): void {
    this.refuse(new AbortError(this.signal!));
    this.driver?.interruptRequests();
  }

  /** Ends the operation for its caller; its steps may still wait for a reply. */
  refuse(error: unknown): void {
    if (this.hasEnded) return;
    this.end();
    this.settlers.reject(error);
  }

  protected override resolve(result: R): void {
    if (this.hasEnded) {
      releaseUnused(result);
      return;
    }
    this.end();
    this.settlers.resolve(result);
  }

  protected override reject(error: unknown): void {
    // The abort of another operation may have interrupted a request of this one.
    this.refuse(this.signal?.aborted === true ? new AbortError(this.signal) : error);
  }

  private end(): void {
    this.hasEnded = true;
    if (!this.isPending) return;
    removeAbortListener(this.signal, this);
    this.operations.remove(this as PendingOperation);
  }
}

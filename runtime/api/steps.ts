/**
 * Runs *steps*: operations that are written once, for callers with promises and for synchronous callers.
 *
 * An operation is a generator. It yields each wait (such as a fop sent to the graph), and continues
 * with its result. `runSteps` returns a promise of the operation's result. `runSync` returns the
 * result itself, if every wait ended at once, as with storages in memory.
 */
import { ReplyError } from './fop-error.ts';

/** An operation that ends with `R`. */
export type Steps<R> = Generator<Wait, R, unknown>;

/** One wait of an operation. */
export interface Wait {
  /** Starts; calls `resume` or `fail` of the operation once, now or later. */
  start(operation: Operation): void;
}

/** An operation that continues when a wait ends. */
export interface Operation {
  resume(result: unknown): void;
  fail(error: unknown): void;
}

/** Drives the steps of one operation, from the first `advance` to its end. */
export abstract class StepsRunner<R> implements Operation {
  protected readonly steps: Steps<R>;
  /** Whether `advance` runs: then a wait that ends leaves its result for the loop. */
  private isAdvancing = false;
  private hasWaitEnded = false;
  private hasWaitFailed = false;
  private result: unknown;

  constructor(steps: Steps<R>) {
    this.steps = steps;
  }

  /** Called at the end with the result; must not throw. */
  protected abstract resolve(result: R): void;
  /** Called instead of `resolve` after a failure; must not throw. */
  protected abstract reject(error: unknown): void;

  resume(result: unknown): void {
    this.endWait(result, false);
  }

  fail(error: unknown): void {
    this.endWait(error, true);
  }

  private endWait(result: unknown, hasFailed: boolean): void {
    this.result = result;
    this.hasWaitFailed = hasFailed;
    this.hasWaitEnded = true;
    if (!this.isAdvancing) this.advance();
  }

  /** Runs to the next wait that does not end at once. A loop instead of recursion: many waits may end at once. */
  advance(): void {
    this.isAdvancing = true;
    try {
      do {
        this.hasWaitEnded = false;
        const { steps, result } = this;
        const step = this.hasWaitFailed ? steps.throw(result) : steps.next(result);
        if (step.done === true) {
          this.resolve(step.value);
          return;
        }
        step.value.start(this);
      } while (this.hasWaitEnded);
    } catch (error) {
      this.reject(error);
    } finally {
      this.isAdvancing = false;
    }
  }
}

/** Drives an operation, and calls one of two functions at its end. */
class CallbackRunner<R> extends StepsRunner<R> {
  protected readonly resolve: (result: R) => void;
  protected readonly reject: (error: unknown) => void;

  constructor(steps: Steps<R>, resolve: (result: R) => void, reject: (error: unknown) => void) {
    super(steps);
    this.resolve = resolve;
    this.reject = reject;
  }
}

/** Runs an operation, and calls one of the functions at its end, now or later. */
export function startSteps<R>(
  steps: Steps<R>,
  resolve: (result: R) => void,
  reject: (error: unknown) => void,
): void {
  new CallbackRunner(steps, resolve, reject).advance();
}

/** Runs an operation for a caller that waits for a promise. */
export const runSteps = <R>(steps: Steps<R>): Promise<R> =>
  new Promise((resolve, reject) => startSteps(steps, resolve, reject));

/** Thrown by a synchronous call on a volume that replies later, such as one over a network. */
export class NotAtOnceError extends Error {
  readonly code = 'GLOSSA_NOT_AT_ONCE';

  constructor() {
    super('the volume does not reply at once: use the asynchronous function instead');
  }
}

/** Releases a result such as an open file, if the caller no longer waits for it. */
export function releaseUnused(result: unknown): void {
  const unused = (result ?? {}) as { releaseUnused?(): void };
  unused.releaseUnused?.();
}

/**
 * Runs an operation for a caller that cannot wait.
 * @throws {NotAtOnceError} when the volume has not replied; the operation may still take place
 */
export function runSync<R>(steps: Steps<R>): R {
  const results: R[] = [];
  const errors: unknown[] = [];
  let mustWait = false;
  startSteps(
    steps,
    (result) => {
      if (mustWait) releaseUnused(result);
      else results.push(result);
    },
    (error) => void errors.push(error),
  );
  if (errors.length > 0) {
    if (errors[0] instanceof ReplyError) errors[0].addStack(runSync);
    throw errors[0];
  }
  mustWait = results.length === 0;
  if (mustWait) throw new NotAtOnceError();
  return results[0]!;
}

/** Waits for a promise, and continues with its result. */
export function* awaitPromise<R>(promise: Promise<R>): Steps<R> {
  const wait: Wait = {
    start: (operation) =>
      void promise.then(
        (result) => operation.resume(result),
        (error) => operation.fail(error),
      ),
  };
  return (yield wait) as R;
}

/**
 * Acts on each item, on at most `limit` at a time. `act` may add further items, of which the latest
 * comes first. After a failure no further item begins; when those under way have ended, the operation
 * fails.
 */
export function* runInParallel<T>(
  items: Iterable<T>,
  limit: number,
  act: (item: T, add: (item: T) => void) => Steps<unknown>,
): Steps<void> {
  yield new ParallelWait(items, limit, act);
}

/** The wait of `runInParallel` until its items have ended. */
class ParallelWait<T> implements Wait {
  private readonly items: Iterator<T, unknown>;
  private readonly addedItems: T[] = [];
  private readonly limit: number;
  private readonly act: (item: T, add: (item: T) => void) => Steps<unknown>;
  private readonly add = (item: T): void => void this.addedItems.push(item);
  private activeCount = 0;
  private isBeginning = false;
  /** The first failure; an object, because any value may be thrown. */
  private failure: { readonly value: unknown } | null = null;
  private operation!: Operation;

  constructor(
    items: Iterable<T>,
    limit: number,
    act: (item: T, add: (item: T) => void) => Steps<unknown>,
  ) {
    this.items = items[Symbol.iterator]();
    this.limit = limit;
    this.act = act;
  }

  start(operation: Operation): void {
    this.operation = operation;
    this.beginItems();
  }

  private takeNextItem(): IteratorResult<T, unknown> {
    const { addedItems } = this;
    return addedItems.length > 0 ? { value: addedItems.pop()! } : this.items.next();
  }

  /** Begins items until the limit is reached. An item that ends at once is followed by the loop, without recursion. */
  private beginItems(): void {
    if (this.isBeginning) return;
    this.isBeginning = true;
    while (this.failure === null && this.activeCount < this.limit) {
      try {
        const item = this.takeNextItem();
        if (item.done === true) break;
        this.activeCount += 1;
        startSteps(this.act(item.value, this.add), this.endItem, this.failItem);
      } catch (value) {
        this.failure ??= { value };
      }
    }
    this.isBeginning = false;
    if (this.activeCount > 0) return;
    if (this.failure !== null) this.operation.fail(this.failure.value);
    else this.operation.resume(undefined);
  }

  private readonly endItem = (): void => {
    this.activeCount -= 1;
    this.beginItems();
  };

  private readonly failItem = (value: unknown): void => {
    this.failure ??= { value };
    this.endItem();
  };
}

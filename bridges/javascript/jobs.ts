/**
 * Runs promise jobs. A limit that ends a job rejects a promise that may have no handler: `overrun`
 * reports it to the caller, or an endless chain would look finished.
 */
import { EngineError } from './errors.ts';
import type { ExceptionReader } from './exception-reader.ts';
import type { TimeLimit } from './time-limit.ts';
import type { Values } from './values.ts';
import type { Instance, Memory, Pointer, QuickJS } from './wasm.ts';

const TOO_LONG = 'an async function took too long and was interrupted (option time-limit)';
const TOO_LARGE = 'async functions took more memory than there is (option memory-limit)';

export class Jobs {
  readonly #quickjs: QuickJS;
  readonly #memory: Memory;
  readonly #runtime: Pointer;
  readonly #values: Values;
  readonly #exceptions: ExceptionReader;
  readonly #time: TimeLimit;
  /** Buffer for the pointer that a job returns. */
  readonly #scratch: Pointer;
  #lackedMemory = false;

  constructor(
    { quickjs, memory }: Instance,
    runtime: Pointer,
    values: Values,
    failures: ExceptionReader,
    time: TimeLimit,
  ) {
    this.#quickjs = quickjs;
    this.#memory = memory;
    this.#runtime = runtime;
    this.#values = values;
    this.#exceptions = failures;
    this.#time = time;
    this.#scratch = quickjs._malloc(8);
  }

  /** Forgets the limits of the last call; called before each call. */
  resetLimits(): void {
    this.#lackedMemory = false;
  }

  /** Runs jobs until none is left; they throw only by limits. */
  runAll(): void {
    const { QTS_IsJobPending: isPending, QTS_ExecutePendingJob: execute } = this.#quickjs;
    if (isPending(this.#runtime) === 0) return;
    let error: EngineError | undefined;
    this.#memory.growthFailed = false;
    do {
      const result = execute(this.#runtime, -1, this.#scratch);
      this.#values.refresh();
      error = this.#exceptions.takeJobError(result) ?? error;
    } while (isPending(this.#runtime) !== 0);
    this.#lackedMemory ||= this.#memory.growthFailed;
    // Without memory an error has no position: `overrun` says more.
    const hasOverrun = this.#lackedMemory && error?.code === 'memory-limit';
    if (error !== undefined && !hasOverrun) throw error;
  }

  /** The limit that ended a job of the last call, whose promise may have no handler. */
  get overrun(): EngineError | undefined {
    if (this.#time.interrupts > 0) return new EngineError('time-limit', TOO_LONG);
    return this.#lackedMemory ? new EngineError('memory-limit', TOO_LARGE) : undefined;
  }
}

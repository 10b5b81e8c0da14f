/**
 * Runs an interpreter's promise jobs. When a limit ends a job, its promise is rejected, perhaps
 * without a handler. So the caller must read `limitError`: without it, an endless chain of promises
 * would look finished.
 */
import { EngineError } from './errors.ts';
import type { ExceptionReader } from './exception-reader.ts';
import type { TimeLimit } from './time-limit.ts';
import type { Values } from './values.ts';
import type { Instance, Memory, Pointer, QuickJS } from './wasm.ts';

/** The maximum number of jobs for QuickJS to run: no limit. */
const ALL_JOBS = -1;

const TIME_LIMIT_TEXT = 'an async function took too long and was interrupted (option time-limit)';
const MEMORY_LIMIT_TEXT = 'async functions took more memory than there is (option memory-limit)';

/** The promise jobs of one interpreter. */
export class Jobs {
  readonly #quickjs: QuickJS;
  readonly #memory: Memory;
  readonly #runtime: Pointer;
  readonly #values: Values;
  readonly #exceptions: ExceptionReader;
  readonly #timeLimit: TimeLimit;
  /** Buffer for the pointer that a job returns. */
  readonly #scratch: Pointer;
  #ranOutOfMemory = false;

  constructor(
    { quickjs, memory }: Instance,
    runtime: Pointer,
    values: Values,
    exceptions: ExceptionReader,
    timeLimit: TimeLimit,
  ) {
    this.#quickjs = quickjs;
    this.#memory = memory;
    this.#runtime = runtime;
    this.#values = values;
    this.#exceptions = exceptions;
    this.#timeLimit = timeLimit;
    this.#scratch = quickjs._malloc(8);
  }

  /** Forgets the limits of the last call; called before each call. */
  resetLimits(): void {
    this.#ranOutOfMemory = false;
  }

  /** Runs jobs until none is left. @throws {EngineError} if a limit ended one */
  runAll(): void {
    const { QTS_IsJobPending: isPending, QTS_ExecutePendingJob: execute } = this.#quickjs;
    if (isPending(this.#runtime) === 0) return;
    let error: EngineError | undefined;
    this.#memory.growthFailed = false;
    do {
      const result = execute(this.#runtime, ALL_JOBS, this.#scratch);
      this.#values.refresh();
      error = this.#exceptions.takeJobError(result) ?? error;
    } while (isPending(this.#runtime) !== 0);
    this.#ranOutOfMemory ||= this.#memory.growthFailed;
    // An error for lack of memory has no position: the text of `limitError` says more.
    const hasLimitError = this.#ranOutOfMemory && error?.code === 'memory-limit';
    if (error !== undefined && !hasLimitError) throw error;
  }

  /** The limit that ended a job of the last call, whose promise may have no handler. */
  get limitError(): EngineError | undefined {
    if (this.#timeLimit.interruptCount > 0) return new EngineError('time-limit', TIME_LIMIT_TEXT);
    return this.#ranOutOfMemory ? new EngineError('memory-limit', MEMORY_LIMIT_TEXT) : undefined;
  }
}

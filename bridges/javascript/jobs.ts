/**
 * Runs promise jobs. A limit that ends a job rejects a promise that may have no handler: `overrun`
 * tells the caller, or an endless chain would look finished.
 */
import { EngineError } from './errors.ts';
import type { Failures } from './failures.ts';
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
  readonly #failures: Failures;
  readonly #time: TimeLimit;
  /** Buffer for the pointer that a job returns. */
  readonly #scratch: Pointer;
  #starved = false;

  constructor(
    { quickjs, memory }: Instance,
    runtime: Pointer,
    values: Values,
    failures: Failures,
    time: TimeLimit,
  ) {
    this.#quickjs = quickjs;
    this.#memory = memory;
    this.#runtime = runtime;
    this.#values = values;
    this.#failures = failures;
    this.#time = time;
    this.#scratch = quickjs._malloc(8);
  }

  /** A call begins. */
  begin(): void {
    this.#starved = false;
  }

  /** Runs jobs until none is left; they throw only by limits. */
  run(): void {
    const { QTS_IsJobPending: isPending, QTS_ExecutePendingJob: execute } = this.#quickjs;
    if (isPending(this.#runtime) === 0) return;
    let thrown: EngineError | undefined;
    this.#memory.refused = false;
    do {
      const result = execute(this.#runtime, -1, this.#scratch);
      this.#values.refresh();
      thrown = this.#failures.thrownByJob(result) ?? thrown;
    } while (isPending(this.#runtime) !== 0);
    this.#starved ||= this.#memory.refused;
    // Without memory an error has no place: `overrun` has more detail.
    const isTold = this.#starved && thrown?.code === 'memory-limit';
    if (thrown !== undefined && !isTold) throw thrown;
  }

  /** The limit that ended a job of the last call, whose promise may have no handler. */
  get overrun(): EngineError | undefined {
    if (this.#time.interrupts > 0) return new EngineError('time-limit', TOO_LONG);
    return this.#starved ? new EngineError('memory-limit', TOO_LARGE) : undefined;
  }
}

/** Converts exceptions of an interpreter to errors of the engine. */
import { EngineError, type ModuleError } from './errors.ts';
import type { MemoryGuard } from './memory-guard.ts';
import type { TimeLimit } from './time-limit.ts';
import { TAG_NULL, type Values } from './values.ts';
import type { Pointer, QuickJS } from './wasm.ts';

/** The range of the tags of values that are not doubles (quickjs.h); tag 0 is an integer. */
const FIRST_TAG = -9;
const LAST_TAG = 7;
/** Maximum time for the library to describe an error, in milliseconds. */
const MAX_EXPLAIN_MS = 100;

export class ExceptionReader {
  /** The library's function that describes errors as JSON. */
  explainer: Pointer | undefined;
  readonly #quickjs: QuickJS;
  readonly #memory: MemoryGuard;
  readonly #values: Values;
  readonly #timeLimit: TimeLimit;

  constructor(quickjs: QuickJS, values: Values, timeLimit: TimeLimit, memory: MemoryGuard) {
    this.#memory = memory;
    this.#quickjs = quickjs;
    this.#values = values;
    this.#timeLimit = timeLimit;
  }

  /** Reads and frees the exception in a result; undefined if the result is a value. */
  takeException(result: Pointer): EngineError | undefined {
    if (result === 0) return new EngineError('memory-limit', 'out of memory');
    const error = this.#quickjs.QTS_ResolveException(this.#values.context, result);
    this.#values.refresh();
    if (error === 0) return undefined;
    return this.takeError(error);
  }

  /** Reads and frees the exception that a job's result holds; undefined if the job succeeded. */
  takeJobError(result: Pointer): EngineError | undefined {
    // The result is the number of jobs that have run, or the exception itself.
    const tag = result === 0 ? LAST_TAG : this.#values.i32[(result >> 2) + 1]!;
    if (tag === 0 || tag > LAST_TAG || tag < FIRST_TAG) {
      this.#quickjs._free(result);
      return undefined;
    }
    return this.takeError(result);
  }

  /** Converts an error of the interpreter, and frees it there. */
  takeError(error: Pointer): EngineError {
    this.#memory.releaseReserve();
    const moduleError =
      this.explainer === undefined ? undefined : this.#explainInLibrary(error, this.explainer);
    // QuickJS throws null when it lacks memory for an Error.
    const isOutOfMemory = this.#values.i32[(error >> 2) + 1] === TAG_NULL;
    const text = moduleError?.text ?? this.#readMessage(error);
    this.#quickjs.QTS_FreeValuePointer(this.#values.context, error);
    if (this.#timeLimit.interruptCount > 0) {
      return new EngineError('time-limit', this.#timeLimit.interruptMessage, false, moduleError);
    }
    if (isOutOfMemory) return new EngineError('memory-limit', 'out of memory', false, moduleError);
    const code = /^(InternalError: )?out of memory$/.test(text) ? 'memory-limit' : 'exception';
    return new EngineError(code, text, false, moduleError);
  }

  /** Asks the library to describe an error; undefined if that fails. */
  #explainInLibrary(error: Pointer, explainer: Pointer): ModuleError | undefined {
    const result = this.#timeLimit.runWithLimit(MAX_EXPLAIN_MS, () =>
      this.#values.call(explainer, error),
    );
    const exception = this.#quickjs.QTS_ResolveException(this.#values.context, result);
    this.#values.refresh();
    const text = exception === 0 ? this.#values.readString(result) : undefined;
    this.#quickjs.QTS_FreeValuePointer(this.#values.context, exception === 0 ? result : exception);
    return text === undefined ? undefined : (JSON.parse(text) as ModuleError);
  }

  /** Reads an error's message without running the module's code. */
  #readMessage(error: Pointer): string {
    const message = this.#values.getProperty(error, 'message');
    const text = message === undefined ? undefined : this.#values.readString(message);
    if (message !== undefined) this.#quickjs.QTS_FreeValuePointer(this.#values.context, message);
    return text ?? this.#values.readString(error) ?? 'something was thrown that is no Error';
  }
}

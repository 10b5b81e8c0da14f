/** Converts exceptions of an interpreter to errors of the engine. */
import { EngineError, type ScriptError } from './errors.ts';
import type { TimeLimit } from './time-limit.ts';
import { TAG_NULL, type Values } from './values.ts';
import type { Pointer, QuickJS } from './wasm.ts';

/** Range of the tags of values that are not numbers (quickjs.h). */
const FIRST_TAG = -9;
const LAST_TAG = 7;
/** Milliseconds that the library may take to describe an error. */
const EXPLAIN_MS = 100;

export class Failures {
  /** The library's function that takes errors apart. */
  explain: Pointer | undefined;
  readonly #quickjs: QuickJS;
  readonly #values: Values;
  readonly #time: TimeLimit;

  constructor(quickjs: QuickJS, values: Values, time: TimeLimit) {
    this.#quickjs = quickjs;
    this.#values = values;
    this.#time = time;
  }

  /** The exception in a result, which is freed then; undefined for none. */
  raised(result: Pointer): EngineError | undefined {
    if (result === 0) return new EngineError('memory-limit', 'out of memory');
    const error = this.#quickjs.QTS_ResolveException(this.#values.context, result);
    this.#values.refresh();
    if (error === 0) return undefined;
    return this.describe(error);
  }

  thrownByJob(result: Pointer): EngineError | undefined {
    const tag = result === 0 ? LAST_TAG : this.#values.i32[(result >> 2) + 1]!;
    if (tag === 0 || tag > LAST_TAG || tag < FIRST_TAG) {
      this.#quickjs._free(result);
      return undefined;
    }
    return this.describe(result);
  }

  /** Takes an error apart and frees it. */
  describe(error: Pointer): EngineError {
    const script = this.explain === undefined ? undefined : this.#askOf(error, this.explain);
    // QuickJS throws null when it lacks memory for an Error.
    const none = this.#values.i32[(error >> 2) + 1] === TAG_NULL;
    const text = script?.text ?? this.#bareText(error);
    this.#quickjs.QTS_FreeValuePointer(this.#values.context, error);
    if (this.#time.interrupts > 0) {
      return new EngineError('time-limit', this.#time.text, false, script);
    }
    if (none) return new EngineError('memory-limit', 'out of memory', false, script);
    const code = /^(InternalError: )?out of memory$/.test(text) ? 'memory-limit' : 'exception';
    return new EngineError(code, text, false, script);
  }

  /** The library's description of an error; undefined when it fails. */
  #askOf(error: Pointer, explain: Pointer): ScriptError | undefined {
    const result = this.#time.apart(EXPLAIN_MS, () => this.#values.call(explain, error));
    const failed = this.#quickjs.QTS_ResolveException(this.#values.context, result);
    this.#values.refresh();
    const text = failed === 0 ? this.#values.readString(result) : undefined;
    this.#quickjs.QTS_FreeValuePointer(this.#values.context, failed === 0 ? result : failed);
    return text === undefined ? undefined : (JSON.parse(text) as ScriptError);
  }

  /** The message of an error, read without running the module's code. */
  #bareText(error: Pointer): string {
    const message = this.#values.get(error, 'message');
    const text = message === undefined ? undefined : this.#values.readString(message);
    if (message !== undefined) this.#quickjs.QTS_FreeValuePointer(this.#values.context, message);
    return text ?? this.#values.readString(error) ?? 'something was thrown that is no Error';
  }
}

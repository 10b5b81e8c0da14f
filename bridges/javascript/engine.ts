/**
 * Runs one JavaScript interpreter for the language-neutral host.
 *
 * An engine belongs to one volume and has a memory of its own; only `createEngine` is asynchronous.
 * Any call may throw EngineError; after a fatal one `fatalError` is set. A call ends when no
 * promise job is left. QuickJS checks the time limit every few thousand calls, at backward jumps,
 * and in regular expressions; a built-in operation that runs longer ends the interpreter.
 */
import type { Scalar } from '../host/guest.ts';
import { InterpreterGate } from '../host/limits/interpreter-gate.ts';
import { HELD, IN_HOST, makeSharedWord } from '../host/limits/watchdog.ts';
import type { CallArgument, EngineOptions, FlatFunction, Handle } from './engine-types.ts';
import { EngineError } from './errors.ts';
import { ExceptionReader } from './exception-reader.ts';
import { HostFunctions } from './host-functions.ts';
import { Jobs } from './jobs.ts';
import { MemoryGuard } from './memory-guard.ts';
import { ModuleLoader } from './module-loader.ts';
import { StringCache } from './string-cache.ts';
import { TimeLimit } from './time-limit.ts';
import { TAG_INT, TAG_OBJECT, TAG_STRING, Values } from './values.ts';
import { type Callbacks, type Instance, instantiate, type Pointer, type QuickJS } from './wasm.ts';

export { EngineError } from './errors.ts';
export type { CallArgument, Engine, EngineOptions, Handle };

/** Flags of JS_Eval (quickjs.h): a module; a script that may await at its top level. */
const EVAL_MODULE = 1;
const EVAL_ASYNC = 1 << 7;
/** Maximum numbers of arguments and of nested calls, which determine the argument area's size. */
const MAX_ARGUMENTS = 40;
const MAX_DEPTH = 8;
/**
 * Bytes of the interpreter's stack, some 550 calls deep; a deeper call throws. Calls between C
 * functions also use V8's stack of 984 KiB, up to eight times faster.
 */
const STACK_BYTES = 96 * 1024;
// QuickJS's numbers of a promise's states.
const PENDING = 0;
const FULFILLED = 1;
/** Kinds of arguments: a number, a string made for one call, a cached string. */
const INT = 0;
const TEXT = 1;
const NAME = 2;

export async function createEngine(options: EngineOptions): Promise<Engine> {
  // The callbacks need the engine, and the engine the instance.
  const holder: { engine?: Engine } = {};
  const callbacks: Callbacks = {
    callFunction: (_, __, ___, count, args, id) => holder.engine!.runHostFunction(id, count, args),
    shouldInterrupt: () => (holder.engine?.timeLimit.checkDeadline() ? 1 : 0),
    normalizeModule: (_, __, ___, base, name) =>
      holder.engine!.runImport((loader) => loader.resolve(base, name)),
    loadModuleSource: (_, __, ___, name) => holder.engine!.runImport((loader) => loader.load(name)),
    freeHostRef: () => undefined,
  };
  const { machine, memoryLimitBytes, log } = options;
  const instance = await instantiate(callbacks, memoryLimitBytes, log, machine);
  holder.engine = new Engine(instance, options);
  return holder.engine;
}

class Engine {
  readonly #quickjs: QuickJS;
  readonly #values: Values;
  readonly #runtime: Pointer;
  readonly #context: Pointer;
  readonly #hostFunctions: HostFunctions;
  readonly #strings: StringCache;
  readonly #exceptions: ExceptionReader;
  readonly #jobs: Jobs;
  readonly timeLimit: TimeLimit;
  /** The arguments of all nested calls, eight bytes each; and QTS_Call's pointers to them. */
  readonly #argumentArea: Pointer;
  readonly #argumentPointers: Pointer;
  readonly memory: MemoryGuard;
  readonly #moduleLoader: ModuleLoader;
  #promiseHandler: Handle = 0;
  /** The address at which jobs leave a call's result; 0 before `setOutcomeBuffer`. */
  #outcomeAddress: Pointer = 0;
  readonly #gate: InterpreterGate;
  #fatalError: EngineError | undefined;

  constructor(instance: Instance, options: EngineOptions) {
    const { quickjs } = instance;
    this.#quickjs = quickjs;
    this.#runtime = quickjs.QTS_NewRuntime();
    this.#context = quickjs.QTS_NewContext(this.#runtime, 0);
    this.#values = new Values(instance, this.#context);
    const { memoryLimitBytes } = options;
    this.memory = new MemoryGuard(instance, this.#runtime, this.#values, memoryLimitBytes);
    this.#gate = new InterpreterGate({
      word: makeSharedWord(),
      // A test that passes its own clock gets no watchdog, which measures real time.
      limitMs: options.clock === undefined ? options.timeLimitMs : 0,
      name: options.volume ?? 'javascript',
      watchEngine: options.machine.watchEngine,
      onAborted: (why) => {
        this.#fatalError ??= new EngineError('time-limit', why, true);
      },
    });
    this.timeLimit = new TimeLimit(options.timeLimitMs, options.clock);
    this.#exceptions = new ExceptionReader(quickjs, this.#values, this.timeLimit, this.memory);
    this.#jobs = new Jobs(instance, this.#runtime, this.#values, this.#exceptions, this.timeLimit);
    quickjs.QTS_RuntimeSetMaxStackSize(this.#runtime, STACK_BYTES);
    quickjs.QTS_RuntimeEnableModuleLoader(this.#runtime, 1);
    if (options.timeLimitMs > 0) quickjs.QTS_RuntimeEnableInterruptHandler(this.#runtime);
    this.#argumentArea = quickjs._malloc(MAX_DEPTH * MAX_ARGUMENTS * 8);
    this.#argumentPointers = quickjs._malloc(MAX_DEPTH * MAX_ARGUMENTS * 4);
    this.#values.refresh();
    for (let i = 0; i < MAX_DEPTH * MAX_ARGUMENTS; i++) {
      this.#values.i32[(this.#argumentPointers >> 2) + i] = this.#argumentArea + i * 8;
    }
    this.#values.findBufferLayout((bytes) =>
      this.#evaluate('<glossa>', `Uint8Array.of(${bytes}).buffer`, 0),
    );
    this.#strings = new StringCache(quickjs, this.#values);
    this.#hostFunctions = new HostFunctions(quickjs, this.#values, options.hostFunctions, {
      object: this.#evaluate('<glossa>', '({})', 0),
      fail: this.#evaluate('<glossa>', '(text) => { throw new Error(text) }', 0),
    });
    this.#moduleLoader = new ModuleLoader(options, this.#values, (error) => {
      quickjs._free(this.#hostFunctions.throwInto(error));
    });
    this.#gate.startTiming();
  }

  /** The error that ended the interpreter; undefined while it works. */
  get fatalError(): EngineError | undefined {
    return this.#fatalError;
  }

  get memoryBytes(): number {
    return this.#values.memoryBytes;
  }

  get timesEntered(): number {
    return this.#gate.timesEntered;
  }

  /** The limit that ended a promise job of the last call; only flat functions do not throw it. */
  get limitError(): EngineError | undefined {
    return this.#jobs.limitError;
  }

  close(): void {
    this.#gate.close();
    this.#fatalError ??= new EngineError('crash', 'the interpreter is closed', true);
  }

  /** Sets the ArrayBuffer in which a call's jobs may leave its result; 0 means none was left. */
  setOutcomeBuffer(buffer: Handle): void {
    this.#outcomeAddress = this.#values.readBuffer(buffer).address;
  }

  /** Sets the library's function that describes errors as JSON. */
  setExplainer(callable: Handle): void {
    this.#exceptions.explainer = callable;
  }

  /**
   * Sets the library's function for flat functions that return a promise. When all jobs have run,
   * `callable` gets (0, the pending promise), (1, its value) or (2, the reason of its rejection).
   * It returns the call's result.
   */
  setPromiseHandler(callable: Handle): void {
    this.#promiseHandler = callable;
  }

  /**
   * Makes a flat function that calls `callable`; kinds as in host/crossing/kinds.ts.
   * @param isShared true if the watchdog may end the call by aborting the event loop's turn, which
   *   other calls share; the caller then gets no exception (host/limits/interpreter-gate.ts)
   */
  makeFlatFunction(callable: Handle, kinds: string, isShared = false): FlatFunction {
    const call = this.#makeCall(callable, kinds);
    const gate = this.#gate;
    return (args) => (gate.needsTurn(isShared) ? this.#callInTurn(call, args) : call(args));
  }

  /** Separate, so that a flat function allocates the closure only when it needs a turn. */
  #callInTurn(call: FlatFunction, args: readonly Scalar[]): number {
    return this.#runInTurn(() => call(args));
  }

  /** Runs a call in a turn of its own, unless one is open. */
  #runInTurn<R>(action: () => R): R {
    if (!this.#gate.needsTurn(false)) return action();
    return this.#gate.runInOwnTurn(action, () => this.#fatalError!);
  }

  #makeCall(callable: Handle, kinds: string): FlatFunction {
    const kindList = [...kinds].map((kind) => (kind === 'i' ? INT : kind === 's' ? TEXT : NAME));
    const argumentCount = kindList.length;
    const hasText = kindList.includes(TEXT);
    return (args) => {
      const firstArgument = this.#beginCall();
      try {
        const firstIndex = (this.#argumentArea >> 2) + firstArgument * 2;
        for (let i = 0; i < argumentCount; i++)
          this.#putArgument(firstIndex + i * 2, kindList[i]!, args[i]);
        const result = this.#quickjs.QTS_Call(
          this.#context,
          callable,
          this.#values.undefinedValue,
          argumentCount,
          this.#argumentPointers + firstArgument * 4,
        );
        this.#values.refresh();
        if (hasText) this.#dropTexts(firstIndex, kindList);
        const { i32 } = this.#values;
        const resultIndex = result >> 2;
        // A small integer refers to nothing: only its own eight bytes must be freed.
        if (i32[resultIndex + 1] !== TAG_INT) {
          return i32[resultIndex + 1] === TAG_OBJECT
            ? this.#settlePromise(result, firstArgument)
            : this.#readUncommonResult(result);
        }
        const code = i32[resultIndex]!;
        this.#quickjs._free(result);
        if (this.#quickjs.QTS_IsJobPending(this.#runtime) === 0) return code;
        this.#runJobs();
        return this.#takeOutcome() || code;
      } catch (error) {
        this.#takeOutcome();
        throw this.#convertError(error);
      } finally {
        this.#endCall();
      }
    };
  }

  /** Runs all jobs, and passes the promise's outcome to the library. See #beginCall. */
  #settlePromise(promise: Pointer, firstArgument: number): number {
    try {
      this.#runJobs();
      const state = this.#quickjs.QTS_PromiseState(this.#context, promise);
      const code = this.#takeOutcome();
      // A call with a result may leave its promise pending.
      if (state === PENDING && code !== 0) return code;
      return this.#reportOutcome(promise, state, firstArgument) || code;
    } finally {
      this.#quickjs.QTS_FreeValuePointer(this.#context, promise);
    }
  }

  /** Passes a promise's outcome, or the pending promise, to the library; returns its code. */
  #reportOutcome(promise: Pointer, state: number, firstArgument: number): number {
    const value =
      state === PENDING ? promise : this.#quickjs.QTS_PromiseResult(this.#context, promise);
    this.#values.refresh();
    const firstIndex = (this.#argumentArea >> 2) + firstArgument * 2;
    const { i32 } = this.#values;
    this.#values.putNumber(firstIndex, state);
    i32[firstIndex + 2] = i32[value >> 2]!;
    i32[firstIndex + 3] = i32[(value >> 2) + 1]!;
    const argv = this.#argumentPointers + firstArgument * 4;
    const { QTS_Call: call } = this.#quickjs;
    const result = call(this.#context, this.#promiseHandler, this.#values.undefinedValue, 2, argv);
    this.#values.refresh();
    if (state !== PENDING) this.#quickjs.QTS_FreeValuePointer(this.#context, value);
    if (this.#values.i32[(result >> 2) + 1] !== TAG_INT) return this.#readUncommonResult(result);
    const code = this.#values.i32[result >> 2]!;
    this.#quickjs._free(result);
    this.#runJobs();
    return code;
  }

  /** Returns the result that a job has left, and clears it; 0 if no job left one. */
  #takeOutcome(): number {
    if (this.#outcomeAddress === 0) return 0;
    const { i32 } = this.#values;
    const code = i32[this.#outcomeAddress >> 2]!;
    i32[this.#outcomeAddress >> 2] = 0;
    return code;
  }

  /** Reads a result that is not a small integer: throws an exception, or returns another number. */
  #readUncommonResult(result: Pointer): number {
    const error = this.#exceptions.takeException(result);
    if (error !== undefined) throw error;
    const code = this.#values.readNumber(result);
    this.#quickjs.QTS_FreeValuePointer(this.#context, result);
    if (!Number.isSafeInteger(code)) throw new EngineError('exception', 'no result');
    this.#runJobs();
    return code;
  }

  /** Calls a function with strings, numbers and handles; returns a string or undefined. */
  call(callable: Handle, ...args: readonly CallArgument[]): string | undefined {
    return this.#applyInTurn(callable, args, (result) => {
      const text = this.#values.readString(result);
      this.#quickjs.QTS_FreeValuePointer(this.#context, result);
      return text;
    });
  }

  /** Calls a function that makes an object; returns its handle. */
  callForHandle(callable: Handle, ...args: readonly CallArgument[]): Handle {
    return this.#applyInTurn(callable, args, (result) => result);
  }

  #applyInTurn<T>(callable: Handle, args: readonly CallArgument[], convert: (r: Pointer) => T): T {
    return this.#runInTurn(() => this.#apply(callable, args, convert));
  }

  #apply<T>(callable: Handle, args: readonly CallArgument[], convert: (result: Pointer) => T): T {
    const firstArgument = this.#beginCall();
    try {
      const firstIndex = (this.#argumentArea >> 2) + firstArgument * 2;
      args.forEach((arg, i) => {
        if (typeof arg === 'object') {
          const { i32 } = this.#values;
          i32.copyWithin(firstIndex + i * 2, arg.handle >> 2, (arg.handle >> 2) + 2);
        } else this.#putArgument(firstIndex + i * 2, typeof arg === 'number' ? INT : TEXT, arg);
      });
      const { QTS_Call: call } = this.#quickjs;
      const argv = this.#argumentPointers + firstArgument * 4;
      const thisValue = this.#values.undefinedValue;
      const result = call(this.#context, callable, thisValue, args.length, argv);
      this.#values.refresh();
      const kinds = args.map((arg) => (typeof arg === 'string' ? TEXT : INT));
      this.#dropTexts(firstIndex, kinds);
      const error = this.#exceptions.takeException(result);
      if (error !== undefined) throw error;
      const value = convert(result);
      this.#endJobs();
      return value;
    } catch (error) {
      throw this.#convertError(error);
    } finally {
      this.#endCall();
    }
  }

  /** Marks the call as running; returns the index of its first argument in the argument area. */
  #beginCall(): number {
    if (this.#fatalError !== undefined) throw this.#fatalError;
    const { depth } = this.#gate;
    if (depth >= MAX_DEPTH) throw new EngineError('exception', 'calls nest too deep');
    if (depth === 0) {
      this.#strings.trim();
      this.timeLimit.beginCall();
      this.#jobs.resetLimits();
    }
    this.#gate.enterGuest();
    return depth * MAX_ARGUMENTS;
  }

  /** Marks the end of a call. @throws {EngineError} in place of a result, if the memory is full */
  #endCall(): void {
    const error = this.#gate.depth === 1 ? this.memory.check() : undefined;
    this.#gate.leaveGuest();
    if (error === undefined) return;
    const { code, message } = this.limitError ?? error;
    this.#fatalError ??= new EngineError(code, message, true);
    throw this.#fatalError;
  }

  #putArgument(index: number, kind: number, value: Scalar): void {
    const values = this.#values;
    if (typeof value === 'number') values.putNumber(index, value);
    else if (value === undefined) values.putUndefined(index);
    else {
      const string = kind === NAME ? this.#strings.get(value) : this.#strings.makeUncached(value);
      // Only now: making the string may have moved the memory.
      const { i32 } = values;
      i32[index] = string;
      i32[index + 1] = TAG_STRING;
    }
  }

  /** Frees the strings that were made for one call. `firstIndex` is an index into `i32`. */
  #dropTexts(firstIndex: number, kinds: readonly number[]): void {
    for (let i = 0; i < kinds.length; i += 1)
      if (kinds[i] === TEXT) this.#values.freeString(firstIndex + i * 2);
  }

  /** Runs promise jobs; a nested call leaves them to the outer one. */
  #runJobs(): void {
    if (this.#gate.depth === 1) this.#jobs.runAll();
  }

  /** Runs all promise jobs. @throws {EngineError} if a limit ended one */
  #endJobs(): void {
    this.#runJobs();
    const limitError = this.#gate.depth === 1 ? this.limitError : undefined;
    if (limitError !== undefined) throw limitError;
  }

  /** Converts an exception to an EngineError; any other exception means a lost interpreter. */
  #convertError(error: unknown): EngineError {
    this.memory.releaseReserve();
    if (error instanceof EngineError) {
      if (error.isFatal) this.#fatalError = error;
      return error;
    }
    const reason = error instanceof Error ? error.message : String(error);
    this.#fatalError = new EngineError('crash', `the interpreter broke down: ${reason}`, true);
    return this.#fatalError;
  }

  /** Runs a module with its imports; returns a handle of its exports. */
  import(name: string, source: string): Handle {
    return this.#runInTurn(() => this.#import(name, source));
  }

  #import(name: string, source: string): Handle {
    this.#beginCall();
    try {
      const exports = this.#evaluate(name, source, EVAL_MODULE);
      this.#endJobs();
      return this.#readExports(name, exports);
    } catch (error) {
      throw this.#convertError(error);
    } finally {
      this.#endCall();
    }
  }

  /** Returns a module's exports, from the promise's value if the module has a top-level await. */
  #readExports(name: string, exports: Handle): Handle {
    const state = this.#quickjs.QTS_PromiseState(this.#context, exports);
    if (state < 0) return exports;
    if (state === PENDING) {
      throw new EngineError('exception', `${name}: its await at the top level never ends`);
    }
    const result = this.#quickjs.QTS_PromiseResult(this.#context, exports);
    this.#values.refresh();
    if (state === FULFILLED) return result;
    throw this.#exceptions.takeError(result);
  }

  /**
   * Runs a line that a user typed at a prompt. Returns the result of `show`, which gets (id, 0, a
   * promise of `{ value }`, source), or (id, 1, the exception, source).
   */
  evaluate(source: string, show: Handle, id: number): string | undefined {
    return this.#runInTurn(() => this.#evaluateLine(source, show, id));
  }

  #evaluateLine(source: string, show: Handle, id: number): string | undefined {
    this.#beginCall();
    try {
      const result = this.#runSource('<input>', source, EVAL_ASYNC);
      const error = this.#quickjs.QTS_ResolveException(this.#context, result);
      this.#values.refresh();
      const value = { handle: error === 0 ? result : error };
      const text = this.call(show, id, error === 0 ? 0 : 1, value, source);
      this.#quickjs.QTS_FreeValuePointer(this.#context, value.handle);
      this.#runJobs();
      return text;
    } catch (error) {
      throw this.#convertError(error);
    } finally {
      this.#endCall();
    }
  }

  #evaluate(name: string, source: string, flags: number): Handle {
    const result = this.#runSource(name, source, flags);
    const error = this.#exceptions.takeException(result);
    if (error !== undefined) throw error;
    return result;
  }

  /** Runs a source; returns its value, or QuickJS's mark of an exception. */
  #runSource(name: string, source: string, flags: number): Handle {
    const { address: at, length } = this.#values.makeCString(source);
    if (at === 0) throw new EngineError('memory-limit', 'out of memory');
    const result = this.#quickjs.QTS_Eval(this.#context, at, length, name, 0, flags);
    this.#values.refresh();
    this.#quickjs._free(at);
    return result;
  }

  /** Returns a property's handle; undefined if the object lacks it. */
  getProperty(object: Handle, name: string): Handle | undefined {
    return this.#values.getProperty(object, name);
  }

  /** Runs a host function that the module calls; the watchdog never aborts it. */
  runHostFunction(id: number, count: number, args: Pointer): Pointer {
    if (this.timeLimit.checkDeadlineAtCall()) {
      return this.#hostFunctions.throwInto(new Error(this.timeLimit.interruptMessage));
    }
    this.#gate.enterHost(HELD);
    const result = this.#hostFunctions.run(id, count, args);
    this.#gate.leaveHost(HELD);
    return result;
  }

  /** Resolves or loads an import; the watchdog never aborts that. */
  runImport(action: (loader: ModuleLoader) => Pointer): Pointer {
    this.#gate.enterHost(IN_HOST);
    const result = action(this.#moduleLoader);
    this.#gate.leaveHost(IN_HOST);
    return result;
  }
}

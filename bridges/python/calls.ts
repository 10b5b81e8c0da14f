/**
 * Makes calls in both directions through CPython's C API: JavaScript functions that call Python
 * (`makeCall`, `makeArrayCall`), and Python functions that call the host (`makeHostFunction`).
 *
 * A call allocates nothing in JavaScript. Arguments are pointers in the interpreter's memory (PEP
 * 590 vectorcall); a small integer is read from the address of its shared object. A host function
 * is a C function (METH_FASTCALL) with a body in the host; Python never sees a JavaScript object.
 */
import { Dict } from '../../runtime/core/dict.ts';
import { MAX_NAMES, NameCache } from '../host/crossing/name-cache.ts';
import type { InterpreterGate } from '../host/limits/interpreter-gate.ts';
import { HELD, IN_HOST } from '../host/limits/watchdog.ts';
import type { CApi, Memory, Ptr } from './capi.ts';
import { EngineError, type ModuleError } from './errors.ts';
import { IntArguments, makeDict, type Values } from './values.ts';

/**
 * Kinds of parameters and results: `i` an integer (|n| < 2^53; a result None is 0), `s` a string,
 * `n` a frequent string (cached in Python), `b` bytes (copied), `m` bytes as a writable memoryview
 * of a copy, `o` a handle of a Python object. Results also: `v`, no value; and for a host function
 * `d`, a dict of fops (`makeDict`). None is `undefined` for strings, bytes and dicts, and handle 0
 * for objects.
 */
export type ParameterKind = 'i' | 's' | 'n' | 'b' | 'm' | 'o';
export type CallArgument = number | string | Uint8Array;

/**
 * Calls Python; takes as many arguments as parameter kinds were given to `makeCall`, at most eight.
 */
export type Call<R> = (...args: readonly (CallArgument | undefined)[]) => R;

/** As `Call`, with the arguments in an array, which the caller may reuse. */
export type ArrayCall = (args: readonly (CallArgument | undefined)[]) => number;

/** A reference to a Python object: a number for `release` and `o` parameters. */
export type Handle = number;

const KINDS = 'isnbmovd';
/**
 * Kinds as indices in KINDS. `m` (4) has no constant: it is the case that remains in `#makeObject`.
 */
const INT = 0;
const STRING = 1;
const NAME = 2;
const BYTES = 3;
const OBJECT = 5;
const VOID = 6;
const DICT = 7;

/** The most parameters of a `Call` or host function, and of an `ArrayCall`. */
const MAX_PARAMETERS = 8;
const MAX_ARRAY_ARGUMENTS = 31;
/** The most nested calls: Python in the host in Python … */
const MAX_DEPTH = 64;
/** Bytes of arguments per open call: a spare word in front (PEP 590), and the pointers. */
const CALL_BYTES = 4 * (1 + MAX_ARRAY_ARGUMENTS);
/** CPython's flag: the callee may overwrite the spare word. */
const PY_VECTORCALL_ARGUMENTS_OFFSET = 0x80000000 | 0;
const METH_FASTCALL = 0x80;

function parseKinds(kinds: string, limit: number): readonly number[] {
  const codes = [...kinds].map((kind) => KINDS.indexOf(kind));
  if (codes.includes(-1) || codes.length > limit) {
    throw new EngineError('setup', `no such parameters: '${kinds}'`);
  }
  return codes;
}

/** The parts of the engine that the calls use. */
export interface CallContext {
  readonly api: CApi;
  readonly memory: Memory;
  readonly values: Values;
  readonly gate: InterpreterGate;
  /** Logs an argument that a host function refuses. */
  logRefusal?(message: string): void;
  addFunction(entry: (self: Ptr, args: Ptr, count: number) => Ptr): number;
}

export class Calls {
  readonly #api: CApi;
  readonly #memory: Memory;
  readonly #values: Values;
  readonly #gate: InterpreterGate;
  readonly #context: CallContext;
  /** Memory for the arguments of MAX_DEPTH nested calls, CALL_BYTES each. */
  readonly #argumentArea: Ptr;
  readonly #names: NameCache<Ptr>;
  readonly #intArguments: IntArguments;
  /** `#makeNameReference` as a function, made once. */
  readonly #nameMaker = (text: string): Ptr => this.#makeNameReference(text);
  #fatalError: EngineError | undefined;
  /** `_glossa.describe` and `_glossa.fail`; set once the module is loaded. */
  #describe: Ptr = 0;
  #fail: Ptr = 0;

  constructor(context: CallContext) {
    this.#context = context;
    this.#api = context.api;
    this.#memory = context.memory;
    this.#values = context.values;
    this.#names = new NameCache(MAX_NAMES, (object) => this.#api.Py_DecRef(object));
    this.#gate = context.gate;
    this.#argumentArea = context.api.malloc((MAX_DEPTH + 1) * CALL_BYTES);
    this.#intArguments = new IntArguments(
      context.values,
      this.#argumentArea >> 2,
      ((MAX_DEPTH + 1) * CALL_BYTES) >> 2,
    );
  }

  /** The error that every further call throws; undefined while calls work. */
  get fatalError(): EngineError | undefined {
    return this.#fatalError;
  }

  /** Makes every further call throw `error`; the first error stays. */
  failFurtherCalls(error: EngineError): void {
    this.#fatalError ??= error;
  }

  /** Sets the functions of `_glossa` that describe an exception, and raise one. */
  setHelpers(describe: Handle, fail: Handle): void {
    this.#describe = describe;
    this.#fail = fail;
  }

  /** Makes a function that calls `callable`; `params` and `result` as in `ParameterKind`. */
  makeCall(callable: Handle, params: string, result: 's'): Call<string | undefined>;
  makeCall(callable: Handle, params: string, result: 'b'): Call<Uint8Array | undefined>;
  makeCall(callable: Handle, params: string, result: 'i' | 'o' | 'v'): Call<number>;
  makeCall(callable: Handle, params: string, result: string): Call<unknown> {
    const kinds = parseKinds(params, MAX_PARAMETERS);
    const resultKind = KINDS.indexOf(result);
    return (...args) =>
      this.#gate.needsTurn(false)
        ? this.#runInTurn(() => this.#call(callable, kinds, args, resultKind))
        : this.#call(callable, kinds, args, resultKind);
  }

  /**
   * As `makeCall`, with arguments in an array and an integer result.
   * @param isShared true if the call may run in a turn that other calls share (interpreter-gate.ts)
   */
  makeArrayCall(callable: Handle, params: string, isShared: boolean): ArrayCall {
    const kinds = parseKinds(params, MAX_ARRAY_ARGUMENTS);
    const call: ArrayCall = (args) => this.#call(callable, kinds, args, INT) as number;
    const gate = this.#gate;
    return (args) => (gate.needsTurn(isShared) ? this.#callInTurn(call, args) : call(args));
  }

  /** Separate, so that an array call allocates the closure only when it needs a turn. */
  #callInTurn(call: ArrayCall, args: readonly (CallArgument | undefined)[]): number {
    return this.#runInTurn(() => call(args));
  }

  #runInTurn<R>(call: () => R): R {
    return this.#gate.runInOwnTurn(call, () => this.#fatalError!);
  }

  /** Marks the call as running; returns the index of its first argument in `memory.i32`. */
  #beginCall(): number {
    if (this.#fatalError !== undefined) throw this.#fatalError;
    if (this.#gate.depth >= MAX_DEPTH) {
      throw new EngineError('exception', 'calls nest too deep');
    }
    this.#gate.enterGuest();
    if (this.#gate.depth === 1) this.#names.trim();
    return this.#argumentIndex();
  }

  /** Returns the index in `memory.i32` of the open call's arguments. */
  #argumentIndex(): number {
    return (this.#argumentArea + this.#gate.depth * CALL_BYTES + 4) >> 2;
  }

  /** Stores an argument for the call; returns false if `value` is not of this kind. */
  #putArgument(at: number, kind: number, value: CallArgument | undefined): boolean {
    let object: Ptr;
    if (kind === NAME && typeof value === 'string') object = this.#internName(value);
    else if (kind === INT && typeof value === 'number') object = this.#intArguments.make(at, value);
    else object = this.#makeObject(kind, value);
    this.#memory.refresh();
    this.#memory.i32[at] = object;
    return object !== 0;
  }

  /** Frees an argument after the call. */
  #releaseArgument(at: number, kind: number): void {
    const object = this.#memory.i32[at]!;
    if (kind === NAME || object === 0 || object === this.#values.none) return;
    if (kind === INT && this.#intArguments.isRetained(at, object)) return;
    this.#api.Py_DecRef(object);
  }

  /**
   * Makes a Python object of a value; 0 if the value is not of this kind, or memory is exhausted.
   */
  #makeObject(kind: number, value: unknown): Ptr {
    if (kind === INT) return typeof value === 'number' ? this.#values.makeInt(value) : 0;
    // None is immortal, and needs no reference counting.
    if (value === undefined) return this.#values.none;
    if (kind === STRING) return typeof value === 'string' ? this.#values.makeString(value) : 0;
    if (kind === NAME) return typeof value === 'string' ? this.#makeNameReference(value) : 0;
    if (kind === OBJECT || kind === VOID) {
      const object = typeof value === 'number' && value !== 0 ? value : this.#values.none;
      this.#api.Py_IncRef(object);
      return object;
    }
    if (kind === DICT) return value instanceof Dict ? this.#makeDict(value) : 0;
    if (!(value instanceof Uint8Array)) return 0;
    return kind === BYTES ? this.#values.makeBytes(value) : this.#values.makeView(value);
  }

  /**
   * Returns a cached string: its hash is computed once, and dicts find it by identity. The cache
   * owns the reference; it evicts between calls only (`#beginCall`).
   */
  #internName(text: string): Ptr {
    const cached = this.#names.get(text);
    if (cached !== undefined) return cached;
    const object = this.#values.makeString(text);
    if (object !== 0) this.#names.add(text, object);
    return object;
  }

  /** Returns a string with a reference of its own, as one call may use any number of names. */
  #makeNameReference(text: string): Ptr {
    const isCached = !this.#names.isFull || this.#names.get(text) !== undefined;
    const object = isCached ? this.#internName(text) : this.#values.makeString(text);
    if (isCached && object !== 0) this.#api.Py_IncRef(object);
    return object;
  }

  #makeDict(dict: Dict): Ptr {
    return makeDict(this.#values, this.#nameMaker, dict);
  }

  /** Calls, frees the arguments, and converts the result or error. */
  #call(
    callable: Ptr,
    kinds: readonly number[],
    args: readonly (CallArgument | undefined)[],
    resultKind: number,
  ): unknown {
    const count = kinds.length;
    const firstIndex = this.#beginCall();
    let hasValidArguments = true;
    for (let i = 0; i < count; i += 1)
      hasValidArguments =
        this.#putArgument(firstIndex + i, kinds[i]!, args[i]) && hasValidArguments;
    const api = this.#api;
    try {
      const result = hasValidArguments
        ? api.PyObject_Vectorcall(
            callable,
            firstIndex << 2,
            count | PY_VECTORCALL_ARGUMENTS_OFFSET,
            0,
          )
        : 0;
      this.#memory.refresh();
      for (let i = 0; i < count; i += 1) this.#releaseArgument(firstIndex + i, kinds[i]!);
      if (result === 0) throw this.#takeException(hasValidArguments);
      return this.#takeResult(result, resultKind);
    } catch (error) {
      throw error instanceof EngineError ? error : this.#convertCrash(error);
    } finally {
      this.#gate.leaveGuest();
    }
  }

  /** Converts a result, and releases its reference; a handle keeps its reference. */
  #takeResult(result: Ptr, kind: number): unknown {
    const values = this.#values;
    if (kind === INT) {
      if (values.isSmall(result)) return values.readInt(result);
      const value = result === values.none ? 0 : values.readInt(result);
      this.#api.Py_DecRef(result);
      if (Number.isNaN(value)) throw this.#makeTypeError('an integer');
      return value;
    }
    if (kind === OBJECT) return result;
    if (kind === VOID || result === values.none) {
      this.#api.Py_DecRef(result);
      return kind === VOID ? 0 : undefined;
    }
    const value = kind === BYTES ? values.readBytes(result) : values.readString(result);
    this.#api.Py_DecRef(result);
    if (value === undefined) throw this.#makeTypeError(kind === BYTES ? 'bytes' : 'a string');
    return value;
  }

  #makeTypeError(expected: string): EngineError {
    return new EngineError('exception', `the module returned something other than ${expected}`);
  }

  /**
   * Takes the pending exception, and describes it.
   * @param hasValidArguments false if an argument was not of its kind, so Python was not called
   */
  #takeException(hasValidArguments: boolean): EngineError {
    if (this.#fatalError !== undefined) return this.#fatalError;
    const error = this.#api.PyErr_GetRaisedException();
    if (error === 0) {
      const message = hasValidArguments
        ? 'the module failed without an exception'
        : 'a wrong argument';
      return new EngineError('exception', message);
    }
    const moduleError = this.#describeError(error);
    const code =
      moduleError.type === 'TimeLimit'
        ? 'time-limit'
        : moduleError.type === 'MemoryError'
          ? 'memory-limit'
          : 'exception';
    const position = moduleError.file === '' ? '' : `${moduleError.file}:${moduleError.line}: `;
    const detail = moduleError.message === '' ? '' : `: ${moduleError.message}`;
    return new EngineError(code, `${position}${moduleError.type}${detail}`, false, moduleError);
  }

  #describeError(error: Ptr): ModuleError {
    const api = this.#api;
    const undescribed: ModuleError = {
      type: 'Exception',
      message: 'an exception that cannot be described',
      errno: 0,
      file: '',
      line: 0,
      traceback: '',
    };
    const at = this.#argumentIndex();
    this.#memory.i32[at] = error;
    const text = this.#describe === 0 ? 0 : api.PyObject_Vectorcall(this.#describe, at << 2, 1, 0);
    const json = text === 0 ? undefined : this.#values.readString(text);
    if (text === 0) api.PyErr_Clear();
    else api.Py_DecRef(text);
    api.Py_DecRef(error);
    return json === undefined ? undescribed : (JSON.parse(json) as ModuleError);
  }

  /** Records that the interpreter is lost: a JavaScript exception has unwound through it. */
  #convertCrash(error: unknown): EngineError {
    this.#fatalError = this.#gate.wasForced
      ? new EngineError('time-limit', this.#gate.timeLimitText, true)
      : new EngineError('crash', `the interpreter broke down: ${describeThrown(error)}`, true);
    return this.#fatalError;
  }

  /**
   * Makes a Python function `name` that calls `hostFunction` with decoded arguments. Its exception
   * becomes OSError if it has a numeric `errno`, otherwise RuntimeError. Returns a new handle.
   * @param mayWait true if it may wait for a user: its time does not count as the module's
   */
  makeHostFunction(
    name: string,
    params: string,
    result: string,
    hostFunction: Call<unknown>,
    mayWait = false,
  ): Handle {
    const hostState = mayWait ? IN_HOST : HELD;
    const kinds = parseKinds(params, MAX_PARAMETERS);
    // Eight variables instead of arrays, so that a call allocates nothing.
    const [k0 = 0, k1 = 0, k2 = 0, k3 = 0, k4 = 0, k5 = 0, k6 = 0, k7 = 0] = kinds;
    const parameterCount = kinds.length;
    const resultKind = KINDS.indexOf(result);
    const index = this.#context.addFunction((_self, args, count) => {
      try {
        if (this.#fatalError !== undefined) return 0;
        if (count !== parameterCount)
          throw new Error(`${name}() takes ${parameterCount} arguments (${count} given)`);
        const at = args >> 2;
        const a = parameterCount > 0 ? this.#readArgument(name, at, k0) : undefined;
        const b = parameterCount > 1 ? this.#readArgument(name, at + 1, k1) : undefined;
        const c = parameterCount > 2 ? this.#readArgument(name, at + 2, k2) : undefined;
        const d = parameterCount > 3 ? this.#readArgument(name, at + 3, k3) : undefined;
        const e = parameterCount > 4 ? this.#readArgument(name, at + 4, k4) : undefined;
        const g = parameterCount > 5 ? this.#readArgument(name, at + 5, k5) : undefined;
        const h = parameterCount > 6 ? this.#readArgument(name, at + 6, k6) : undefined;
        const i = parameterCount > 7 ? this.#readArgument(name, at + 7, k7) : undefined;
        this.#gate.enterHost(hostState);
        const value = hostFunction(a, b, c, d, e, g, h, i);
        this.#gate.leaveHost(hostState);
        const object = this.#makeObject(value === undefined ? VOID : resultKind, value);
        if (object === 0 && this.#api.PyErr_Occurred() === 0) {
          throw new Error(`${name}() of the host returned a value of a wrong type`);
        }
        return object;
      } catch (error) {
        this.#throwInto(error);
        // Only now: raising the exception enters and leaves the host.
        this.#gate.leaveHost(IN_HOST | HELD);
        return 0;
      }
    });
    return this.#wrapFunction(name, index);
  }

  #readArgument(name: string, at: number, kind: number): CallArgument | undefined {
    this.#memory.refresh();
    const object = this.#memory.i32[at] ?? 0;
    if (kind === OBJECT) {
      this.#api.Py_IncRef(object);
      return object;
    }
    if (kind === INT) {
      const value = this.#values.readInt(object);
      if (!Number.isNaN(value)) return value;
    } else if (object === this.#values.none) return undefined;
    else {
      const isText = kind === STRING || kind === NAME;
      const value = isText ? this.#values.readString(object) : this.#values.readBytes(object);
      if (value !== undefined) return value;
    }
    const message = `${name}() was given a value of a wrong type`;
    this.#context.logRefusal?.(message);
    throw new Error(message);
  }

  /** Leaves a Python exception pending for an error of the host. */
  #throwInto(error: unknown): void {
    const { errno } = (error ?? {}) as { errno?: unknown };
    try {
      this.#raise(typeof errno === 'number' ? errno : 0, describeThrown(error));
    } catch (failure) {
      // `fail` leaves its exception pending; only a lost interpreter throws here.
      this.#fatalError ??= this.#convertCrash(failure);
    }
  }

  #raise(errno: number, message: string): void {
    const api = this.#api;
    const at = this.#beginCall();
    this.#putArgument(at, INT, errno);
    this.#putArgument(at + 1, STRING, message);
    api.PyObject_Vectorcall(this.#fail, at << 2, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, 0);
    this.#releaseArgument(at, INT);
    this.#releaseArgument(at + 1, STRING);
    this.#gate.leaveGuest();
  }

  /** Makes the Python function of the host function at `index` in the function table. */
  #wrapFunction(name: string, index: number): Handle {
    const api = this.#api;
    const def = api.malloc(16 + name.length + 1);
    this.#memory.refresh();
    const { i32, u8 } = this.#memory;
    // struct PyMethodDef: ml_name, ml_meth, ml_flags, ml_doc
    i32.set([def + 16, index, METH_FASTCALL, 0], def >> 2);
    for (let i = 0; i <= name.length; i += 1) u8[def + 16 + i] = name.charCodeAt(i) || 0;
    return api.PyCFunction_NewEx(def, 0, 0);
  }
}

/** Returns the message of any thrown value, also of another realm's. */
function describeThrown(error: unknown): string {
  if (error instanceof Error) return error.message;
  try {
    const { message } = Object(error) as { message?: unknown };
    return typeof message === 'string' ? message : typeof error;
  } catch {
    // A hostile object may throw when read: only its type is safe.
    return typeof error;
  }
}

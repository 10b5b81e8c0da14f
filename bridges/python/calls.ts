/**
 * Makes calls in both directions through CPython's C API: JavaScript functions that call Python
 * (`makeCall`, `makeArrayCall`), and Python functions that call the host (`makeHostFunction`).
 *
 * A call allocates nothing in JavaScript. Arguments are pointers in the interpreter's memory (PEP
 * 590 vectorcall); a small integer is read from the address of its shared object. A host function
 * is a C function (METH_FASTCALL) with a body in the host; Python never sees a JavaScript object.
 */
import { Dict } from '../../runtime/core/dict.ts';
import type { HostFunction, KindValues } from '../host/crossing/kinds.ts';
import { MAX_NAMES, NameCache } from '../host/crossing/name-cache.ts';
import type { InterpreterGate } from '../host/limits/interpreter-gate.ts';
import { FULL_MEMORY_TEXT, MemoryReserve } from '../host/limits/memory-reserve.ts';
import { HELD, IN_HOST } from '../host/limits/watchdog.ts';
import type { CApi, Memory, Ptr } from './capi.ts';
import { EngineError, findExceptionCode, type ModuleError } from './errors.ts';
import {
  INT_DIGITS_OFFSET,
  makeDict,
  SMALL_INT_BYTES,
  SMALL_INT_MAX,
  SMALL_INT_MIN,
  SMALL_INTS_BYTES,
  type Values,
} from './values.ts';

/** An argument of a call: an integer or handle, a string, or bytes. */
export type CallArgument = number | string | Uint8Array;

/** The types of a call's results, by their kinds (host/crossing/kinds.ts). */
interface Results {
  readonly i: number;
  readonly o: Handle;
  readonly s: string | undefined;
  readonly b: Uint8Array | undefined;
  readonly v: undefined;
}
export type ResultKind = keyof Results;

/** Calls Python with arguments of the kinds `P`, at most eight; None for undefined. */
export type Call<P extends string, R extends ResultKind> = (
  ...args: KindValues<P, undefined>
) => Results[R];

/** A call that takes its arguments in an array, which the caller may reuse. */
export type ArrayCall = (args: readonly (CallArgument | undefined)[]) => number;

/** A reference to a Python object: a number for `release` and `o` parameters. */
export type Handle = number;

/** All kinds of parameters and results; a kind's code is its index here. */
const KINDS = 'isnbmovda';
// Codes of kinds. `m` (4) has no constant: it is the case that remains in `#makeObject`.
const INT = 0;
const STRING = 1;
const NAME = 2;
const BYTES = 3;
const OBJECT = 5;
const VOID = 6;
const DICT = 7;
const LENT = 8;

/** The most parameters of a `Call` or host function. */
const MAX_PARAMETERS = 8;
/** The most arguments of an `ArrayCall`. */
const MAX_ARRAY_ARGUMENTS = 31;
/** The most nested calls: Python in the host in Python … */
const MAX_DEPTH = 64;
/** Words of arguments per open call: a spare one in front (PEP 590), and the pointers. */
const CALL_WORDS = 1 + MAX_ARRAY_ARGUMENTS;
/** The largest integer with one digit. */
const ONE_DIGIT_MAX = 2 ** 30 - 1;
/** The reference count of an object with one owner. */
const ONE_OWNER = 1;
/** CPython's flag: the callee may overwrite the spare word. */
const PY_VECTORCALL_ARGUMENTS_OFFSET = 0x80000000 | 0;
/** CPython's flag of a C function that takes its arguments as pointers and their number. */
const METH_FASTCALL = 0x80;

/** Outcomes of `#putArgument`: whether the call must free the argument, or that the value is not of its kind. */
const BORROWED = 0;
const OWNED = 1;
const INVALID = -1;

/** Converts kinds to their codes. @throws {EngineError} for an unknown kind, or too many */
function parseKinds(kinds: string, maxCount: number): readonly number[] {
  const codes = [...kinds].map((kind) => KINDS.indexOf(kind));
  if (codes.includes(-1) || codes.length > maxCount) {
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
  readonly reserveAddress: Int32Array;
  /** Logs an argument that a host function refuses. */
  logRefusal?(message: string): void;
  /** Puts a function into the interpreter's function table; returns its index. */
  addFunction(entry: (self: Ptr, args: Ptr, count: number) => Ptr): number;
}

/** Makes the calls of one interpreter. */
export class Calls {
  readonly #api: CApi;
  readonly #memory: Memory;
  readonly #values: Values;
  readonly #gate: InterpreterGate;
  readonly #context: CallContext;
  /** Index in `memory.i32` of the arguments of MAX_DEPTH nested calls, CALL_WORDS each. */
  readonly #argumentStart: number;
  /** The last integer of each of these words, for `#reuseInt`; 0 for none. */
  readonly #spareInts = new Int32Array((MAX_DEPTH + 1) * CALL_WORDS);
  readonly #names: NameCache<Ptr>;
  /** `#makeNameReference` as a function, made once to avoid an allocation per dict. */
  readonly #makeName = (text: string): Ptr => this.#makeNameReference(text);
  readonly reserve: MemoryReserve;
  #fatalError: EngineError | undefined;
  /** `_glossa.describe` and `_glossa.fail`; set once the module is loaded. */
  #describeFunction: Ptr = 0;
  #failFunction: Ptr = 0;

  constructor(context: CallContext) {
    this.#context = context;
    this.#api = context.api;
    this.#memory = context.memory;
    this.#values = context.values;
    this.#names = new NameCache(MAX_NAMES, (object) => this.#api.Py_DecRef(object));
    this.#gate = context.gate;
    this.reserve = new MemoryReserve(context.api, context.reserveAddress);
    this.#argumentStart = context.api.malloc(this.#spareInts.byteLength) >> 2;
  }

  /** The error that every further call throws; undefined while calls work. */
  get fatalError(): EngineError | undefined {
    return this.#fatalError;
  }

  /** Makes every further call throw `error`; the first error stays. */
  failFurtherCalls(error: EngineError): void {
    this.#fatalError ??= error;
  }

  /** Takes the reserve back at the end of a call; the interpreter is lost if its memory is full. */
  #retakeReserve(): void {
    const isTaken = this.reserve.tryToTake();
    if (!isTaken) this.failFurtherCalls(new EngineError('memory-limit', FULL_MEMORY_TEXT));
  }

  /** Sets the functions of `_glossa` that describe an exception, and raise one. */
  setHelpers(describe: Handle, fail: Handle): void {
    this.#describeFunction = describe;
    this.#failFunction = fail;
  }

  /** Makes a function that calls `callable`. */
  makeCall<P extends string, R extends ResultKind>(
    callable: Handle,
    params: P,
    result: R,
  ): Call<P, R> {
    const kinds = parseKinds(params, MAX_PARAMETERS);
    const resultKind = KINDS.indexOf(result);
    const call = (...args: readonly (CallArgument | undefined)[]): unknown =>
      this.#gate.needsTurn(false)
        ? this.#runInTurn(() => this.#call(callable, kinds, args, resultKind))
        : this.#call(callable, kinds, args, resultKind);
    return call as Call<P, R>;
  }

  /**
   * Does the same for arguments in an array and an integer result.
   * @param isShared true if the call may run in a turn that other calls share (interpreter-gate.ts)
   */
  makeArrayCall(callable: Handle, params: string, isShared: boolean): ArrayCall {
    const kinds = parseKinds(params, MAX_ARRAY_ARGUMENTS);
    const gate = this.#gate;
    // In a method of its own, so that only calls in a turn allocate the closure.
    const callInTurn: ArrayCall = (args) =>
      this.#runInTurn(() => this.#call(callable, kinds, args, INT) as number);
    return (args) =>
      gate.needsTurn(isShared)
        ? callInTurn(args)
        : (this.#call(callable, kinds, args, INT) as number);
  }

  /** Runs a call in a turn that the watchdog can abort. */
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
    const { depth } = this.#gate;
    if (depth === 1 && this.#names.isFull) this.#names.trim();
    return this.#argumentStart + depth * CALL_WORDS + 1;
  }

  /**
   * Stores an argument for the call. It borrows names, None and integers of one digit.
   * @param index the argument's place in `memory.i32`
   * @returns BORROWED, OWNED, or INVALID if `value` is not of this kind
   */
  #putArgument(index: number, kind: number, value: CallArgument | undefined): number {
    let object: Ptr = 0;
    if (kind === INT) {
      const isSmall = typeof value === 'number' && (value | 0) === value && value >= SMALL_INT_MIN;
      if (isSmall && value <= SMALL_INT_MAX)
        object = this.#values.smallInts + (value - SMALL_INT_MIN) * SMALL_INT_BYTES;
      else if (isSmall && value <= ONE_DIGIT_MAX) object = this.#reuseInt(index, value);
    } else if (value === undefined) object = this.#values.none;
    else if (kind === NAME && typeof value === 'string')
      object = this.#names.get(value) ?? this.#internName(value);
    const isBorrowed = object !== 0;
    if (!isBorrowed) object = this.#makeObject(kind, value);
    this.#memory.i32[index] = object;
    if (isBorrowed) return BORROWED;
    return object === 0 ? INVALID : OWNED;
  }

  /**
   * Returns an integer of one digit for the argument at `index`, which the caller does not free: the last one there, if
   * no other reference to it is left.
   */
  #reuseInt(index: number, value: number): Ptr {
    const slot = index - this.#argumentStart;
    const spare = this.#spareInts[slot]!;
    if (spare !== 0) {
      const { i32 } = this.#memory;
      if (i32[spare >> 2] === ONE_OWNER) {
        i32[(spare + INT_DIGITS_OFFSET) >> 2] = value;
        return spare;
      }
      this.#api.Py_DecRef(spare);
    }
    const created = this.#values.makeInt(value);
    this.#spareInts[slot] = created;
    return created;
  }

  /** Frees the arguments of a call that it owns. @param owned a bit for each, from the first argument on */
  #freeArguments(firstIndex: number, owned: number): void {
    for (let i = 0; owned >>> i !== 0; i += 1)
      if (((owned >>> i) & 1) !== 0) this.#api.Py_DecRef(this.#memory.i32[firstIndex + i]!);
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

  /** Makes the tuple of a dict (values.ts). */
  #makeDict(dict: Dict): Ptr {
    return makeDict(this.#values, this.#makeName, dict);
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
    // A bit for each argument that the call owns.
    let owned = 0;
    for (let i = 0; i < count; i += 1) {
      const outcome = this.#putArgument(firstIndex + i, kinds[i]!, args[i]);
      if (outcome === INVALID) hasValidArguments = false;
      else owned |= outcome << i;
    }
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
      if (owned !== 0) this.#freeArguments(firstIndex, owned);
      if (result === 0) throw this.#takeException(hasValidArguments, firstIndex);
      const value = this.#takeResult(result, resultKind);
      // The module may have caught the exception of a full memory.
      if (this.reserve.isReleased && this.#gate.depth === 1) this.#retakeReserve();
      if (this.#fatalError?.message === FULL_MEMORY_TEXT) throw this.#fatalError;
      return value;
    } catch (error) {
      throw error instanceof EngineError ? error : this.#convertCrash(error);
    } finally {
      if (this.reserve.isReleased && this.#gate.depth === 1) this.#retakeReserve();
      this.#gate.leaveGuest();
    }
  }

  /** Converts a result, and releases its reference; a handle keeps its reference. */
  #takeResult(result: Ptr, kind: number): unknown {
    const values = this.#values;
    if (kind === INT) {
      const offset = result - values.smallInts;
      if (offset >= 0 && offset < SMALL_INTS_BYTES) return offset / SMALL_INT_BYTES + SMALL_INT_MIN;
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

  /** Makes the error for a result of a wrong type. */
  #makeTypeError(expected: string): EngineError {
    return new EngineError('exception', `the module returned something other than ${expected}`);
  }

  /**
   * Takes the pending exception, and describes it.
   * @param hasValidArguments false if an argument was not of its kind, so Python was not called
   * @param index of the call's first argument
   */
  #takeException(hasValidArguments: boolean, index: number): EngineError {
    if (this.#fatalError !== undefined) return this.#fatalError;
    const error = this.#api.PyErr_GetRaisedException();
    if (error === 0) {
      const message = hasValidArguments
        ? 'the module failed without an exception'
        : 'a wrong argument';
      return new EngineError('exception', message);
    }
    this.reserve.release();
    const moduleError = this.#describeError(error, index);
    const code = findExceptionCode(moduleError.type);
    const position = moduleError.file === '' ? '' : `${moduleError.file}:${moduleError.line}: `;
    const detail = moduleError.message === '' ? '' : `: ${moduleError.message}`;
    return new EngineError(code, `${position}${moduleError.type}${detail}`, moduleError);
  }

  /** Describes an exception by Python's `_glossa.describe`, and releases it. */
  #describeError(error: Ptr, index: number): ModuleError {
    const api = this.#api;
    const fallback: ModuleError = {
      type: 'Exception',
      message: 'an exception that cannot be described',
      ...{ errno: 0, file: '', line: 0, traceback: '' },
    };
    this.#memory.i32[index] = error;
    const describe = this.#describeFunction;
    const text = describe === 0 ? 0 : api.PyObject_Vectorcall(describe, index << 2, 1, 0);
    const json = text === 0 ? undefined : this.#values.readString(text);
    if (text === 0) api.PyErr_Clear();
    else api.Py_DecRef(text);
    api.Py_DecRef(error);
    return json === undefined ? fallback : (JSON.parse(json) as ModuleError);
  }

  /** Records that the interpreter is lost: a JavaScript exception has unwound through it. */
  #convertCrash(error: unknown): EngineError {
    this.#fatalError = this.#gate.wasForced
      ? new EngineError('time-limit', this.#gate.timeLimitText)
      : new EngineError('crash', `the interpreter broke down: ${describeThrown(error)}`);
    return this.#fatalError;
  }

  /**
   * Makes a Python function `name` that calls a host function with decoded arguments. Its exception
   * becomes OSError if it has a numeric `errno`, otherwise RuntimeError. Returns a new handle.
   */
  makeHostFunction(name: string, { params, result, call, mayWait }: HostFunction): Handle {
    const hostFunction = call as (...args: readonly unknown[]) => unknown;
    const hostState = mayWait ? IN_HOST : HELD;
    const kinds = parseKinds(params, MAX_PARAMETERS);
    // Eight variables for kinds (k) and arguments (a), not arrays: a call allocates nothing.
    const [k0 = 0, k1 = 0, k2 = 0, k3 = 0, k4 = 0, k5 = 0, k6 = 0, k7 = 0] = kinds;
    const parameterCount = kinds.length;
    const resultKind = KINDS.indexOf(result);
    const functionIndex = this.#context.addFunction((_self, args, count) => {
      try {
        if (this.#fatalError !== undefined) return 0;
        if (count !== parameterCount)
          throw new Error(`${name}() takes ${parameterCount} arguments (${count} given)`);
        const index = args >> 2;
        const a0 = parameterCount > 0 ? this.#readArgument(name, index, k0) : undefined;
        const a1 = parameterCount > 1 ? this.#readArgument(name, index + 1, k1) : undefined;
        const a2 = parameterCount > 2 ? this.#readArgument(name, index + 2, k2) : undefined;
        const a3 = parameterCount > 3 ? this.#readArgument(name, index + 3, k3) : undefined;
        const a4 = parameterCount > 4 ? this.#readArgument(name, index + 4, k4) : undefined;
        const a5 = parameterCount > 5 ? this.#readArgument(name, index + 5, k5) : undefined;
        const a6 = parameterCount > 6 ? this.#readArgument(name, index + 6, k6) : undefined;
        const a7 = parameterCount > 7 ? this.#readArgument(name, index + 7, k7) : undefined;
        this.#gate.enterHost(hostState);
        const value = hostFunction(a0, a1, a2, a3, a4, a5, a6, a7);
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
    return this.#wrapFunction(name, functionIndex);
  }

  /**
   * Reads an argument of the host function `name`. @throws {Error} for a value of another kind
   * @param index the argument's place in `memory.i32`
   */
  #readArgument(name: string, index: number, kind: number): CallArgument | undefined {
    const object = this.#memory.i32[index] ?? 0;
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
      const value = isText
        ? this.#values.readString(object)
        : this.#values.readBytes(object, kind !== LENT);
      if (value !== undefined) return value;
    }
    const message = `${name}() was given a value of a wrong type`;
    this.#context.logRefusal?.(message);
    throw new Error(message);
  }

  /** Turns an error of the host into a pending exception of Python. */
  #throwInto(error: unknown): void {
    const { errno } = (error ?? {}) as { errno?: unknown };
    try {
      this.#raise(typeof errno === 'number' ? errno : 0, describeThrown(error));
    } catch (failure) {
      // `fail` leaves its exception pending; only a lost interpreter throws here.
      this.#fatalError ??= this.#convertCrash(failure);
    }
  }

  /** Calls `_glossa.fail`, which raises OSError, or RuntimeError for errno 0. */
  #raise(errno: number, message: string): void {
    const api = this.#api;
    const index = this.#beginCall();
    const ownsErrno = this.#putArgument(index, INT, errno) === OWNED;
    const ownsMessage = this.#putArgument(index + 1, STRING, message) === OWNED;
    const fail = this.#failFunction;
    api.PyObject_Vectorcall(fail, index << 2, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, 0);
    this.#freeArguments(index, Number(ownsErrno) | (Number(ownsMessage) << 1));
    this.#gate.leaveGuest();
  }

  /** Makes the Python function of the host function at this index in the function table. */
  #wrapFunction(name: string, functionIndex: number): Handle {
    const api = this.#api;
    // struct PyMethodDef (ml_name, ml_meth, ml_flags, ml_doc), and the name behind it
    const methodDef = api.malloc(16 + name.length + 1);
    const { i32, u8 } = this.#memory;
    i32.set([methodDef + 16, functionIndex, METH_FASTCALL, 0], methodDef >> 2);
    // `charCodeAt` gives NaN after the last character, which becomes the final NUL.
    for (let i = 0; i <= name.length; i += 1) u8[methodDef + 16 + i] = name.charCodeAt(i) || 0;
    return api.PyCFunction_NewEx(methodDef, 0, 0);
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

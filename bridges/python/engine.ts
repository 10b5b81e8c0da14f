/**
 * Runs one Python interpreter for the language-neutral host.
 *
 * An engine belongs to one volume; objects never pass between engines. Only `createEngine` is
 * asynchronous. Any call may throw EngineError; after a fatal one, close the engine and create
 * another. A handle is one reference: free it with `release`, also handles that host functions
 * receive as `o`.
 */

import { type HostFunctions, makeHostFunction } from '../host/crossing/kinds.ts';
import { HostCallGuard, InterpreterGate } from '../host/limits/interpreter-gate.ts';
import type { GrantedFiles } from '../host/machine.ts';
import { type ArrayCall, type Call, Calls, type Handle, type ResultKind } from './calls.ts';
import { bindCApi, CAPI_NONE, type CApi, Memory, readAddress } from './capi.ts';
import { EngineError } from './errors.ts';
import {
  type Interpreter,
  isSeparated,
  type LoadOptions,
  loadInterpreter,
  type StartReport,
} from './load.ts';
import { CONFINE_MODULE } from './python-files.ts';
import type { RealmBoot } from './realm.ts';
import { Values } from './values.ts';

export type { ArrayCall, Call, CallArgument as Argument, Handle } from './calls.ts';
export { EngineError, type EngineErrorCode, type ModuleError } from './errors.ts';
export type { StartReport } from './load.ts';

/** A module that the host has found for an `import`. */
export interface ModuleSource {
  /** The real path, shown in tracebacks. */
  readonly path: string;
  readonly source: string;
  /** True for a package: `import a.b` searches in it. */
  readonly package: boolean;
}

/** Options of an interpreter and of its calls. */
export interface EngineOptions extends LoadOptions {
  /** Finds a module by its full dotted name; undefined if it is absent. */
  findModule(name: string): ModuleSource | undefined;
  /** Functions that Python calls as `_host.<name>`. */
  readonly hostFunctions?: HostFunctions;
  /** Milliseconds that a call may run outside the host; 0 or undefined for no limit. */
  readonly timeLimitMs?: number;
  /** The volume's name, for the log line when the process has to be ended. */
  readonly volume?: string;
  /** Variables added to the interpreter's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Bytes of Python's stack at which it raises RecursionError. That stack has 10 MiB, but calls
 * between C functions also use V8's stack of 984 KiB, and faster; this keeps Python inside both.
 */
const STACK_BYTES = 96 * 1024;

/** Offset in bytes of `tp_iternext` in a PyTypeObject. */
const TP_ITERNEXT = 112;

/** Starts an interpreter for one volume. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const hostCallGuard = new HostCallGuard();
  return new Engine(await loadInterpreter(options, hostCallGuard), options, hostCallGuard);
}

/** A running interpreter. */
export class Engine {
  readonly startReport: StartReport;
  readonly #api: CApi;
  readonly #memory: Memory;
  readonly #values: Values;
  readonly #calls: Calls;
  readonly #load: Call<'sss', 'o'>;
  readonly #import: Call<'s', 'o'>;
  readonly #findAttributeCall: Call<'os', 'o'>;
  readonly #callJson: Call<'os', 's'>;
  readonly #gate: InterpreterGate;
  readonly #files: GrantedFiles | undefined;

  constructor(interpreter: Interpreter, options: EngineOptions, hostCallGuard: HostCallGuard) {
    const { exports, realm } = interpreter;
    const limitMs = options.timeLimitMs ?? 0;
    this.startReport = interpreter.startReport;
    this.#files = options.files;
    this.#api = bindCApi(exports);
    this.#memory = new Memory(exports);
    this.#limitStack();
    const none = readAddress(exports, CAPI_NONE);
    const values = new Values(this.#api, this.#memory, none, options.machine.memory);
    values.checkLayout();
    this.#values = values;
    this.#gate = new InterpreterGate({
      word: realm.boot.word,
      limitMs,
      name: options.volume ?? 'python',
      watchEngine: options.machine.watchEngine,
      onAborted: (reason) => this.#calls.failFurtherCalls(new EngineError('time-limit', reason)),
    });
    hostCallGuard.gate = this.#gate;
    this.#calls = new Calls({
      api: this.#api,
      memory: this.#memory,
      values,
      gate: this.#gate,
      logRefusal: (message) => options.logRefusal?.(message),
      addFunction: interpreter.addFunction,
      reserveAddress: interpreter.reserveAddress,
    });
    const glossa = this.#importBootModule(values);
    const getHelper = (name: string): Handle => this.#getAttribute(values, glossa, name);
    this.#calls.setHelpers(getHelper('describe'), getHelper('fail'));
    // `wake` seeds the random numbers, which a snapshot would repeat.
    this.#calls.makeCall(getHelper('wake'), '', 'v')();
    this.#load = this.#calls.makeCall(getHelper('load'), 'sss', 'o');
    this.#import = this.#calls.makeCall(getHelper('imported'), 's', 'o');
    this.#findAttributeCall = this.#calls.makeCall(getHelper('find'), 'os', 'o');
    this.#callJson = this.#calls.makeCall(getHelper('call_json'), 'os', 's');
    this.#defineHostFunctions(
      this.#calls.makeCall(getHelper('define'), 'so', 'v'),
      options,
      realm.boot,
    );
    if (isSeparated(options)) {
      const confine = this.findAttribute(this.importModule(CONFINE_MODULE), 'confine');
      const confinement = this.callJson(confine, JSON.stringify([options.env ?? {}]));
      this.#finishConfinement(
        interpreter,
        confinement,
        hostCallGuard.wrap((message) => options.logRefusal?.(message)),
      );
    }
    if (limitMs > 0) {
      // Makes Python check the watchdog's word.
      this.#memory.u8[readAddress(exports, 'Py_EMSCRIPTEN_SIGNAL_HANDLING')] = 1;
      this.#gate.startTiming();
    }
  }

  /** The error that every further call throws; undefined while the engine works. */
  get fatalError(): EngineError | undefined {
    return this.#calls.fatalError;
  }

  /** The current bytes of the interpreter's memory. */
  get memoryBytes(): number {
    return this.#memory.u8.length;
  }

  get timesEntered(): number {
    return this.#gate.timesEntered;
  }

  /** Loads a module from its source, with file name `path`; returns its handle. */
  load(name: string, path: string, source: string): Handle {
    return this.#load(name, path, source);
  }

  /** Imports a module by name; returns its handle. */
  importModule(name: string): Handle {
    return this.#import(name);
  }

  /** Finds the attribute at a dotted path such as `xlator.lookup`; returns its handle. */
  findAttribute(object: Handle, path: string): Handle {
    return this.#findAttributeCall(object, path);
  }

  /** Makes a fast function that calls `callable`. */
  makeCall<P extends string, R extends ResultKind = 'i'>(
    callable: Handle,
    params: P,
    result = 'i' as R,
  ): Call<P, R> {
    return this.#calls.makeCall(callable, params, result);
  }

  /**
   * Does the same for up to 31 arguments in an array and an integer result.
   * @param isShared true if the call may run in a turn that other calls share: aborting it unwinds
   *   the caller, too, without an exception (host/limits/interpreter-gate.ts)
   */
  makeArrayCall(callable: Handle, params: string, isShared = false): ArrayCall {
    return this.#calls.makeArrayCall(callable, params, isShared);
  }

  /** Calls a function with a JSON array of arguments; returns its result as JSON. */
  callJson(callable: Handle, args: string): string {
    return this.#callJson(callable, args) ?? 'null';
  }

  /** Frees a handle; does nothing for 0, or after a fatal error. */
  release(handle: Handle): void {
    if (handle !== 0 && this.fatalError === undefined) this.#api.Py_DecRef(handle);
  }

  /** Closes the engine with its files; every further call throws. */
  close(): void {
    if (this.fatalError?.code === 'closed') return;
    this.#gate.close();
    this.#files?.close();
    this.#calls.failFurtherCalls(new EngineError('closed', 'the engine is closed'));
  }

  /** Defines the host functions of the engine and of the options in Python, by `define`. */
  #defineHostFunctions(define: Call<'so', 'v'>, options: EngineOptions, boot: RealmBoot): void {
    const engineFunctions: HostFunctions = {
      find_module: makeHostFunction('s', 's', (name) =>
        JSON.stringify(options.findModule(String(name)) ?? null),
      ),
      refused: makeHostFunction('s', 'v', (message) => void options.logRefusal?.(String(message))),
      relieve: makeHostFunction('', 'v', () => void this.#calls.reserve.release()),
      interrupt_again: makeHostFunction('', 'v', () => void boot.interruptAgain()),
      granted: makeHostFunction(
        'ss',
        'i',
        (right, path) =>
          options.files?.findGrantState(right === 'write' ? 'write' : 'read', String(path)) ?? 0,
      ),
    };
    const functions = { ...engineFunctions, ...options.hostFunctions };
    for (const [name, hostFunction] of Object.entries(functions)) {
      const handle = this.#calls.makeHostFunction(name, hostFunction);
      define(name, handle);
      this.#api.Py_DecRef(handle);
    }
  }

  /**
   * Completes the confinement by changes of C structures, which Python cannot make.
   * @param confinement the result of `confine` in _confine.py, as JSON
   */
  #finishConfinement(
    interpreter: Interpreter,
    confinement: string,
    logRefusal: (message: string) => void,
  ): void {
    const { hidden, create, types } = JSON.parse(confinement) as {
      hidden: string[];
      create: number;
      types: number[];
    };
    // Replaces PyCFunctionObject.m_ml->ml_meth of `create` by a function that also logs an import
    // of a hidden module, which Python does not report.
    const methodSlot = (this.#memory.i32[(create + 8) >> 2]! + 4) >> 2;
    const loggingMethod = interpreter.wrapMethod(this.#memory.i32[methodSlot]!, (spec) => {
      const name = this.#readSpecName(spec);
      if (name === undefined || !hidden.includes(name)) return;
      logRefusal(`import ${name} (a module sees only what it is given)`);
    });
    this.#memory.i32[methodSlot] = loggingMethod;
    // Loops in C over these types' iterators check no signal: their steps check the watchdog.
    for (const type of types) {
      const slot = (type + TP_ITERNEXT) >> 2;
      const checkingNext = interpreter.wrapIterator(this.#memory.i32[slot]!);
      this.#memory.i32[slot] = checkingNext;
    }
  }

  /** Reads the module name of a ModuleSpec; undefined if the ModuleSpec has no name. */
  #readSpecName(spec: Handle): string | undefined {
    const attribute = this.#values.makeString('name');
    const name = attribute === 0 ? 0 : this.#api.PyObject_GetAttr(spec, attribute);
    if (attribute !== 0) this.#api.Py_DecRef(attribute);
    if (name === 0) this.#api.PyErr_Clear();
    const text = name === 0 ? undefined : this.#values.readString(name);
    if (name !== 0) this.#api.Py_DecRef(name);
    return text;
  }

  /** Makes Python raise RecursionError at STACK_BYTES. */
  #limitStack(): void {
    const api = this.#api;
    const base = api.emscripten_stack_get_base();
    const thread = api.PyThreadState_Get();
    if (
      api.PyUnstable_ThreadState_SetStackProtection(thread, base - STACK_BYTES, STACK_BYTES) !== 0
    ) {
      throw new EngineError('setup', 'this Python refuses a stack limit');
    }
  }

  /** Imports `_glossa`. Its functions describe exceptions, so a failure here has no description. */
  #importBootModule(values: Values): Handle {
    const name = values.makeString('_glossa');
    const module = this.#api.PyImport_Import(name);
    this.#api.Py_DecRef(name);
    if (module === 0) throw new EngineError('setup', 'the engine has no module _glossa');
    return module;
  }

  /** Returns a function of `_glossa`. @throws {EngineError} if it is missing */
  #getAttribute(values: Values, object: Handle, attribute: string): Handle {
    const name = values.makeString(attribute);
    const value = this.#api.PyObject_GetAttr(object, name);
    this.#api.Py_DecRef(name);
    if (value === 0) throw new EngineError('setup', `_glossa has no ${attribute}`);
    return value;
  }
}

/**
 * Binds CPython's C API, as the WebAssembly module exports it, and views the interpreter's memory.
 * Pointers are i32 numbers, never negative as memory is below 2 GiB. CPython's rules hold: the
 * caller owns the reference of a result, and a result 0 (NULL) means a pending exception.
 */
import { EngineError } from './errors.ts';
import type { WasmExports } from './load.ts';

/** The C variable of Python's None. */
export const CAPI_NONE = '_Py_NoneStruct';

/** A pointer into the interpreter's memory; 0 is NULL. */
export type Ptr = number;

/** The C functions that this folder uses, with their parameters: pointers and other integers. */
const C_FUNCTIONS = {
  PyObject_Vectorcall: ['callable', 'args', 'nargsf', 'kwnames'],
  PyObject_GetAttr: ['object', 'name'],
  PyImport_Import: ['name'],
  PyLong_FromLong: ['value'],
  PyLong_FromDouble: ['value'],
  PyLong_AsLong: ['object'],
  PyLong_AsDouble: ['object'],
  PyFloat_FromDouble: ['value'],
  PyUnicode_New: ['length', 'maxChar'],
  PyUnicode_FromKindAndData: ['kind', 'data', 'length'],
  PyUnicode_GetLength: ['object'],
  PyUnicode_AsUCS4: ['object', 'buffer', 'length', 'copyNull'],
  PyBytes_FromStringAndSize: ['data', 'length'],
  PyBytes_AsString: ['object'],
  PyByteArray_FromStringAndSize: ['data', 'length'],
  PyByteArray_AsString: ['object'],
  PyMemoryView_FromObject: ['object'],
  PyDict_New: [],
  /** Takes over no reference; returns -1 if an exception is pending. */
  PyDict_SetItem: ['dict', 'key', 'value'],
  PyTuple_New: ['length'],
  /** Takes over the reference to the item. */
  PyTuple_SetItem: ['tuple', 'index', 'item'],
  PyObject_GetBuffer: ['object', 'view', 'flags'],
  PyBuffer_Release: ['view'],
  PyCFunction_NewEx: ['def', 'self', 'module'],
  PyErr_Occurred: [],
  PyErr_Clear: [],
  PyErr_GetRaisedException: [],
  Py_IncRef: ['object'],
  Py_DecRef: ['object'],
  PyThreadState_Get: [],
  PyUnstable_ThreadState_SetStackProtection: ['thread', 'start', 'size'],
  emscripten_stack_get_base: [],
  malloc: ['size'],
  free: ['pointer'],
} as const;

/** A number for each parameter. */
type Arguments<P extends readonly string[]> = { readonly [Index in keyof P]: number };

/** These functions; the result of one without a result is not for use. */
export type CApi = {
  readonly [Name in keyof typeof C_FUNCTIONS]: (
    ...args: Arguments<(typeof C_FUNCTIONS)[Name]>
  ) => number;
};

/** All exports that the host uses: the C functions, and what other files of this folder read once. */
export const HOST_EXPORTS: readonly string[] = [
  ...Object.keys(C_FUNCTIONS),
  ...['memory', '__indirect_function_table', CAPI_NONE, 'Py_EMSCRIPTEN_SIGNAL_HANDLING'],
  ...['PyImport_Inittab', '_PyImport_ClearExtension', 'PyObject_GC_UnTrack'],
  ...['PyErr_CheckSignals', 'PyErr_Print'],
];

/**
 * Reads the functions from the instance once, so that a module cannot replace them.
 * @throws {EngineError} if one is missing, or has other parameters
 */
export function bindCApi(exports: WasmExports): CApi {
  const api: Record<string, unknown> = {};
  for (const [name, params] of Object.entries(C_FUNCTIONS)) {
    const cFunction = exports[name];
    if (typeof cFunction !== 'function' || cFunction.length !== params.length) {
      throw new EngineError('setup', `this Pyodide does not export ${name}`);
    }
    api[name] = cFunction;
  }
  return api as unknown as CApi;
}

/** Reads the address of an exported C variable such as `_Py_NoneStruct`. */
export function readAddress(exports: WasmExports, name: string): Ptr {
  const { value } = (exports[name] ?? {}) as { value?: unknown };
  if (typeof value !== 'number') {
    throw new EngineError('setup', `this Pyodide does not export ${name}`);
  }
  return value;
}

// This realm's accessor reads the memory of any realm, even if a module has changed the other
// realm.
const { WebAssembly: hostWasm } = globalThis as unknown as {
  WebAssembly: { Memory: { prototype: object } };
};
const getBuffer = Object.getOwnPropertyDescriptor(hostWasm.Memory.prototype, 'buffer')?.get as (
  this: unknown,
) => ArrayBuffer;

/**
 * Views of the interpreter's memory. They are replaced when it grows, which detaches the old buffer: a view that was
 * read before a call into the interpreter is not used after it.
 */
export class Memory {
  #u8 = new Uint8Array(0);
  #i32 = new Int32Array(0);
  readonly #memory: unknown;

  constructor(exports: WasmExports) {
    this.#memory = exports.memory;
  }

  get u8(): Uint8Array {
    if (this.#u8.length === 0) this.#renew();
    return this.#u8;
  }

  get i32(): Int32Array {
    if (this.#i32.length === 0) this.#renew();
    return this.#i32;
  }

  #renew(): void {
    const buffer = getBuffer.call(this.#memory);
    this.#u8 = new Uint8Array(buffer);
    this.#i32 = new Int32Array(buffer);
  }
}

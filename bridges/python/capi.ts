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

/** The C functions that this folder uses. */
export interface CApi {
  PyObject_Vectorcall(callable: Ptr, args: Ptr, nargsf: number, kwnames: Ptr): Ptr;
  PyObject_GetAttr(object: Ptr, name: Ptr): Ptr;
  PyImport_Import(name: Ptr): Ptr;
  PyLong_FromLong(value: number): Ptr;
  PyLong_FromDouble(value: number): Ptr;
  PyLong_AsLong(object: Ptr): number;
  PyLong_AsDouble(object: Ptr): number;
  PyFloat_FromDouble(value: number): Ptr;
  PyUnicode_New(length: number, maxChar: number): Ptr;
  PyUnicode_FromKindAndData(kind: number, data: Ptr, length: number): Ptr;
  PyUnicode_GetLength(object: Ptr): number;
  PyUnicode_AsUCS4(object: Ptr, buffer: Ptr, length: number, copyNull: number): Ptr;
  PyBytes_FromStringAndSize(data: Ptr, length: number): Ptr;
  PyBytes_AsString(object: Ptr): Ptr;
  PyByteArray_FromStringAndSize(data: Ptr, length: number): Ptr;
  PyByteArray_AsString(object: Ptr): Ptr;
  PyMemoryView_FromObject(object: Ptr): Ptr;
  PyDict_New(): Ptr;
  /** Takes over no reference; returns -1 if an exception is pending. */
  PyDict_SetItem(dict: Ptr, key: Ptr, value: Ptr): number;
  PyTuple_New(length: number): Ptr;
  /** Takes over the reference to the item. */
  PyTuple_SetItem(tuple: Ptr, index: number, item: Ptr): number;
  PyObject_GetBuffer(object: Ptr, view: Ptr, flags: number): number;
  PyBuffer_Release(view: Ptr): void;
  PyCFunction_NewEx(def: Ptr, self: Ptr, module: Ptr): Ptr;
  PyErr_Occurred(): Ptr;
  PyErr_Clear(): void;
  PyErr_GetRaisedException(): Ptr;
  Py_IncRef(object: Ptr): void;
  Py_DecRef(object: Ptr): void;
  PyThreadState_Get(): Ptr;
  PyUnstable_ThreadState_SetStackProtection(thread: Ptr, start: Ptr, size: number): number;
  emscripten_stack_get_base(): Ptr;
  malloc(size: number): Ptr;
  free(pointer: Ptr): void;
}

/** The names of these functions. */
const C_FUNCTIONS = [
  'PyObject_Vectorcall',
  'PyObject_GetAttr',
  'PyImport_Import',
  'PyLong_FromLong',
  'PyLong_FromDouble',
  'PyLong_AsLong',
  'PyLong_AsDouble',
  'PyFloat_FromDouble',
  'PyUnicode_New',
  'PyUnicode_FromKindAndData',
  'PyUnicode_GetLength',
  'PyUnicode_AsUCS4',
  'PyBytes_FromStringAndSize',
  'PyBytes_AsString',
  'PyByteArray_FromStringAndSize',
  'PyByteArray_AsString',
  'PyMemoryView_FromObject',
  'PyDict_New',
  'PyDict_SetItem',
  'PyTuple_New',
  'PyTuple_SetItem',
  'PyObject_GetBuffer',
  'PyBuffer_Release',
  'PyCFunction_NewEx',
  'PyErr_Occurred',
  'PyErr_Clear',
  'PyErr_GetRaisedException',
  'Py_IncRef',
  'Py_DecRef',
  'PyThreadState_Get',
  'PyUnstable_ThreadState_SetStackProtection',
  'emscripten_stack_get_base',
  'malloc',
  'free',
] as const satisfies readonly (keyof CApi)[];

/** All exports that the host uses: the C functions, and what other files of this folder read once. */
export const HOST_EXPORTS: readonly string[] = [
  ...C_FUNCTIONS,
  ...['memory', '__indirect_function_table', CAPI_NONE, 'Py_EMSCRIPTEN_SIGNAL_HANDLING'],
  ...['PyImport_Inittab', '_PyImport_ClearExtension', 'PyObject_GC_UnTrack'],
  ...['PyErr_CheckSignals', 'PyErr_Print'],
];

/**
 * Reads the functions from the instance once, so that a module cannot replace them.
 * @throws {EngineError} if one is missing
 */
export function bindCApi(exports: WasmExports): CApi {
  const api: Record<string, unknown> = {};
  for (const name of C_FUNCTIONS) {
    const cFunction = exports[name];
    if (typeof cFunction !== 'function') {
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
 * Views of the interpreter's memory, replaced when it grows: read them again after every call into
 * the interpreter.
 */
export class Memory {
  u8: Uint8Array;
  i32: Int32Array;
  readonly #memory: unknown;

  constructor(exports: WasmExports) {
    this.#memory = exports.memory;
    const buffer = getBuffer.call(this.#memory);
    this.u8 = new Uint8Array(buffer);
    this.i32 = new Int32Array(buffer);
  }

  /** Renews the views if the memory has grown, which detaches the old buffer. */
  refresh(): void {
    if (this.i32.length !== 0) return;
    const buffer = getBuffer.call(this.#memory);
    this.u8 = new Uint8Array(buffer);
    this.i32 = new Int32Array(buffer);
  }

  /** The number of bytes. */
  get size(): number {
    this.refresh();
    return this.u8.length;
  }
}

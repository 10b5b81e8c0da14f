/**
 * The wall between Python and JavaScript inside a realm. Pyodide joins the two: a Python object can
 * stand for one of JavaScript and do what that can. A module is to have no such object, so the ways to
 * one are closed, one behind the other:
 *
 * - `_pyodide_core`, which makes them, is no longer in the table of modules that were compiled in,
 *   nor is what else was compiled in and serves tests and debuggers (`hideBuiltins`).
 * - What Python was told of them before is out of its sight: nothing that a script can reach refers to
 *   it (`hide` in _confine.py), and the garbage collector does not know of it (`untrack`).
 * - The functions of JavaScript that do the work are closed (realm/fence.ts): to a script that corrupts the
 *   memory of its interpreter, a made-up proxy is of no use.
 *
 * The first two are part of the snapshot, and cost nothing at a start.
 */
import { addressOf, type CApi, Memory, type Ptr } from './capi.ts';
import { EngineError } from './errors.ts';
import type { WasmExports } from './load.ts';

/**
 * What Python's own C code asks of JavaScript: the system calls of Emscripten, the clock, memory,
 * signals. Every other function that the interpreter imports belongs to what Pyodide adds.
 */
const OPEN = [
  /^__syscall_/,
  /^_?emscripten_(date_now|get_now|get_heap_max|resize_heap|get_progname|runtime_keepalive_\w+)$/,
  /^_emscripten_(system|runtime_keepalive_clear|lookup_name|get_progname|log_formatted)$/,
  /^_(tzset|timegm|mktime|localtime|gmtime|munmap|msync|mmap|setitimer)_js$/,
  /^(exit|_abort_js|__assert_fail|__call_sighandler)$/,
  /^(_Py_CheckEmscriptenSignals_Helper|_Py_emscripten_runtime|_PyEM_TrampolineCall_JS)$/,
  /^get(protobyname|addrinfo|nameinfo)$/,
  /^(_try_fcntl64|_try_shutdown|_maybe_\w+_async)$/,
  // Written in WebAssembly itself, where an argument says nothing to JavaScript.
  /^Jsv(_GetError_import|Error_Check)$/,
];

/** Whether the interpreter may go on to call an import of this name. */
export const staysOpen = (name: string): boolean => OPEN.some((pattern) => pattern.test(name));

/** Takes modules that were compiled in off the list, so that nothing can make them anew. */
export function hideBuiltins(exports: WasmExports, names: readonly string[]): void {
  const { i32, u8 } = new Memory(exports);
  const nameAt = (at: number): string => {
    let text = '';
    for (let i = at; u8[i] !== 0; i += 1) text += String.fromCharCode(u8[i] ?? 0);
    return text;
  };
  const missing = new Set(names);
  // struct _inittab { const char *name; PyObject *(*initfunc)(void); }
  for (let row = i32[addressOf(exports, 'PyImport_Inittab') >> 2]! >> 2; i32[row] !== 0; row += 2) {
    const [found, init] = [i32[row]!, i32[row + 1]!];
    const name = nameAt(found);
    if (!missing.delete(name)) continue;
    // Python works with a copy of the table: every row like this one, wherever it is.
    for (let at = i32.indexOf(found); at >= 0; at = i32.indexOf(found, at + 1)) {
      if (i32[at + 1] === init) i32[at] = found + name.length;
    }
  }
  if (missing.size > 0) {
    throw new EngineError('setup', `this Python has no module ${[...missing].join(', ')}`);
  }
}

/** Takes objects out of the collector's sight for good: they are never freed. */
export function untrack(
  exports: WasmExports,
  api: Pick<CApi, 'Py_IncRef'>,
  objects: readonly Ptr[],
): void {
  const { PyObject_GC_UnTrack: forget } = exports;
  if (typeof forget !== 'function')
    throw new EngineError('setup', 'this Python tracks all objects');
  for (const object of objects) {
    api.Py_IncRef(object);
    forget(object);
  }
}

/**
 * Separates Python from JavaScript inside a realm. Pyodide's proxies (Python objects that stand for
 * JavaScript objects) would give a module JavaScript's powers. Three layers keep it from them:
 *
 * - `hideBuiltins` removes `_pyodide_core`, which makes proxies, and other built-in test modules.
 * - `hide` (_confine.py) removes references to existing proxies, and `untrackObjects` removes them
 *   from the garbage collector's lists.
 * - realm/import-fence.ts closes the JavaScript functions behind proxies, in case a module forges one.
 */
import { type CApi, Memory, type Ptr, readAddress } from './capi.ts';
import { EngineError } from './errors.ts';
import type { WasmExports } from './load.ts';

/**
 * Imports that Python's C code needs from JavaScript: Emscripten's system calls, clock, memory,
 * signals. Pyodide has added all others.
 */
const OPEN_IMPORTS = [
  /^__syscall_/,
  /^_?emscripten_(date_now|get_now|get_heap_max|resize_heap|get_progname|runtime_keepalive_\w+)$/,
  /^_emscripten_(system|runtime_keepalive_clear|lookup_name|get_progname|log_formatted)$/,
  /^_(tzset|timegm|mktime|localtime|gmtime|munmap|msync|mmap|setitimer)_js$/,
  /^(exit|_abort_js|__assert_fail|__call_sighandler)$/,
  /^(_Py_CheckEmscriptenSignals_Helper|_Py_emscripten_runtime|_PyEM_TrampolineCall_JS)$/,
  /^get(protobyname|addrinfo|nameinfo)$/,
  /^(_try_fcntl64|_try_shutdown|_maybe_\w+_async)$/,
  // Implemented in WebAssembly: the arguments do not reach JavaScript.
  /^Jsv(_GetError_import|Error_Check)$/,
];

/** True if the interpreter may keep calling an import of this name. */
export const mayStayOpen = (name: string): boolean =>
  OPEN_IMPORTS.some((pattern) => pattern.test(name));

/**
 * Removes built-in modules from CPython's table, so that a module cannot import them.
 * @throws {EngineError} if the table lacks one of `names`
 */
export function hideBuiltins(exports: WasmExports, names: readonly string[]): void {
  const { i32, u8 } = new Memory(exports);
  const readName = (address: number): string => {
    let text = '';
    for (let i = address; u8[i] !== 0; i += 1) text += String.fromCharCode(u8[i] ?? 0);
    return text;
  };
  const missingNames = new Set(names);
  // struct _inittab { const char *name; PyObject *(*initfunc)(void); }
  for (
    let row = i32[readAddress(exports, 'PyImport_Inittab') >> 2]! >> 2;
    i32[row] !== 0;
    row += 2
  ) {
    const [address, init] = [i32[row]!, i32[row + 1]!];
    const name = readName(address);
    if (!missingNames.delete(name)) continue;
    // Python uses a copy of the table, so all memory is searched for this row. The address of the
    // name's final NUL makes the name empty.
    for (let index = i32.indexOf(address); index >= 0; index = i32.indexOf(address, index + 1)) {
      if (i32[index + 1] === init) i32[index] = address + name.length;
    }
  }
  if (missingNames.size > 0) {
    throw new EngineError('setup', `this Python has no module ${[...missingNames].join(', ')}`);
  }
}

/** Hides objects from Python's garbage collector, which could list them; they are never freed. */
export function untrackObjects(
  exports: WasmExports,
  api: Pick<CApi, 'Py_IncRef'>,
  objects: readonly Ptr[],
): void {
  const { PyObject_GC_UnTrack: untrackObject } = exports;
  if (typeof untrackObject !== 'function')
    throw new EngineError('setup', 'this Python tracks all objects');
  for (const object of objects) {
    api.Py_IncRef(object);
    untrackObject(object);
  }
}

/**
 * Starts Pyodide (CPython as WebAssembly) in a realm: warm from an intact memory snapshot,
 * otherwise cold, and then writes a snapshot. Relies on details of Pyodide's loader
 * (`_makeSnapshot`, `_loadSnapshot`, the order of its start); `patches.ts` checks that it is the
 * known version.
 */

import type { HostCallGuard } from '../host/limits/interpreter-gate.ts';
import {
  type Cache,
  type CachedScript,
  type CacheInputs,
  type CacheLogs,
  cachePerMachine,
  type GrantedFiles,
  type Machine,
  type Snapshot,
} from '../host/machine.ts';
import { dirname } from '../host/paths.ts';
import { keepExports } from '../host/wasm-edits.ts';
import { explainMemoryError } from '../host/web-assembly.ts';
import { bindCApi, CAPI_NONE, HOST_EXPORTS, Memory, type Ptr, readAddress } from './capi.ts';
import { EngineError } from './errors.ts';
import { hideBuiltins, mayStayOpen, untrackObjects } from './fence.ts';
import { makeFileGates } from './file-gates.ts';
import { listRuntimeInputs, patchLoader, patchRuntime } from './patches.ts';
import { CONFINE_MODULE, type PreloadFile, readEngineFiles } from './python-files.ts';
import {
  createRealm,
  type HostEntry,
  type IteratorNext,
  type MethodO,
  type Realm,
  type RealmHost,
} from './realm.ts';
import { listUsedExports } from './used-exports.ts';
import { Values } from './values.ts';

/** Options of an interpreter's start; `EngineOptions` (engine.ts) has the rest. */
export interface LoadOptions extends Partial<CacheLogs>, RealmHost {
  readonly machine: Machine;
  /** Python files that every interpreter has; its snapshot contains them. */
  readonly preload?: readonly PreloadFile[];
  /** Modules that are imported before the snapshot is made. */
  readonly imports?: readonly string[];
  /** The folder of snapshots, by default the machine's; false disables the cache. */
  readonly cacheFolder?: string | false;
  /** Bytes of memory for interpreter and module together; 32 MiB to 2 GiB. Default 512 MiB. */
  readonly memoryLimitBytes?: number;
  /** Granted files of the host; closed with the engine. */
  readonly files?: GrantedFiles;
  /**
   * For tests: false leaves only the realm around Python; 'fence' also closes the functions that
   * reach JavaScript. Default: true.
   */
  readonly confine?: boolean | 'fence';
  /** Logs a refusal, such as `import js`, with the reason in brackets. */
  logRefusal?(message: string): void;
}

/** True if Python and JavaScript are separated (fence.ts). */
export const isSeparated = ({ confine = true }: LoadOptions): boolean => confine === true;

/** The default of `memoryLimitBytes`. */
const DEFAULT_MEMORY_BYTES = 512 * 2 ** 20;
/** The largest limit: a page of WebAssembly below 2 GiB, so that addresses are positive int32. */
const MAX_MEMORY_BYTES = 2 ** 31 - 65_536;

/** Raw exports of the WebAssembly instance: numbers in, numbers out, except globals and memory. */
export type WasmExports = Readonly<Record<string, unknown>>;

/** A started interpreter, as engine.ts uses it. */
export interface Interpreter {
  readonly realm: Realm;
  readonly exports: WasmExports;
  /** Puts a function into the interpreter's function table; its signature is (i32 × 3) → i32. */
  addFunction(entry: HostEntry): number;
  /** The address of the memory that a full memory frees at once; 0 for none (patches.ts). */
  readonly reserveAddress: Int32Array;
  /** Wraps the `tp_iternext` at this index with checks of the watchdog; returns the new index. */
  wrapIterator(index: number): number;
  /** Wraps the METH_O function at this index to call `notify` first; returns the new index. */
  wrapMethod(index: number, notify: (object: number) => void): number;
  readonly startReport: StartReport;
}

/** A report on an interpreter's start. */
export interface StartReport {
  /** True if it started from a snapshot. */
  readonly isWarm: boolean;
}

/** The members of Pyodide that are used here, all objects of the realm. */
interface StartedPyodide {
  readonly pyodide: {
    runPython(source: string): unknown;
    makeMemorySnapshot(): Uint8Array;
    readonly FS: {
      mkdirTree(path: string): void;
      writeFile(path: string, data: string): void;
    };
  };
  readonly module: {
    reserve?: Uint8Array;
    /** @param signature the result's type, then those of the arguments; `i` is an i32 */
    addFunction(entry: HostEntry | IteratorNext | MethodO, signature: string): number;
  };
  readonly exports: WasmExports;
}

/**
 * Starts an interpreter; throws EngineError `setup` when it cannot start.
 * @param guard wraps the host functions
 */
export async function loadInterpreter(
  options: LoadOptions,
  guard: HostCallGuard,
): Promise<Interpreter> {
  const { machine, cacheFolder, log = () => {}, warn = log } = options;
  const cache =
    cacheFolder === false ? undefined : await machine.openCache(cacheFolder, { log, warn });
  const snapshot = cache?.openSnapshot(listSnapshotInputs(options));
  if (snapshot !== undefined) {
    try {
      return await startInterpreter(options, guard, cache, snapshot);
    } catch (error) {
      log(`cannot start from ${snapshot.name}: ${readErrorMessage(error)}`);
    } finally {
      snapshot.close();
    }
  }
  try {
    return await startInterpreter(options, guard, cache, undefined);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new EngineError(
      'setup',
      `the Python interpreter does not start: ${explainMemoryError(readErrorMessage(error))}`,
    );
  }
}

/** Lists the inputs of a snapshot: when one changes, another snapshot is made. */
const listSnapshotInputs = (options: LoadOptions): CacheInputs => {
  const { machine, imports = [], preload = [] } = options;
  return {
    name: `python-${readPyodide(machine).version}`,
    parts: SNAPSHOT_PARTS,
    texts: [
      isSeparated(options) ? 'apart' : 'joined',
      ...listRuntimeInputs(),
      ...imports,
      ...[...readEngineFiles(machine.parts), ...preload].flatMap((file) => [
        file.path,
        file.source,
      ]),
    ],
  };
};

/** Pyodide's version and, patched for the realm, its short text files. */
interface PyodideTexts {
  readonly version: string;
  readonly loader: string;
  readonly lock: string;
}

/** Reads Pyodide's texts, once per machine. */
const readPyodide = cachePerMachine(({ parts }): PyodideTexts => {
  const { info } = JSON.parse(parts.readText('pyodide/pyodide-lock.json')) as { info: unknown };
  const { version } = JSON.parse(parts.readText('pyodide/package.json')) as { version: string };
  return {
    version,
    loader: patchLoader(parts.readText(LOADER_PART)),
    lock: JSON.stringify({ info, packages: {} }),
  };
});

const LOADER_PART = 'pyodide/pyodide.mjs';
const RUNTIME_PART = 'pyodide/pyodide.asm.mjs';
const WASM_PART = 'pyodide/pyodide.asm.wasm';
const STDLIB_PART = 'pyodide/python_stdlib.zip';
/** The parts of Pyodide that a snapshot depends on. */
const SNAPSHOT_PARTS = [LOADER_PART, RUNTIME_PART, WASM_PART, STDLIB_PART];

/** The inputs of Pyodide's patched runtime. */
const listScriptInputs = (machine: Machine): CacheInputs => ({
  name: `python-${readPyodide(machine).version}`,
  parts: [RUNTIME_PART, LOADER_PART],
  texts: listRuntimeInputs(),
});

/** Reads Pyodide's runtime, patched for the realm: with its compiled code if the cache has that. */
const readRuntime = (
  machine: Machine,
  cache: Cache | undefined,
): Pick<CachedScript, 'source'> & Partial<CachedScript> =>
  cache?.readScript(listScriptInputs(machine)) ?? {
    source: patchRuntime(machine.parts.readText(RUNTIME_PART), machine.parts.readText(LOADER_PART)),
  };

/** Reads the message of any thrown value. */
function readErrorMessage(error: unknown): string {
  // A realm's error is not an `instanceof` the host's Error, but has a message.
  const { message } = (typeof error === 'object' && error !== null ? error : {}) as {
    message?: unknown;
  };
  return typeof message === 'string' ? message : String(error);
}

/** Starts an interpreter: warm from `snapshot`, or cold, and then writes one to `cache`. */
async function startInterpreter(
  options: LoadOptions,
  guard: HostCallGuard,
  cache: Cache | undefined,
  snapshot: Snapshot | undefined,
): Promise<Interpreter> {
  const realm = createRealm(options.machine, {
    print: guard.wrap((stream, line) => options.print(stream, line)),
  });
  const { machine } = options;
  const { source, code } = readRuntime(machine, cache);
  // Before the runtime, as other threads may compile it.
  const wasm = compileWasm(realm, options, source, snapshot !== undefined);
  const runtime = realm.compile(source, 'pyodide.asm.mjs', code);
  const parts = makeStartParts(realm, options, snapshot);
  const fence = makeFence(realm, options, guard);
  let memory: Memory | undefined;
  const started = (await realm.start({
    ...parts,
    wasm,
    runtime: runtime.run(),
    files: makeFileTree(realm, options, guard, () => memory),
    fence: fence.wrapImports,
    isSeparated: isSeparated(options),
    restoreMemory: (grow: (bytes: number) => unknown, getHeap: () => Uint8Array) => {
      if (snapshot === undefined) return;
      if (snapshot.memoryLength > getHeap().length) grow(snapshot.memoryLength);
      snapshot.readPages(getHeap());
    },
  })) as StartedPyodide;
  memory = new Memory(started.exports);
  if (snapshot === undefined) {
    installPython(started, options);
    if (cache !== undefined) {
      cache.writeSnapshot(listSnapshotInputs(options), started.pyodide.makeMemorySnapshot());
    }
  }
  const newCode = cache && runtime.makeCode();
  if (newCode !== undefined)
    cache?.writeScript(listScriptInputs(machine), { source, code: newCode });
  if (options.confine !== false) fence.close();
  const { addFunction } = started.module;
  const reserve = realm.boot.makeBytes(Int32Array.BYTES_PER_ELEMENT);
  started.module.reserve = reserve;
  const functionTable = started.exports.__indirect_function_table as {
    get(index: number): IteratorNext | MethodO;
  };
  const checkSignals = started.exports.PyErr_CheckSignals as () => number;
  // A snapshot's memory refers to functions by their index in this table.
  const { length: functionCount } = started.exports.__indirect_function_table as { length: number };
  if ((snapshot?.functionCount ?? 0) > functionCount)
    throw new Error('this WebAssembly lacks functions that the snapshot needs');
  return {
    realm,
    exports: started.exports,
    addFunction: (entry) => addFunction(realm.boot.makeGate(entry), 'iiii'),
    reserveAddress: new Int32Array(reserve.buffer),
    wrapMethod(index, notify) {
      const gate = realm.boot.makeGate((_self, object) => {
        notify(object);
        return 0;
      });
      return addFunction(
        realm.boot.makeNotifyingMethod(functionTable.get(index) as MethodO, gate),
        'iii',
      );
    },
    wrapIterator: (index) =>
      addFunction(
        realm.boot.makeCheckingIterator(functionTable.get(index) as IteratorNext, checkSignals),
        'ii',
      ),
    startReport: { isWarm: snapshot !== undefined },
  };
}

/**
 * Compiles Pyodide's WebAssembly, of which only the used exports stay; returns the module, or a promise of it.
 * @param wasChecked whether an interpreter has run this WebAssembly before: the one that made the snapshot
 */
function compileWasm(
  { boot }: Realm,
  { machine }: LoadOptions,
  runtime: string,
  wasChecked: boolean,
): unknown {
  const bytes = machine.parts.readBytes(WASM_PART, boot.makeBytes);
  const usedExports = new Set([...HOST_EXPORTS, ...listUsedExports(runtime)]);
  keepExports(bytes, (name) => usedExports.has(name));
  return wasChecked && machine.compileChecked !== null
    ? machine.compileChecked(() => boot.compileWasmAtOnce(bytes))
    : boot.compileWasm(bytes);
}

type Gate = (...args: unknown[]) => unknown;

/** The most bytes of all files in the interpreter's memory. */
const MAX_FILE_BYTES = 64 * 2 ** 20;

/** Makes the interpreter's file system: files in memory, and the granted files. */
function makeFileTree(
  realm: Realm,
  { machine, files, logRefusal = () => {} }: LoadOptions,
  guard: HostCallGuard,
  getMemory: () => Memory | undefined,
) {
  const makeTree = realm.evaluate(
    machine.parts.readText('realm/granted-files.js'),
    'glossa:files',
  ) as (gates: object, limitBytes: number) => unknown;
  const gates = files === undefined ? {} : makeFileGates(files, getMemory, logRefusal);
  const guardedGates = Object.entries<Gate>(gates).map(([name, gate]) => [name, guard.wrap(gate)]);
  return makeTree(Object.fromEntries(guardedGates), MAX_FILE_BYTES);
}

/** Makes the fence that keeps Python from reaching JavaScript (fence.ts). */
function makeFence(realm: Realm, { machine, logRefusal }: LoadOptions, guard: HostCallGuard) {
  const makeRealmFence = realm.evaluate(
    machine.parts.readText('realm/import-fence.js'),
    'glossa:fence',
  ) as (
    mayStayOpen: (name: string) => boolean,
    logRefusal: (name: unknown) => void,
  ) => { wrapImports: object; close(): void };
  const logAttempt = (name: unknown) =>
    logRefusal?.(`${name} (a module reaches nothing of JavaScript)`);
  return makeRealmFence(mayStayOpen, guard.wrap(logAttempt));
}

/** Makes the arguments of Pyodide's start, as objects of the realm. */
function makeStartParts(
  realm: Realm,
  { machine, memoryLimitBytes = DEFAULT_MEMORY_BYTES }: LoadOptions,
  snapshot: Snapshot | undefined,
): object {
  const { loader, lock } = readPyodide(machine);
  const { makeBytes } = realm.boot;
  let snapshotHead: Uint8Array | undefined;
  if (snapshot !== undefined) {
    snapshotHead = makeBytes(snapshot.description.length);
    snapshotHead.set(snapshot.description);
  }
  return {
    lock,
    loader: realm.evaluate(loader, 'pyodide.mjs'),
    stdlib: machine.parts.readBytes(STDLIB_PART, makeBytes),
    heapMax: Math.min(memoryLimitBytes, MAX_MEMORY_BYTES),
    snapshot: snapshotHead,
  };
}

/** Writes the engine's own Python files and the preloaded package to memory, and imports them. */
function installPython({ pyodide, exports }: StartedPyodide, options: LoadOptions): void {
  for (const file of [...readEngineFiles(options.machine.parts), ...(options.preload ?? [])]) {
    pyodide.FS.mkdirTree(dirname(file.path));
    pyodide.FS.writeFile(file.path, file.source);
  }
  const names = ['_glossa', ...(options.imports ?? [])];
  pyodide.runPython(`import sys\nsys.dont_write_bytecode = True\nimport ${names.join(', ')}`);
  pyodide.runPython('_glossa.seal()');
  if (!isSeparated(options)) return;
  separateLanguages(exports, options.machine);
}

/** Separates Python from JavaScript before the snapshot is made. */
function separateLanguages(exports: WasmExports, { memory }: Machine): void {
  const api = bindCApi(exports);
  const values = new Values(api, new Memory(exports), readAddress(exports, CAPI_NONE), memory);
  const module = api.PyImport_Import(values.makeString(CONFINE_MODULE));
  const callConfine = (name: string): Ptr => {
    const callable = module === 0 ? 0 : api.PyObject_GetAttr(module, values.makeString(name));
    const result = callable === 0 ? 0 : api.PyObject_Vectorcall(callable, 0, 0, 0);
    if (result !== 0) return result;
    (exports.PyErr_Print as () => void)();
    throw new EngineError('setup', 'this Pyodide cannot be separated from JavaScript');
  };
  const { names, tracked } = JSON.parse(values.readString(callConfine('hide')) ?? '') as {
    names: string[];
    tracked: Ptr[];
  };
  untrackObjects(exports, api, tracked);
  callConfine('hidden');
  hideBuiltins(exports, names);
  // Python caches extension modules by name, beside the table.
  const clearExtension = exports._PyImport_ClearExtension as (name: Ptr, file: Ptr) => number;
  for (const name of names.map((text) => values.makeString(text))) clearExtension(name, name);
}

/**
 * Starts Pyodide in a realm: from a memory snapshot when there is a sound one, otherwise from
 * nothing, leaving a snapshot for the next time.
 *
 * Facts about Pyodide's loader (`_makeSnapshot`, `_loadSnapshot`, the order of its start) are from
 * pyodide.mjs and pyodide.asm.mjs of the version named in package.json; `patches.ts` checks that
 * they are the files it knows.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Script } from 'node:vm';
import type { GrantedFiles } from '../host/files.ts';
import type { Held } from '../host/inside.ts';
import { nameSection } from '../host/profile-names.ts';
import { BOOTSTRAP, BOOTSTRAP_PATH } from './bootstrap.ts';
import { type Log, readCached, usableFolder, writeCached } from './cache.ts';
import { addressOf, bindCApi, CAPI_NONE, Memory, type Ptr } from './capi.ts';
import { CONFINE, CONFINE_MODULE, CONFINE_PATH } from './confine.ts';
import { EngineError } from './errors.ts';
import { FENCE, HIDDEN, hideBuiltins, staysOpen, untrack } from './fence.ts';
import { patchLoader, patchRuntime } from './patches.ts';
import {
  createRealm,
  type HostEntry,
  type Method,
  type Next,
  type Realm,
  type RealmHost,
} from './realm.ts';
import { fileGates, REALM_FILES } from './realm-files.ts';
import {
  openSnapshot,
  type PreloadFile,
  readPages,
  type SnapshotFile,
  type SnapshotPlace,
  snapshotSource,
  writeSnapshot,
} from './snapshot.ts';
import { Values } from './values.ts';

export interface LoadOptions {
  readonly host: RealmHost;
  /** Python files written into the interpreter before the snapshot is taken. */
  readonly preload: readonly PreloadFile[];
  /** Modules imported before the snapshot is taken. */
  readonly imports: readonly string[];
  /** Where snapshots are kept; undefined for none. */
  readonly cacheFolder: string | undefined;
  /** The most memory the interpreter may have, in bytes; at most 2 GiB. */
  readonly memoryLimit: number;
  /** Files of the host that the interpreter may see. */
  readonly files: GrantedFiles | undefined;
  /** Around what the interpreter calls. */
  readonly held: Held;
  /** False joins Python and JavaScript as Pyodide does: for tests of the walls behind. */
  readonly apart: boolean;
  /** Whether the functions of JavaScript that Python could reach are closed. */
  readonly fenced: boolean;
  /** Whether a profile shows the interpreter's functions by their names. */
  readonly namesFrames: boolean;
  /** Told what of them a script was refused. */
  refused(what: string): void;
  readonly log: Log;
  /** Told why a cache is not used that somebody else could have written. */
  readonly warn: Log;
}

/** Raw exports of the WebAssembly instance: numbers in, numbers out, except globals and memory. */
export type WasmExports = Readonly<Record<string, unknown>>;

export interface Interpreter {
  readonly realm: Realm;
  readonly exports: WasmExports;
  /** Puts a function into the interpreter's function table; its signature is (i32 × 3) → i32. */
  addFunction(entry: HostEntry): number;
  /** The same for a function of the realm's: what it throws passes through. */
  addCall(entry: HostEntry): number;
  /** A `tp_iternext` that heeds the watchdog, around the one at this index; its own index. */
  addNext(index: number): number;
  /** Calls `tell` before the METH_O function at this index: the index of one that does. */
  addTold(index: number, tell: (object: number) => void): number;
  /** How the interpreter came up. */
  readonly start: StartReport;
}

/** `phases` are milliseconds since the start began, in order. */
export interface StartReport {
  readonly warm: boolean;
  readonly phases: readonly (readonly [name: string, ms: number])[];
}

/** The parts of Pyodide's module that are used here; all of them belong to the realm. */
interface Started {
  readonly pyodide: {
    runPython(source: string): unknown;
    makeMemorySnapshot(): Uint8Array;
    readonly FS: {
      mkdirTree(path: string): void;
      writeFile(path: string, data: string): void;
    };
  };
  readonly module: {
    addFunction(f: HostEntry | Next | Method, signature: string): number;
  };
  readonly exports: WasmExports;
}

const folder = dirname(createRequire(import.meta.url).resolve('pyodide'));

/** Starts an interpreter; throws EngineError `setup` when it will not start at all. */
export async function loadInterpreter(given: LoadOptions): Promise<Interpreter> {
  const { log, warn } = given;
  const cacheFolder =
    given.cacheFolder === undefined ? undefined : usableFolder(given.cacheFolder, warn, log);
  const options = { ...given, cacheFolder };
  const place = cacheFolder === undefined ? undefined : snapshotPlace(cacheFolder, options);
  const snapshot = place && openSnapshot(place, warn, log);
  if (snapshot !== undefined) {
    try {
      return await start(options, snapshot);
    } catch (error) {
      log(`cannot start from ${place!.name}: ${messageOf(error)}`);
    } finally {
      closeSync(snapshot.fd);
    }
  }
  try {
    return await start(options, undefined, place);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new EngineError('setup', `the Python interpreter does not start: ${messageOf(error)}`);
  }
}

/** Other files, another snapshot: its name has the beginning of their sha256. */
function snapshotPlace(folder: string, options: LoadOptions): SnapshotPlace {
  const source = snapshotSource([
    pyodideDigest(),
    BOOTSTRAP,
    CONFINE,
    options.apart ? HIDDEN.join() : 'joined',
    ...options.imports,
    ...options.preload.flatMap((file) => [file.path, file.source]),
  ]);
  const key = source.toString('hex', 0, 8);
  return { folder, name: `python-${PYODIDE_VERSION}-${key}.snapshot`, source };
}

let digest: Buffer | undefined;

/** The sha256 of the files that an interpreter is started from; they are read once in a process. */
function pyodideDigest(): Buffer {
  if (digest === undefined) {
    const hash = createHash('sha256').update(PYODIDE_VERSION);
    for (const file of FILES) hash.update(readFileSync(join(folder, file)));
    digest = hash.digest();
  }
  return digest;
}

interface Texts {
  readonly loader: string;
  readonly runtime: string;
  readonly lock: string;
}

let texts: Texts | undefined;

/** What of Pyodide is text, as it is run here; it is read and patched once in a process. */
function pyodideTexts(): Texts {
  if (texts === undefined) {
    const text = (file: string): string => readFileSync(join(folder, file), 'utf8');
    const { info } = JSON.parse(text('pyodide-lock.json')) as { info: unknown };
    texts = {
      loader: patchLoader(text('pyodide.mjs')),
      runtime: patchRuntime(text('pyodide.asm.mjs')),
      lock: JSON.stringify({ info, packages: {} }),
    };
  }
  return texts;
}

const FILES = ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip'];

/** The Pyodide that is installed. */
const PYODIDE_VERSION = (
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
).version;

function messageOf(error: unknown): string {
  // Realm errors are not `instanceof` the host's Error, but they have a message too.
  const { message } = (typeof error === 'object' && error !== null ? error : {}) as {
    message?: unknown;
  };
  return typeof message === 'string' ? message : String(error);
}

async function start(
  options: LoadOptions,
  snapshot: SnapshotFile | undefined,
  place?: SnapshotPlace,
): Promise<Interpreter> {
  const began = performance.now();
  const phases: [string, number][] = [];
  const mark = (phase: string): void => {
    phases.push([phase, Math.round((performance.now() - began) * 10) / 10]);
  };
  const realm = createRealm(options.host);
  mark('realm');
  const { parts, code } = prepare(realm, options, snapshot);
  const fence = makeFence(realm, options);
  let memory: Memory | undefined;
  mark('code');
  const started = (await realm.start({
    ...parts,
    files: realmFiles(realm, options, () => memory),
    fence: fence.around,
    apart: options.apart,
    restoreMemory: (grow: (size: number) => unknown, heap: () => Uint8Array) => {
      mark('instance');
      if (snapshot === undefined) return;
      if (snapshot.memoryLength > heap().length) grow(snapshot.memoryLength);
      readPages(snapshot, heap());
      mark('memory');
    },
  })) as Started;
  mark('python');
  memory = new Memory(started.exports);
  if (snapshot === undefined) {
    install(started, options);
    mark('package');
    if (place !== undefined) {
      writeSnapshot(place, started.pyodide.makeMemorySnapshot(), options.log);
      mark('snapshot');
    }
  }
  if (options.fenced) fence.close();
  if (code !== undefined && options.cacheFolder !== undefined) {
    writeCode(options.cacheFolder, code, options.log);
  }
  mark('ready');
  const { addFunction } = started.module;
  const table = started.exports.__indirect_function_table as { get(index: number): Next | Method };
  const check = started.exports.PyErr_CheckSignals as () => number;
  return {
    realm,
    exports: started.exports,
    addFunction: (entry) => addFunction(realm.boot.makeGate(entry), 'iiii'),
    addCall: (entry) => addFunction(entry, 'iiii'),
    addTold(index, tell) {
      const gate = realm.boot.makeGate((_self, object) => {
        tell(object);
        return 0;
      });
      return addFunction(realm.boot.makeTold(table.get(index) as Method, gate), 'iii');
    },
    addNext: (index) => addFunction(realm.boot.makeNext(table.get(index) as Next, check), 'ii'),
    start: { warm: snapshot !== undefined, phases },
  };
}

type Gate = (...args: unknown[]) => unknown;

/** Bytes that the files in the interpreter's own memory may have together. */
const MOST_IN_FILES = 64 * 2 ** 20;

function realmFiles(realm: Realm, options: LoadOptions, memory: () => Memory | undefined) {
  const { files, held, refused } = options;
  const make = realm.evaluate(REALM_FILES, 'glossa:files').value as (
    gates: object,
    most: number,
  ) => unknown;
  const gates = files === undefined ? {} : fileGates(files, memory, refused);
  const around = Object.entries<Gate>(gates).map(([name, gate]) => [name, held.around(gate)]);
  return make(Object.fromEntries(around), MOST_IN_FILES);
}

function makeFence(realm: Realm, { held, refused }: LoadOptions) {
  const make = realm.evaluate(FENCE, 'glossa:fence').value as (
    staysOpen: (name: string) => boolean,
    refused: (name: unknown) => void,
  ) => { around: object; close(): void };
  const told = (name: unknown) => refused(`${name} (a module reaches nothing of JavaScript)`);
  return make(staysOpen, held.around(told));
}

const CODE_NAME = `python-${PYODIDE_VERSION}-${process.version}-${process.arch}.code`;

/** What was compiled in this start, and from what. */
interface FreshCode {
  readonly script: Script;
  readonly source: string;
}

/** Everything Pyodide's start needs, as objects of the realm; `code` when that is not cached. */
function prepare(
  realm: Realm,
  options: LoadOptions,
  snapshot: SnapshotFile | undefined,
): { parts: object; code: FreshCode | undefined } {
  const { loader, runtime: source, lock } = pyodideTexts();
  const cached = readCode(source, options);
  const runtime = realm.evaluate(source, 'pyodide.asm.mjs', cached);
  const isFresh = cached === undefined || runtime.script.cachedDataRejected === true;
  let head: Uint8Array | undefined;
  if (snapshot !== undefined) {
    head = realm.boot.makeBytes(snapshot.head.length);
    head.set(snapshot.head);
  }
  const parts = {
    lock,
    loader: realm.evaluate(loader, 'pyodide.mjs').value,
    runtime: runtime.value,
    wasm: readBytes(realm, 'pyodide.asm.wasm', options.namesFrames ? 'Pyodide' : undefined),
    stdlib: readBytes(realm, 'python_stdlib.zip'),
    heapMax: Math.min(options.memoryLimit, 2 ** 31 - 65536),
    snapshot: head,
  };
  return { parts, code: isFresh ? { script: runtime.script, source } : undefined };
}

/** @param module gives its functions names, behind its name. */
function readBytes(realm: Realm, file: string, module?: string): Uint8Array {
  const fd = openSync(join(folder, file), 'r');
  try {
    const bytes = realm.boot.makeBytes(fstatSync(fd).size);
    let at = 0;
    while (at < bytes.length) {
      const got = readSync(fd, bytes, at, bytes.length - at, null);
      if (got === 0) throw new EngineError('setup', `${file} of Pyodide is incomplete`);
      at += got;
    }
    if (module === undefined) return bytes;
    const names = nameSection(bytes, module);
    const named = realm.boot.makeBytes(bytes.length + names.length);
    named.set(bytes);
    named.set(names, bytes.length);
    return named;
  } finally {
    closeSync(fd);
  }
}

/**
 * In front of compiled code: V8 compares no more of a source than its length, and runs damaged code
 * as it is.
 */
const codeDigest = (source: string, code: Uint8Array): Buffer =>
  createHash('sha256').update(source).update('\0').update(code).digest();

const DIGEST_BYTES = 32;

/** The compiled form of `source`; undefined when there is none that was made from it. */
function readCode(source: string, { cacheFolder, warn, log }: LoadOptions): Buffer | undefined {
  if (cacheFolder === undefined) return undefined;
  const file = join(cacheFolder, CODE_NAME);
  const read = readCached(file, warn, log);
  if (read === undefined) return undefined;
  const code = read.subarray(DIGEST_BYTES);
  if (codeDigest(source, code).equals(read.subarray(0, DIGEST_BYTES))) return code;
  log(`ignoring ${file}: it is damaged, or was made from other files`);
  return undefined;
}

/** Keeps the compiled code, functions that the start used included. */
function writeCode(cacheFolder: string, { script, source }: FreshCode, log: Log): void {
  const code = script.createCachedData();
  writeCached(cacheFolder, CODE_NAME, [codeDigest(source, code), code], log);
}

/** Writes and imports the engine's own Python and the preloaded package. */
function install({ pyodide, exports }: Started, options: LoadOptions): void {
  const own = [
    { path: BOOTSTRAP_PATH, source: BOOTSTRAP },
    { path: CONFINE_PATH, source: CONFINE },
  ];
  const files = [...own, ...options.preload];
  for (const file of files) {
    pyodide.FS.mkdirTree(dirname(file.path));
    pyodide.FS.writeFile(file.path, file.source);
  }
  const names = ['_glossa', ...options.imports];
  pyodide.runPython(`import sys\nsys.dont_write_bytecode = True\nimport ${names.join(', ')}`);
  pyodide.runPython('_glossa.seal()');
  if (!options.apart) return;
  part(exports);
}

/** Parts Python from JavaScript, for the snapshot too. */
function part(exports: WasmExports): void {
  const api = bindCApi(exports);
  const values = new Values(api, new Memory(exports), addressOf(exports, CAPI_NONE));
  const module = api.PyImport_Import(values.makeString(CONFINE_MODULE));
  const call = (name: string): Ptr => {
    const f = module === 0 ? 0 : api.PyObject_GetAttr(module, values.makeString(name));
    const result = f === 0 ? 0 : api.PyObject_Vectorcall(f, 0, 0, 0);
    if (result !== 0) return result;
    (exports.PyErr_Print as () => void)();
    throw new EngineError('setup', 'this Pyodide does not let go of JavaScript');
  };
  untrack(exports, api, JSON.parse(values.readString(call('hide')) ?? '[]') as number[]);
  call('hidden');
  hideBuiltins(exports, HIDDEN);
  // What was made once is kept by name, and given again without a look at the table.
  const clear = exports._PyImport_ClearExtension as (name: Ptr, file: Ptr) => number;
  for (const name of HIDDEN.map((text) => values.makeString(text))) clear(name, name);
}

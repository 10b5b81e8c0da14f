/**
 * Declares what features/glupy needs of its machine, which is Node (`bridges/machine/node/`) or a
 * browser (`bridges/machine/browser/`). All other code of `bridges/host`, `bridges/python` and
 * `bridges/javascript` is plain ECMAScript with `performance`, `WebAssembly`, `TextEncoder` and
 * `TextDecoder`, which both have.
 */
import type { Xlator } from '../../runtime/core/xlator.ts';
import type { WatchEngine } from './limits/watchdog.ts';

/** The machine's services for interpreters and modules. */
export interface Machine {
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Options that this machine does not support, with the reason; using one is an error. */
  readonly unsupportedOptions: Readonly<Record<string, string>>;
  /** Other limitations, logged for each volume at its start. */
  readonly limitations: readonly string[];
  /** The most fds that a module may have open (file descriptors of granted files). */
  readonly maxFds: number;
  readonly sources: Sources;
  readonly parts: Parts;
  readonly memory: MemoryTools;
  /** Makes the watchdog watch an engine; null on a machine without a watchdog. */
  readonly watchEngine: WatchEngine | null;
  /** Starts the watchdog before its first engine. */
  startWatchdog(): void;
  /** Starts threads for isolated volumes; null on a machine without threads. */
  readonly startThread: StartThread | null;
  /** Fills `out` with unpredictable bytes. */
  fillRandom(out: Uint8Array): void;
  /** Makes a realm (a global object) that has ECMAScript's own objects only. */
  makeRealm(name: string): BareRealm;
  /**
   * Returns what `compile` returns, which compiles WebAssembly at once that was checked before. Each function is
   * checked anew only when it is called first. Null if this machine checks all functions always.
   */
  readonly compileChecked: CompileWith | null;
  /** Returns the result of `compile`, which compiles WebAssembly at once; the optimising compiler never gets it. */
  readonly compileUnoptimized: CompileWith;
  /** Opens the granted paths. @throws {InitError} when one cannot be opened */
  openFiles(paths: GrantedPaths): GrantedFiles;
  /**
   * Opens the cache that survives restarts, in a folder or the machine's own storage; undefined
   * without one.
   */
  openCache(folder: string | undefined, logs: CacheLogs): Promise<Cache | undefined>;
  /** Removes TypeScript's types. @throws {Error} with file and line for a syntax error */
  stripTypes(source: string, path: string): string;
  /** Warns of a file or folder that other users can change. @throws {GraphError} under --strict */
  warnForeignWritable<P>(xl: Xlator<P>, path: string): void;
  /** Watches a folder for saved files with these extensions. The result stops it. */
  watchFolder(folder: string, extensions: readonly string[], watcher: FolderWatcher): () => void;
  /**
   * Runs the garbage collector soon: an interpreter that starts or ends leaves much memory.
   * @param releasedBytes memory of an interpreter that ends
   */
  collectGarbage(releasedBytes?: number): void;
}

// -- threads -------------------------------------------------------------------------------------

/** A thread that runs a volume's module. */
export interface Thread {
  /** Wakes its event loop. */
  wake(): void;
  /** Sets whether the thread keeps the process alive. Initially it does. */
  setKeepsProcess(keepsProcess: boolean): void;
  /** Ends it, also in the middle of a call. */
  terminate(): Promise<void>;
}

/** Receives the events of a thread. */
export interface ThreadEvents {
  /** The thread wakes the event loop here. */
  onWake(): void;
  /** The thread has ended by itself, or crashed. */
  onEnd(detail: string): void;
}

/**
 * Starts a thread.
 * @param heapBytes limit of its own heap, without interpreters' memory
 * @param data the first message to the thread
 */
export type StartThread = (
  name: string,
  heapBytes: number,
  data: object,
  events: ThreadEvents,
) => Thread;

// -- modules -------------------------------------------------------------------------------------

export type FileKind = 'file' | 'folder' | 'other';

/** The files of modules and their imports. Thrown errors have an errno's `code`. */
export interface Sources {
  /** The folder of glossa itself, with its examples; null without one. */
  readonly installed: string | null;
  /** Returns undefined for a missing path. */
  findFileKind(path: string): FileKind | undefined;
  list(folder: string): readonly { readonly name: string; readonly isFolder: boolean }[];
  /** @throws {Error} also for a file of more than `maxBytes`, without reading it */
  read(path: string, maxBytes?: number): Uint8Array;
  /** Returns the path of an existing file without symbolic links. */
  findRealPath(path: string): string;
  /**
   * Records the folders' file systems, and returns a check. The check rejects if another file
   * system has been mounted over a folder since: reading from a mount that this process itself
   * serves would block for ever.
   * @throws {InitError}
   */
  makeMountCheck(folders: readonly string[]): () => Promise<void>;
}

/** Receives the events of a watched folder. */
export interface FolderWatcher {
  onChange(): void;
  /** Called when the watching has failed; no further event follows. */
  onFailure(detail: string): void;
}

// -- interpreters --------------------------------------------------------------------------------

/**
 * The files that interpreters are made of, by names with slashes: `pyodide/…`, `quickjs.wasm`,
 * packages `python/…`, code of Python's realm `realm/…`, and the JavaScript library `guest/…`.
 */
export interface Parts {
  has(name: string): boolean;
  /** Lists the names that begin with `prefix`, sorted. */
  listNames(prefix: string): readonly string[];
  readText(name: string): string;
  /** Reads a part, into the array that `make` returns if given. */
  readBytes(name: string, make?: (length: number) => Uint8Array): Uint8Array;
}

/** A realm with ECMAScript's own objects only, in which trusted code runs. */
export interface BareRealm {
  /** Evaluates trusted text. */
  evaluate(source: string, name: string): unknown;
  /** Compiles trusted text. @param code the result of `makeCode` for the same text */
  compile(source: string, name: string, code?: Uint8Array): RealmScript;
  /** Runs the realm's pending promise reactions. */
  runReactions(): Promise<void>;
}

/** Calls a function that compiles WebAssembly, in a certain way. */
export type CompileWith = <T>(compile: () => T) => T;

/** A compiled script of a realm. */
export interface RealmScript {
  /** Evaluates it. */
  run(): unknown;
  /**
   * Returns its compiled code, with the functions that have run; undefined if it came from such
   * code, or if the machine has none.
   */
  makeCode(): Uint8Array | undefined;
}

/** Receives messages about the cache. */
export interface CacheLogs {
  /** Logs a harmless fault, such as a damaged file. */
  log(message: string): void;
  /** Warns of a cache that is not used because another user could have written it. */
  warn(message: string): void;
}

/** A cache of snapshots and scripts: they only save time, and never cause a failure. */
export interface Cache {
  /** Opens the snapshot of these inputs; undefined if the cache has no such snapshot. */
  openSnapshot(inputs: CacheInputs): Snapshot | undefined;
  /** Stores a snapshot. @param snapshot the result of Pyodide's `makeMemorySnapshot` */
  writeSnapshot(inputs: CacheInputs, snapshot: Uint8Array): void;
  /** Returns the script that was made from these inputs; undefined if the cache has none. */
  readScript(inputs: CacheInputs): CachedScript | undefined;
  writeScript(inputs: CacheInputs, script: CachedScript): void;
}

/** A script, and its compiled code. */
export interface CachedScript {
  readonly source: string;
  /** The result of `RealmScript.makeCode`. */
  readonly code: Uint8Array;
}

/** The origin of a cached file: it is reused only while all of it is unchanged. */
export interface CacheInputs {
  /** The name of its file in the cache. */
  readonly name: string;
  /** Names of parts. */
  readonly parts: readonly string[];
  readonly texts: readonly string[];
}

/** An opened memory snapshot; the caller closes it after use. */
export interface Snapshot {
  readonly name: string;
  readonly memoryLength: number;
  /** Pyodide's description of the snapshot, which precedes the memory's pages. */
  readonly description: Uint8Array;
  /** The number of functions in WebAssembly's table; another machine may have fewer. */
  readonly functionCount?: number;
  /** Brings the pages into `heap`, a WebAssembly memory. @throws {Error} when they are damaged */
  readPages(heap: Uint8Array): void;
  close(): void;
}

// -- memory --------------------------------------------------------------------------------------

export type TextEncoding = 'latin1' | 'utf16le' | 'utf8';

/** Bytes that encode and decode text, such as Node's Buffer. */
export interface TextBytes extends Uint8Array {
  write(text: string, offset: number, length: number, encoding: 'latin1' | 'utf16le'): number;
  toString(encoding?: TextEncoding, from?: number, to?: number): string;
}

/** Functions that convert bytes, as fast as the machine can. */
export interface MemoryTools {
  /** Views bytes of a buffer, without a copy. */
  view(buffer: ArrayBufferLike, offset?: number, length?: number): TextBytes;
  /** Converts bytes to text of one character a byte; `encodeLatin1` converts it back. */
  decodeLatin1(bytes: Uint8Array): string;
  encodeLatin1(text: string): Uint8Array;
}

// -- singletons ----------------------------------------------------------------------------------

/** Makes an object once per machine: returns `make` with a cache. */
export function cachePerMachine<T>(make: (machine: Machine) => T): (machine: Machine) => T {
  const values = new WeakMap<Machine, { readonly value: T }>();
  return (machine) => {
    let entry = values.get(machine);
    if (entry === undefined) {
      entry = { value: make(machine) };
      values.set(machine, entry);
    }
    return entry.value;
  };
}

// -- granted files -------------------------------------------------------------------------------

export type Right = 'read' | 'write';

/** Results of `GrantedFiles.findGrantState`. */
export const GRANT_STATE = {
  NOT_GRANTED: 0,
  GRANTED: 1,
  /** Only another right to the path was granted. */
  OTHER_RIGHT: 2,
  /** The path is above or beside a granted path. */
  NEAR_GRANT: 3,
} as const;

/** Absolute paths without symbolic links: files, and folders with all below them. */
export interface GrantedPaths {
  readonly read: readonly string[];
  /** Writable paths; reading them needs a grant of its own. */
  readonly write: readonly string[];
}

/** A file's attributes; times are milliseconds since 1970. */
export interface Attributes {
  /** Type and permissions, without those that were not granted. */
  readonly mode: number;
  readonly size: number;
  readonly ino: number;
  readonly atime: number;
  readonly mtime: number;
}

/**
 * The granted files, as Python's file functions use them. A failed call returns a negative errno.
 */
export interface GrantedFiles {
  /** Grants one more file or folder, by its real path. */
  grant(right: Right, path: string): void;
  /** Returns one of GRANT_STATE. */
  findGrantState(right: Right, path: string): number;
  stat(path: string): Attributes | number;
  /** Lists the names in a folder. */
  list(path: string): readonly string[] | number;
  readlink(path: string): string | number;
  /** Opens a regular file with the flags of open(2); returns its number, from 1. */
  openFile(path: string, flags: number, mode: number): number;
  closeFile(file: number): number;
  fstat(file: number): Attributes | number;
  /** Fills `into` from `position`; returns the number of bytes read. */
  read(file: number, into: Uint8Array, position: number): number;
  write(file: number, from: Uint8Array, position: number): number;
  ftruncate(file: number, size: number): number;
  /** Waits until written data is on the disk. */
  fsync(file: number): number;
  truncate(path: string, size: number): number;
  mkdir(path: string, mode: number): number;
  rmdir(path: string): number;
  unlink(path: string): number;
  rename(from: string, to: string): number;
  /** Sets the given attributes; times in milliseconds. */
  setAttributes(path: string, mode: number | undefined, mtime: number | undefined): number;
  close(): void;
}

// -- the snapshot in an HTML page ----------------------------------------------------------------

/**
 * Names of parts (`Parts`) with the baked snapshot of Python, which is embedded in an HTML page:
 * its head as JSON, and its memory pages in sequence.
 */
export const BAKED_PARTS = {
  head: 'snapshot/python.json',
  pages: 'snapshot/python.pages',
} as const;
/** Bytes of a memory page. */
export const BAKED_PAGE_BYTES = 4096;

/** The head of a baked snapshot: JSON in the page. */
export interface BakedHead {
  /** The inputs that the snapshot was made of. */
  readonly of: CacheInputs;
  readonly memoryLength: number;
  /** The bytes of `Snapshot.description`. */
  readonly head: readonly number[];
  /** Numbers of the pages that differ from those of a fresh interpreter. */
  readonly pages: readonly number[];
  /** The number of functions in WebAssembly's table. */
  readonly functions: number;
}

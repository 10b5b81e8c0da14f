/**
 * The machine that features/glupy and its languages run on: Node (`bridges/machine/node/`) or a browser
 * (`bridges/machine/browser/`), given to `glupyFor`. All else in `bridges/host`, `bridges/python` and
 * `bridges/javascript` is plain ECMAScript, and uses of what is beyond it only `performance`,
 * `WebAssembly`, `TextEncoder` and `TextDecoder`, which both have.
 */
import type { Xlator } from '../../runtime/core/xlator.ts';
import type { Watch } from './limits/watchdog.ts';

export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Options that cannot be kept here, by their names, and why: who gives one is refused. */
  readonly cannot: Readonly<Record<string, string>>;
  /** What else is different here: told in the log of each volume when it starts. */
  readonly notes: readonly string[];
  /** Fds that a module may have open by itself. */
  readonly mostFds: number;
  readonly sources: Sources;
  readonly parts: Parts;
  readonly memory: MemoryTools;
  /** Ends calls that run too long; null where nothing can. */
  readonly watch: Watch | null;
  /** Starts threads for isolated volumes; null where there are none, which `cannot` tells. */
  readonly startThread: StartThread | null;
  /** Fills `out` with unpredictable bytes. */
  random(out: Uint8Array): void;
  /** A realm of ECMAScript's own objects and nothing else. */
  newRealm(name: string): BareRealm;
  /** @throws {InitError} when a granted path cannot be opened. */
  openFiles(paths: GrantedPaths): GrantedFiles;
  /**
   * What is kept from start to start, in a folder or where the machine keeps such things; undefined
   * where nothing is.
   */
  openCache(folder: string | undefined, logs: CacheLogs): Promise<Cache | undefined>;
  /** Takes the types out of TypeScript. @throws {Error} with file and line for what is none */
  stripTypes(source: string, path: string): string;
  /** Points out a file, or a folder, that others can change. @throws {GraphError} under --strict */
  checkForeign<P>(xl: Xlator<P>, path: string): void;
  /** Tells when a file with one of these extensions was saved in a folder. The result ends it. */
  watchFolder(folder: string, extensions: readonly string[], watcher: Watcher): () => void;
  /** An interpreter has ended: what only a garbage collector can give back shall be free soon. */
  discarded(): void;
}

// -- threads -------------------------------------------------------------------------------------

/** Another thread, in which a volume's module is. */
export interface Thread {
  /** Calls its event loop. */
  call(): void;
  /** Whether the process is to stay for it: at first it is. */
  hold(isHeld: boolean): void;
  /** Ends it, whatever it does. */
  end(): Promise<void>;
}

export interface ThreadEvents {
  /** It calls the event loop here. */
  called(): void;
  /** It has ended by itself, or crashed. */
  ended(why: string): void;
}

/** @param heapBytes how much its own heap may take, besides what interpreters in it have */
export type StartThread = (
  name: string,
  heapBytes: number,
  data: object,
  events: ThreadEvents,
) => Thread;

// -- modules -------------------------------------------------------------------------------------

export type Kind = 'file' | 'folder' | 'other';

/** Where modules and what they import are read from. What is thrown has the `code` of its errno. */
export interface Sources {
  /** Where glossa itself is, with its examples; null where they are nowhere. */
  readonly installed: string | null;
  /** Undefined when nothing is there. */
  kind(path: string): Kind | undefined;
  list(folder: string): readonly { readonly name: string; readonly isFolder: boolean }[];
  read(path: string): Uint8Array;
  /** Without symbolic links; of something that is there. */
  realPath(path: string): string;
  /**
   * Remembers where folders are. The result refuses to go on when another file system has come to lie
   * on one: if it is the one that is served here, reading from it would wait for itself.
   * @throws {InitError}
   */
  watchOver(folders: readonly string[]): () => Promise<void>;
}

export interface Watcher {
  changed(): void;
  /** Nothing more will be told. */
  failed(why: string): void;
}

// -- interpreters --------------------------------------------------------------------------------

/**
 * What interpreters are made of, by names with slashes: `pyodide/…` and `quickjs.wasm`, the packages
 * `python/…`, what runs in a realm of Python's as `realm/…`, and the library of JavaScript as `guest/…`.
 */
export interface Parts {
  has(name: string): boolean;
  /** The names that begin with `prefix`, in order. */
  names(prefix: string): readonly string[];
  text(name: string): string;
  /** Into what `make` gives, when that is said. */
  bytes(name: string, make?: (length: number) => Uint8Array): Uint8Array;
}

export interface BareRealm {
  /** Evaluates trusted text. */
  evaluate(source: string, name: string): unknown;
  /** Lets what waits for the realm's promises go on. */
  goOn(): Promise<void>;
}

export interface CacheLogs {
  /** Told what was noticed and done without, such as a damaged file. */
  log(message: string): void;
  /** Told why something is not used that somebody else could have written. */
  warn(message: string): void;
}

/** Memory snapshots: they only save time, and are never a reason to fail. */
export interface Cache {
  openSnapshot(of: MadeFrom): Snapshot | undefined;
  /** @param made what Pyodide's `makeMemorySnapshot` gives */
  writeSnapshot(of: MadeFrom, made: Uint8Array): void;
}

/** What something in a cache depends on: other than these, and it is another. */
export interface MadeFrom {
  /** What it is called, of all of its kind. */
  readonly name: string;
  /** Names of parts. */
  readonly parts: readonly string[];
  readonly texts: readonly string[];
}

/** A snapshot whose head was found sound; close it after use. */
export interface Snapshot {
  readonly name: string;
  readonly memoryLength: number;
  /** Pyodide's head. */
  readonly head: Uint8Array;
  /** Functions in WebAssembly's table, where another machine may have fewer than the one it is from. */
  readonly functions?: number;
  /** Reads the pages into `heap`. @throws {Error} when they are not what was written */
  readPages(heap: Uint8Array): void;
  close(): void;
}

// -- memory --------------------------------------------------------------------------------------

export type TextEncoding = 'latin1' | 'utf16le' | 'utf8';

/** Bytes that texts are written to and read from. Node's Buffer is one. */
export interface TextBytes extends Uint8Array {
  write(text: string, at: number, length: number, encoding: 'latin1' | 'utf16le'): number;
  toString(encoding?: TextEncoding, from?: number, to?: number): string;
}

export interface MemoryTools {
  view(buffer: ArrayBufferLike, at?: number, length?: number): TextBytes;
  /** A copy; cheaper where memory that is filled at once need not be zeroed. */
  copy(bytes: Uint8Array): Uint8Array;
  /** Text of one character a byte, and the bytes of such a text. */
  latin1(bytes: Uint8Array): string;
  fromLatin1(text: string): Uint8Array;
}

// -- what is made once ---------------------------------------------------------------------------

/** Something that is made of a machine's parts once. */
export function oncePerMachine<T>(make: (machine: Machine) => T): (machine: Machine) => T {
  const made = new WeakMap<Machine, { readonly value: T }>();
  return (machine) => {
    let known = made.get(machine);
    if (known === undefined) {
      known = { value: make(machine) };
      made.set(machine, known);
    }
    return known.value;
  };
}

export type Right = 'read' | 'write';

/** Absolute paths without symbolic links: files, and folders with all below them. */
export interface GrantedPaths {
  readonly read: readonly string[];
  /** For writing; that says nothing about reading. */
  readonly write: readonly string[];
}

/** A file's attributes; times are milliseconds since 1970. */
export interface Attributes {
  /** Type and permissions, of which those that were not granted are taken away. */
  readonly mode: number;
  readonly size: number;
  readonly ino: number;
  readonly atime: number;
  readonly mtime: number;
}

export interface GrantedFiles {
  /** One more granted file or folder, by its real path. */
  allow(right: Right, path: string): void;
  /**
   * 1 when the path was granted, 2 when it was granted for something else only, 3 when it is above
   * or beside what was granted, 0 when the host has nothing to say of it.
   */
  state(right: Right, path: string): number;
  stat(path: string): Attributes | number;
  /** The names in a folder. */
  list(path: string): readonly string[] | number;
  readlink(path: string): string | number;
  /** Opens a regular file with the flags of open(2); the number of the open file, from 1. */
  openFile(path: string, flags: number, mode: number): number;
  closeFile(file: number): number;
  fstat(file: number): Attributes | number;
  /** Fills `into` from `position`; how many bytes there were. */
  read(file: number, into: Uint8Array, position: number): number;
  write(file: number, from: Uint8Array, position: number): number;
  ftruncate(file: number, size: number): number;
  /** Waits until what was written is on the disk. */
  fsync(file: number): number;
  truncate(path: string, size: number): number;
  mkdir(path: string, mode: number): number;
  rmdir(path: string): number;
  unlink(path: string): number;
  rename(from: string, to: string): number;
  /** Sets what is given; times in milliseconds. */
  setAttributes(path: string, mode: number | undefined, mtime: number | undefined): number;
  close(): void;
}

/** Names of the two parts: what is in it, as JSON, and its pages, one behind the other. */
export const BAKED = { head: 'snapshot/python.json', pages: 'snapshot/python.pages' } as const;
export const BAKED_PAGE = 4096;

export interface BakedHead {
  readonly of: MadeFrom;
  readonly memoryLength: number;
  readonly head: readonly number[];
  /** Numbers of the pages that are other than in an interpreter that has not started. */
  readonly pages: readonly number[];
  /** In WebAssembly's table. */
  readonly functions: number;
}

/**
 * Makes the functions that a WebAssembly module may import: of WASI the clocks, random numbers, lines
 * for the log and the end of the program; of AssemblyScript `abort`, `seed` and `trace`. The module's
 * pointers are untrusted. Every other import is refused, with the library that usually asks for it.
 */
import { DEBUG, ERROR, INFO, type LogSource } from '../../runtime/core/log.ts';
import type { ModuleImport } from '../host/wasm-binary.ts';
import type { Imports, WasmMemory } from '../host/web-assembly.ts';

/** Thrown by an imported function to end the module's call: the module has given up. */
export class ModuleExit extends Error {
  readonly code = 'GLOSSA_MODULE_EXIT';
  /** The position that the module names; undefined without one. */
  readonly source: LogSource | undefined;

  constructor(message: string, source?: LogSource) {
    super(message);
    this.source = source;
  }
}

/** The host, as the functions need it. */
export interface ImportHost {
  /** Returns the module's memory. */
  getMemory(): WasmMemory;
  /** Microseconds of the monotonic clock. */
  now(): number;
  /** Milliseconds since 1970. */
  wallClockMs(): number;
  fillRandom(out: Uint8Array): void;
  /** Logs a line. */
  log(level: number, text: string): void;
}

type ImportedFunction = (...args: never[]) => unknown;
type Functions = Readonly<Record<string, ImportedFunction>>;

// Results of WASI's functions: its own errno numbers.
const SUCCESS = 0;
const EBADF = 8;
const EFAULT = 21;
const EINVAL = 28;
const ESPIPE = 70;
/** The file descriptors of standard output and standard error, with their levels in the log. */
const OUTPUT_LEVELS: ReadonlyMap<number, number> = new Map([
  [1, INFO],
  [2, ERROR],
]);
/** The highest of the three standard file descriptors. */
const LAST_STANDARD_FD = 2;
/** The type of a character device, in WASI's fdstat. */
const CHARACTER_DEVICE = 2;
const FDSTAT_BYTES = 24;
/** The most characters of a line; a longer one is split. */
const MAX_LINE_CHARS = 4096;
// Limits of one call, which cannot be ended: the most pieces and bytes of a write, and random bytes.
const MAX_PIECES = 1024;
const MAX_BYTES = 64 * 1024;

/** Collects the bytes written to one file descriptor, and logs each line. */
class LineBuffer {
  private pending = '';
  private readonly decoder = new TextDecoder();
  private readonly logLine: (text: string) => void;

  constructor(logLine: (text: string) => void) {
    this.logLine = logLine;
  }

  write(bytes: Uint8Array): void {
    const lines = (this.pending + this.decoder.decode(bytes, { stream: true })).split('\n');
    this.pending = lines.pop()!;
    for (const line of lines) if (line !== '') this.logLine(line);
    if (this.pending.length > MAX_LINE_CHARS) this.flush();
  }

  /** Logs the line that has no end yet. */
  flush(): void {
    if (this.pending !== '') this.logLine(this.pending);
    this.pending = '';
  }
}

/** Logs the lines that a module writes to standard output and standard error. */
export class ModuleOutput {
  /** Whether a line may have no end yet. */
  isPending = false;
  private readonly buffers: ReadonlyMap<number, LineBuffer>;

  constructor(log: (level: number, text: string) => void) {
    this.buffers = new Map(
      [...OUTPUT_LEVELS].map(([fd, level]) => [fd, new LineBuffer((text) => log(level, text))]),
    );
  }

  /** Returns the buffer to write to; undefined for another file descriptor. */
  find(fd: number): LineBuffer | undefined {
    this.isPending = true;
    return this.buffers.get(fd);
  }

  /** Logs lines without an end: the module's call has ended. */
  flush(): void {
    this.isPending = false;
    for (const buffer of this.buffers.values()) buffer.flush();
  }
}

/** The functions of `wasi_snapshot_preview1`. */
function makeWasi(host: ImportHost, output: ModuleOutput): Functions {
  const view = (): DataView => new DataView(host.getMemory().buffer);
  /** Runs an action on the module's memory; a pointer outside of it is an errno. */
  const access = (action: () => number): number => {
    try {
      return action();
    } catch (error) {
      if (error instanceof RangeError) return EFAULT;
      throw error;
    }
  };
  /** Addresses are unsigned, and cross as signed numbers. */
  const bytesAt = (address: number, length: number): Uint8Array =>
    new Uint8Array(host.getMemory().buffer, address >>> 0, length >>> 0);
  const writeZeros =
    (count: number): ImportedFunction =>
    (...addresses: number[]) =>
      access(() => {
        for (const address of addresses.slice(0, count)) view().setUint32(address >>> 0, 0, true);
        return SUCCESS;
      });
  const writeTime = (address: number, nanoseconds: bigint): number =>
    access(() => {
      view().setBigUint64(address >>> 0, nanoseconds, true);
      return SUCCESS;
    });
  return {
    clock_time_get(id: number, _precision: bigint, address: number) {
      // 0 is the time of day; 1 to 3 are the monotonic clock, and CPU time, which is not counted.
      if (id < 0 || id > 3) return EINVAL;
      const micros = id === 0 ? host.wallClockMs() * 1000 : host.now();
      return writeTime(address, BigInt(Math.round(micros)) * 1000n);
    },
    clock_res_get: (_id: number, address: number) => writeTime(address, 1000n),
    random_get: (address: number, length: number) =>
      access(() => {
        if (length >>> 0 > MAX_BYTES) return EINVAL;
        host.fillRandom(bytesAt(address, length));
        return SUCCESS;
      }),
    fd_write: (fd: number, vectors: number, count: number, result: number) =>
      access(() => {
        const buffer = output.find(fd);
        if (buffer === undefined) return EBADF;
        if (count >>> 0 > MAX_PIECES) return EINVAL;
        const pieces: Uint8Array[] = [];
        let byteCount = 0;
        // The caller writes the rest again. Nothing is written of a call with a bad pointer.
        for (let i = 0; i < count >>> 0 && byteCount < MAX_BYTES; i++) {
          const address = (vectors >>> 0) + 8 * i;
          const length = view().getUint32(address + 4, true);
          const piece = bytesAt(view().getUint32(address, true), length);
          pieces.push(piece.subarray(0, MAX_BYTES - byteCount));
          byteCount += pieces[i]!.length;
        }
        view().setUint32(result >>> 0, byteCount, true);
        for (const piece of pieces) buffer.write(piece);
        return SUCCESS;
      }),
    fd_close: (fd: number) => (fd >>> 0 <= LAST_STANDARD_FD ? SUCCESS : EBADF),
    fd_seek: (fd: number) => (fd >>> 0 <= LAST_STANDARD_FD ? ESPIPE : EBADF),
    fd_fdstat_get: (fd: number, address: number) =>
      access(() => {
        if (fd >>> 0 > LAST_STANDARD_FD) return EBADF;
        const stat = bytesAt(address, FDSTAT_BYTES).fill(0);
        stat[0] = CHARACTER_DEVICE;
        return SUCCESS;
      }),
    environ_get: writeZeros(0),
    environ_sizes_get: writeZeros(2),
    args_get: writeZeros(0),
    args_sizes_get: writeZeros(2),
    sched_yield: () => SUCCESS,
    proc_exit(code: number) {
      throw new ModuleExit(`the module called exit(${code})`);
    },
  };
}

/** The functions that AssemblyScript's runtime imports. Its strings are UTF-16, their length in bytes before them. */
function makeAssemblyScript(host: ImportHost): Functions {
  const MAX_CHARS = 4096;
  const readString = (address: number): string => {
    if (address === 0) return '';
    const { buffer } = host.getMemory();
    try {
      const length = new DataView(buffer).getUint32((address >>> 0) - 4, true) >>> 1;
      return String.fromCharCode(
        ...new Uint16Array(buffer, address >>> 0, Math.min(length, MAX_CHARS)),
      );
    } catch (error) {
      if (error instanceof RangeError) return '';
      throw error;
    }
  };
  return {
    abort(message: number, file: number, line: number, _column: number) {
      const text = readString(message);
      const source = { file: readString(file) || '-', line: line >>> 0, func: '-' };
      throw new ModuleExit(text === '' ? 'abort' : `abort: ${text}`, source);
    },
    seed: () => host.now() + host.wallClockMs(),
    trace(message: number, count: number, ...numbers: number[]) {
      const shown = numbers.slice(0, Math.max(0, count)).join(' ');
      host.log(DEBUG, `${readString(message)} ${shown}`.trim());
    },
  };
}

/** The imports of one instance. */
export interface ModuleImports {
  readonly imports: Imports;
  readonly output: ModuleOutput;
}

/**
 * Makes the functions that a checked module imports.
 * @param guard wraps each function (host/limits/interpreter-gate.ts)
 */
export function makeImports(
  host: ImportHost,
  guard: <A extends unknown[], R>(call: (...args: A) => R) => (...args: A) => R,
): ModuleImports {
  const output = new ModuleOutput((level, text) => host.log(level, text));
  const wrapAll = (functions: Functions): Functions =>
    Object.fromEntries(
      Object.entries(functions).map(([name, call]) => [name, guard(call as () => unknown)]),
    );
  return {
    imports: {
      wasi_snapshot_preview1: wrapAll(makeWasi(host, output)),
      env: wrapAll(makeAssemblyScript(host)),
    },
    output,
  };
}

/** The types of the functions that a module may import. */
const TYPES: Readonly<Record<string, string>> = {
  'wasi_snapshot_preview1.clock_time_get': '(i32, i64, i32) -> i32',
  'wasi_snapshot_preview1.clock_res_get': '(i32, i32) -> i32',
  'wasi_snapshot_preview1.random_get': '(i32, i32) -> i32',
  'wasi_snapshot_preview1.fd_write': '(i32, i32, i32, i32) -> i32',
  'wasi_snapshot_preview1.fd_close': '(i32) -> i32',
  'wasi_snapshot_preview1.fd_seek': '(i32, i64, i32, i32) -> i32',
  'wasi_snapshot_preview1.fd_fdstat_get': '(i32, i32) -> i32',
  'wasi_snapshot_preview1.environ_get': '(i32, i32) -> i32',
  'wasi_snapshot_preview1.environ_sizes_get': '(i32, i32) -> i32',
  'wasi_snapshot_preview1.args_get': '(i32, i32) -> i32',
  'wasi_snapshot_preview1.args_sizes_get': '(i32, i32) -> i32',
  'wasi_snapshot_preview1.sched_yield': '() -> i32',
  'wasi_snapshot_preview1.proc_exit': '(i32) -> ()',
  'env.abort': '(i32, i32, i32, i32) -> ()',
  'env.seed': '() -> f64',
  'env.trace': '(i32, i32, f64, f64, f64, f64, f64) -> ()',
};

/** Explanations of refused imports; the first that matches `module.name` counts. */
const EXPLANATIONS: readonly (readonly [pattern: RegExp, text: string])[] = [
  [
    /^wasi_snapshot_preview1\.(?:path_|fd_)/,
    'files (fopen and open in C, std::fs in Rust), which a module does not have',
  ],
  [
    /^wasi_snapshot_preview1\.poll_oneoff$/,
    'sleep or poll, which would stop all requests: use a timer',
  ],
  [/^wasi_snapshot_preview1\.sock_/, 'sockets, which a module does not have'],
  [/^wasi_snapshot_preview1\.proc_raise$/, 'signals, which a module does not have'],
  [
    /^wasi\.thread-spawn$|^wasi_thread/,
    'threads: compile it without -pthread (in Rust, for a target without threads)',
  ],
  [/^wasi_unstable\./, 'an old WASI: compile it with a newer toolchain'],
  [
    /^wasi:|^wasi_snapshot_preview2/,
    'components of WASI 0.2: compile it for wasm32-wasip1, as a core module',
  ],
  [
    /\.(?:__linear_memory|__indirect_function_table|__memory_base|__table_base)$|^GOT\./,
    'an object file or a shared library: link it without -c and -shared',
  ],
  [
    /\.memory$/,
    'a memory of the host: link it without --import-memory (asc: without --importMemory)',
  ],
  [
    /^env\.(?:_?emscripten_|_?_?cxa_|invoke_|__syscall_)/,
    "Emscripten's runtime: compile it with clang --target=wasm32-wasi, or link it with -sSTANDALONE_WASM",
  ],
  [/wbindgen/, 'wasm-bindgen, which is for web pages: build it without that crate'],
  [
    /^(?:go|gojs)\./,
    "Go's runtime for web pages: use TinyGo with -target=wasip1 -buildmode=c-shared",
  ],
  [/^env\./, 'a function that nothing defines (is a library missing where it is linked?)'],
];

/** Returns why a module's imports are refused; undefined if all are provided. */
export function findImportProblem(imports: readonly ModuleImport[]): string | undefined {
  const refused = imports.filter(
    ({ module, name, kind, type }) =>
      kind !== 'function' || !hasType(TYPES[`${module}.${name}`], type),
  );
  const [first] = refused;
  if (first === undefined) return undefined;
  const name = `${first.module}.${first.name}`;
  const expected = TYPES[name];
  const others = refused.length > 1 ? `, and ${refused.length - 1} more that are not provided` : '';
  if (expected !== undefined)
    return `it imports ${name} as ${first.type || `a ${first.kind}`}, which is a function ${expected}${others}`;
  const explanation = EXPLANATIONS.find(([pattern]) => pattern.test(name))?.[1];
  const reason =
    explanation === undefined ? 'which is not provided' : `which usually means ${explanation}`;
  return `it imports ${name}, ${reason}${others}`;
}

/** Returns whether an import of this type is provided. @param expected undefined for an unknown name */
const hasType = (expected: string | undefined, actual: string): boolean =>
  expected !== undefined && (actual === '' || actual === expected);

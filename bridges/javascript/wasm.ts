/**
 * QuickJS as WebAssembly: an instance with a memory of its own for every engine, compiled once.
 *
 * The functions are those of quickjs-emscripten's interface.c, called without its JavaScript
 * wrappers, which cost more than what they wrap. A `Pointer` is an address in the instance's memory;
 * one to a JSValue leads to its eight bytes (values.ts).
 */
import load from '@jitl/quickjs-wasmfile-release-sync/emscripten-module';
import { type Machine, type MemoryTools, oncePerMachine } from '../host/machine.ts';
import { withNames } from '../host/profile-names.ts';

export type Pointer = number;

export interface QuickJS {
  _malloc(bytes: number): Pointer;
  _free(at: Pointer): void;
  _QTS_NewRuntime(): Pointer;
  _QTS_NewContext(runtime: Pointer, intrinsics: number): Pointer;
  _QTS_RuntimeSetMaxStackSize(runtime: Pointer, bytes: number): void;
  _QTS_RuntimeEnableInterruptHandler(runtime: Pointer): void;
  _QTS_RuntimeEnableModuleLoader(runtime: Pointer, normalize: number): void;
  _QTS_IsJobPending(runtime: Pointer): number;
  /** The number of jobs run, or what one of them threw. */
  _QTS_ExecutePendingJob(runtime: Pointer, most: number, context: Pointer): Pointer;
  _QTS_Eval(
    context: Pointer,
    source: Pointer,
    bytes: number,
    file: Pointer,
    detect: number,
    flags: number,
  ): Pointer;
  _QTS_Call(
    context: Pointer,
    callable: Pointer,
    self: Pointer,
    count: number,
    args: Pointer,
  ): Pointer;
  /** The pending exception when the value is the sign of one; otherwise 0. */
  _QTS_ResolveException(context: Pointer, value: Pointer): Pointer;
  _QTS_FreeValuePointer(context: Pointer, value: Pointer): void;
  _QTS_GetUndefined(): Pointer;
  _QTS_NewFloat64(context: Pointer, value: number): Pointer;
  _QTS_GetFloat64(context: Pointer, value: Pointer): number;
  _QTS_NewString(context: Pointer, text: Pointer): Pointer;
  /** UTF-8, to be freed by QTS_FreeCString. */
  _QTS_GetString(context: Pointer, value: Pointer): Pointer;
  _QTS_FreeCString(context: Pointer, text: Pointer): void;
  _QTS_GetArrayBufferLength(context: Pointer, value: Pointer): number;
  _QTS_GetProp(context: Pointer, object: Pointer, name: Pointer): Pointer;
  _QTS_SetProp(context: Pointer, object: Pointer, name: Pointer, value: Pointer): void;
  _QTS_GetGlobalObject(context: Pointer): Pointer;
  _QTS_NewFunction(
    context: Pointer,
    name: Pointer,
    length: number,
    constructs: number,
    id: number,
  ): Pointer;
  /** An object of counts, such as `malloc_count`. */
  _QTS_RuntimeComputeMemoryUsage(runtime: Pointer, context: Pointer): Pointer;
  _QTS_PromiseState(context: Pointer, value: Pointer): number;
  _QTS_PromiseResult(context: Pointer, value: Pointer): Pointer;
}

/** What the interpreter asks for while it runs. None of these may throw. */
export interface Callbacks {
  /** A host function is called; its result, a JSValue that is given away, or 0 for undefined. */
  callFunction(
    asyncify: undefined,
    context: Pointer,
    self: Pointer,
    count: number,
    args: Pointer,
    id: number,
  ): Pointer;
  /** Whether what runs is to be ended. */
  shouldInterrupt(asyncify: undefined, runtime: Pointer): number;
  /** The full name of an import, and the source of a module: text that is given away, or 0. */
  normalizeModule(
    asyncify: undefined,
    runtime: Pointer,
    context: Pointer,
    base: string,
    name: string,
  ): Pointer;
  loadModuleSource(asyncify: undefined, runtime: Pointer, context: Pointer, name: string): Pointer;
  freeHostRef(asyncify: undefined, runtime: Pointer, id: number): void;
}

/** A WebAssembly memory: its buffer is exchanged when it grows. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  /** Whether it was at its limit when more was last asked for. */
  refused: boolean;
}

export interface Instance {
  readonly quickjs: QuickJS;
  readonly memory: Memory;
  readonly tools: MemoryTools;
}

type Compiled = object;
type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What is used of the global of that name, which the types of Node leave out. */
const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: {
    Module: new (bytes: Uint8Array) => Compiled;
    Instance: new (module: Compiled, imports: Imports) => { readonly exports: unknown };
    Memory: new (about: object) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
  };
};

interface ModuleOptions {
  callbacks: Callbacks;
  print(line: string): void;
  printErr(line: string): void;
  wasmMemory: Memory;
  instantiateWasm(imports: Imports, done: (instance: object, module: Compiled) => void): unknown;
}

const bytesOf = ({ parts }: Machine): Uint8Array => parts.bytes('quickjs.wasm');

const compiled = oncePerMachine((machine) => new wasm.Module(bytesOf(machine)));

/** The same, and its functions have names. */
const compiledNamed = oncePerMachine(
  (machine) => new wasm.Module(withNames(bytesOf(machine), 'QuickJS')),
);

/** What the module declares: memory starts with 16 MiB and has at most 2 GiB. */
const PAGE = 64 * 1024;
const FIRST_PAGES = 256;
const MOST_PAGES = 32_768;

function memoryOf(maximum: number): Memory {
  const memory = new wasm.Memory({ initial: FIRST_PAGES, maximum });
  const grow = memory.grow.bind(memory);
  return Object.assign(memory, {
    refused: false,
    grow(this: Memory, pages: number): number {
      this.refused = true;
      const before = grow(pages);
      this.refused = false;
      return before;
    },
  });
}

/**
 * A new instance with at most `bytes` of memory. That is the limit of what a script can have:
 * QuickJS's own count does not work here, because Emscripten does not tell how large a block is.
 * `print` gets what the interpreter itself says, which is never of use to it.
 */
export async function instantiate(
  callbacks: Callbacks,
  bytes: number,
  print: (line: string) => void,
  named: boolean,
  machine: Machine,
): Promise<Instance> {
  const module = named ? compiledNamed(machine) : compiled(machine);
  const maximum = Math.min(MOST_PAGES, Math.max(FIRST_PAGES, Math.ceil(bytes / PAGE)));
  const memory = memoryOf(maximum);
  const options: ModuleOptions = {
    callbacks,
    print,
    printErr: print,
    wasmMemory: memory,
    instantiateWasm(imports, done) {
      const instance = new wasm.Instance(module, imports);
      done(instance, module);
      return instance.exports;
    },
  };
  const start = load as unknown as (options: ModuleOptions) => Promise<QuickJS>;
  return { quickjs: await start(options), memory, tools: machine.memory };
}

/**
 * Compiles QuickJS's WebAssembly once, and makes an instance with its own memory for each engine.
 * The functions are those of quickjs-emscripten's interface.c. A `Pointer` is an address in that
 * memory; a JSValue's points to its eight bytes (values.ts).
 */
import load from '@jitl/quickjs-wasmfile-release-sync/emscripten-module';
import { QuickJSFFI } from '@jitl/quickjs-wasmfile-release-sync/ffi';
import { cachePerMachine, type Machine, type MemoryTools } from '../host/machine.ts';

// The package's types describe its CommonJS form, with the function as a member.
const startModule = load as unknown as typeof load.default;
type Module = Awaited<ReturnType<typeof startModule>>;
export type Pointer = number;

/** A function of QuickJS, with addresses and flags as plain numbers. */
type PlainFunction<F> = F extends (...args: infer Args) => infer Result
  ? (
      ...args: { [At in keyof Args]: Args[At] extends number ? number : Args[At] }
    ) => Result extends number ? number : Result
  : never;
type PlainMembers<T> = { readonly [Name in keyof T]: PlainFunction<T[Name]> };

export type QuickJS = PlainMembers<Omit<QuickJSFFI, 'DEBUG'>> & Pick<Module, '_malloc' | '_free'>;

/**
 * Callbacks of a running interpreter. It takes over their results; 0 means undefined or nothing.
 * Only `shouldInterrupt` may throw: its error unwinds the interpreter, which cannot run again.
 */
export type Callbacks = PlainMembers<Module['callbacks']>;

/** A WebAssembly memory, whose buffer changes when it grows. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  /** True if the latest growth failed at the limit. */
  growthFailed: boolean;
}

export interface Instance {
  readonly quickjs: QuickJS;
  readonly memory: Memory;
  readonly tools: MemoryTools;
}

type CompiledModule = object;
type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The used parts of the global WebAssembly, which Node's types lack. */
const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: {
    Module: new (bytes: Uint8Array) => CompiledModule;
    Instance: new (module: CompiledModule, imports: Imports) => { readonly exports: unknown };
    Memory: new (
      descriptor: object,
    ) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
  };
};

const compileOnce = cachePerMachine(
  ({ parts }) => new wasm.Module(parts.readBytes('quickjs.wasm')),
);

// QuickJS's module declares an initial memory of 16 MiB, and a maximum of 2 GiB.
const PAGE_BYTES = 64 * 1024;
const INITIAL_PAGES = 256;
const MAX_PAGES = 32_768;

function makeMemory(maximum: number): Memory {
  const memory = new wasm.Memory({ initial: INITIAL_PAGES, maximum });
  const grow = memory.grow.bind(memory);
  return Object.assign(memory, {
    growthFailed: false,
    grow(this: Memory, pages: number): number {
      this.growthFailed = true;
      const before = grow(pages);
      this.growthFailed = false;
      return before;
    },
  });
}

/**
 * Makes an instance with at most `memoryLimit` bytes of memory. (QuickJS's own limit does not work
 * here, as Emscripten does not report block sizes.) `print` receives the interpreter's diagnostics.
 */
export async function instantiate(
  callbacks: Callbacks,
  memoryLimit: number,
  print: (line: string) => void,
  machine: Machine,
): Promise<Instance> {
  const module = compileOnce(machine);
  const maximum = Math.min(MAX_PAGES, Math.max(INITIAL_PAGES, Math.ceil(memoryLimit / PAGE_BYTES)));
  const memory = makeMemory(maximum);
  const options = {
    callbacks,
    print,
    printErr: print,
    wasmMemory: memory,
    instantiateWasm(imports: Imports, onInstance: (instance: object) => void): unknown {
      const instance = new wasm.Instance(module, imports);
      onInstance(instance);
      return instance.exports;
    },
  };
  const emscripten = await startModule(options as unknown as Parameters<typeof startModule>[0]);
  const { _malloc, _free } = emscripten;
  const quickjs = Object.assign(new QuickJSFFI(emscripten), {
    _malloc,
    _free,
  }) as unknown as QuickJS;
  return { quickjs, memory, tools: machine.memory };
}

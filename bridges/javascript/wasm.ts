/**
 * Compiles QuickJS's WebAssembly once, and makes an instance with its own memory per engine. The functions
 * are those of quickjs-emscripten's interface.c. A `Pointer` is an address in that memory; a
 * JSValue's points to its eight bytes (values.ts).
 */
import load from '@jitl/quickjs-wasmfile-release-sync/emscripten-module';
import { QuickJSFFI } from '@jitl/quickjs-wasmfile-release-sync/ffi';
import { type Machine, type MemoryTools, oncePerMachine } from '../host/machine.ts';

/** The types are CommonJS's, with the function as a member. */
const start = load as unknown as typeof load.default;
type Module = Awaited<ReturnType<typeof start>>;
export type Pointer = number;

/** A function of QuickJS, with addresses and flags as plain numbers. */
type Plain<F> = F extends (...args: infer Args) => infer Result
  ? (
      ...args: { [At in keyof Args]: Args[At] extends number ? number : Args[At] }
    ) => Result extends number ? number : Result
  : never;
type PlainMembers<T> = { readonly [Name in keyof T]: Plain<T[Name]> };

export type QuickJS = PlainMembers<Omit<QuickJSFFI, 'DEBUG'>> & Pick<Module, '_malloc' | '_free'>;

/**
 * Callbacks of a running interpreter; it takes over the results, 0 means undefined or nothing. Only
 * `shouldInterrupt` may throw: its error passes through the interpreter, which is lost.
 */
export type Callbacks = PlainMembers<Module['callbacks']>;

/** A WebAssembly memory, whose buffer changes when it grows. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  /** True if the latest growth failed at the limit. */
  refused: boolean;
}

export interface Instance {
  readonly quickjs: QuickJS;
  readonly memory: Memory;
  readonly tools: MemoryTools;
}

type Compiled = object;
type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The used parts of the global WebAssembly, which Node's types lack. */
const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: {
    Module: new (bytes: Uint8Array) => Compiled;
    Instance: new (module: Compiled, imports: Imports) => { readonly exports: unknown };
    Memory: new (about: object) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
  };
};

const compiled = oncePerMachine(({ parts }) => new wasm.Module(parts.bytes('quickjs.wasm')));

/** The module declares 16 MiB of memory at first, 2 GiB at most. */
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
 * Makes an instance with at most `bytes` of memory, the limit of a module's values: QuickJS's own
 * limit does not work here, as Emscripten does not report block sizes. `print` receives the
 * interpreter's diagnostics.
 */
export async function instantiate(
  callbacks: Callbacks,
  bytes: number,
  print: (line: string) => void,
  machine: Machine,
): Promise<Instance> {
  const module = compiled(machine);
  const maximum = Math.min(MOST_PAGES, Math.max(FIRST_PAGES, Math.ceil(bytes / PAGE)));
  const memory = memoryOf(maximum);
  const options = {
    callbacks,
    print,
    printErr: print,
    wasmMemory: memory,
    instantiateWasm(imports: Imports, done: (instance: object) => void): unknown {
      const instance = new wasm.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
  };
  const made = await start(options as unknown as Parameters<typeof start>[0]);
  const { _malloc, _free } = made;
  const quickjs = Object.assign(new QuickJSFFI(made), { _malloc, _free }) as unknown as QuickJS;
  return { quickjs, memory, tools: machine.memory };
}

/**
 * QuickJS as WebAssembly: an instance with a memory of its own for every engine, compiled once.
 *
 * The functions are those of quickjs-emscripten's interface.c. A `Pointer` is an address in the instance's
 * memory; one to a JSValue leads to its eight bytes (values.ts).
 */
import load from '@jitl/quickjs-wasmfile-release-sync/emscripten-module';
import { QuickJSFFI } from '@jitl/quickjs-wasmfile-release-sync/ffi';
import { type Machine, type MemoryTools, oncePerMachine } from '../host/machine.ts';

/** Its types are those of CommonJS, where the function is a member. */
const start = load as unknown as typeof load.default;
type Module = Awaited<ReturnType<typeof start>>;
export type Pointer = number;

/** A function of theirs, with addresses and flags as numbers: here they are computed with. */
type Plain<F> = F extends (...args: infer Args) => infer Result
  ? (
      ...args: { [At in keyof Args]: Args[At] extends number ? number : Args[At] }
    ) => Result extends number ? number : Result
  : never;
type PlainMembers<T> = { readonly [Name in keyof T]: Plain<T[Name]> };

export type QuickJS = PlainMembers<Omit<QuickJSFFI, 'DEBUG'>> & Pick<Module, '_malloc' | '_free'>;

/**
 * What the interpreter asks for while it runs: results are given away, 0 is undefined or nothing. None of
 * these may throw, but `shouldInterrupt`, whose error goes right through an interpreter that is lost with it.
 */
export type Callbacks = PlainMembers<Module['callbacks']>;

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

const compiled = oncePerMachine(({ parts }) => new wasm.Module(parts.bytes('quickjs.wasm')));

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

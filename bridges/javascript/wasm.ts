/**
 * Compiles QuickJS's WebAssembly once, and makes an instance with its own memory for each engine.
 * The functions are those of quickjs-emscripten's interface.c. A `Pointer` is an address in that
 * memory; a JSValue's points to its eight bytes (values.ts).
 */
import load from '@jitl/quickjs-wasmfile-release-sync/emscripten-module';
import { QuickJSFFI } from '@jitl/quickjs-wasmfile-release-sync/ffi';
import { cachePerMachine, type Machine, type MemoryTools } from '../host/machine.ts';
import {
  explainMemoryError,
  type Imports,
  PAGE_BYTES,
  type WasmMemory,
  wasm,
} from '../host/web-assembly.ts';

// The package's types describe its CommonJS form, with the function as a member.
const startModule = load as unknown as typeof load.default;
type Module = Awaited<ReturnType<typeof startModule>>;
/** An address in an interpreter's memory; 0 is NULL. */
export type Pointer = number;

/** The type of a QuickJS function, with addresses and flags as plain numbers. */
type PlainFunction<F> = F extends (...args: infer Args) => infer Result
  ? (
      ...args: { [Index in keyof Args]: Args[Index] extends number ? number : Args[Index] }
    ) => Result extends number ? number : Result
  : never;
type PlainMembers<T> = { readonly [Name in keyof T]: PlainFunction<T[Name]> };

/** The functions of an instance. */
export type QuickJS = PlainMembers<Omit<QuickJSFFI, 'DEBUG'>> & Pick<Module, '_malloc' | '_free'>;

/**
 * Callbacks of a running interpreter. It takes over their results; 0 means undefined or nothing.
 * Only `shouldInterrupt` may throw: its error unwinds the interpreter, which cannot run again.
 */
export type Callbacks = PlainMembers<Module['callbacks']>;

/** A WebAssembly memory. Its buffer is another one after each growth. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  /** True if the latest growth failed at the limit. */
  growthFailed: boolean;
  /** Called when an allocation fails; it may free memory, for the exception that follows. */
  onGrowthFailed: () => void;
}

/** A running QuickJS: its functions, its memory, and the tools to read that. */
export interface Instance {
  readonly quickjs: QuickJS;
  readonly memory: Memory;
  readonly tools: MemoryTools;
}

/** Compiles the module at a machine's first call, and returns it at further calls. */
const compileOnce = cachePerMachine(
  ({ parts }) => new wasm.Module(parts.readBytes('quickjs.wasm')),
);

// QuickJS's module declares an initial memory of 16 MiB, and a maximum of 2 GiB.
const INITIAL_PAGES = 256;
const MAX_PAGES = 32_768;

function reserveMemory(maxPages: number): WasmMemory {
  try {
    return new wasm.Memory({ initial: INITIAL_PAGES, maximum: maxPages });
  } catch (error) {
    const message = explainMemoryError((error as Error).message);
    throw new Error(`the JavaScript interpreter does not start: ${message}`);
  }
}

/** The sizes that Emscripten tries, each smaller, before an allocation fails. */
const GROWTH_ATTEMPTS = 3;

/** Makes a memory of at most `maxPages` that records whether its latest growth failed. */
function makeMemory(maxPages: number): Memory {
  const memory = reserveMemory(maxPages);
  const grow = memory.grow.bind(memory);
  let failureCount = 0;
  return Object.assign(memory, {
    growthFailed: false,
    onGrowthFailed() {},
    grow(this: Memory, pages: number): number {
      try {
        const previousPages = grow(pages);
        this.growthFailed = false;
        failureCount = 0;
        return previousPages;
      } catch (error) {
        this.growthFailed = true;
        failureCount += 1;
        if (failureCount % GROWTH_ATTEMPTS === 0) this.onGrowthFailed();
        throw error;
      }
    },
  });
}

/**
 * Makes an instance whose memory is limited. (QuickJS's own limit does not work here, as Emscripten
 * does not report block sizes.) `print` receives the interpreter's diagnostics.
 */
export async function instantiate(
  callbacks: Callbacks,
  memoryLimitBytes: number,
  print: (line: string) => void,
  machine: Machine,
): Promise<Instance> {
  const module = compileOnce(machine);
  const limitPages = Math.ceil(memoryLimitBytes / PAGE_BYTES);
  const memory = makeMemory(Math.min(MAX_PAGES, Math.max(INITIAL_PAGES, limitPages)));
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

/**
 * Starts Pyodide in a realm, with the globals that it needs beyond ECMAScript: text coding, a
 * console, a clock, `AbortController` without events, and `readbuffer`, by which Pyodide reads its
 * two binary files. It gets three host functions (clock, random bytes, print) and no other host
 * object.
 */
import { TextDecoder, TextEncoder } from '@exodus/bytes/encoding-lite.js';
import type { HostEntry, IteratorNext, MethodO, RealmBoot } from '../realm.ts';

type AnyFunction = (...args: never[]) => unknown;

/** The members of Pyodide that are used here. */
interface Pyodide {
  readonly _module: { instantiateWasm?: unknown };
  setStdout(output: { write(bytes: Uint8Array): number }): void;
  setStderr(output: { write(bytes: Uint8Array): number }): void;
}

/** The arguments that load.ts passes. */
interface StartParts {
  /** pyodide-lock.json without packages. */
  readonly lock: string;
  /** The most bytes of memory. */
  readonly heapMax: number;
  /** The description of the memory snapshot; undefined for a cold start. */
  readonly snapshot: Uint8Array | undefined;
  /** The functions of granted-files.ts. */
  readonly files: unknown;
  /** True if Python and JavaScript are separated. */
  readonly isSeparated: unknown;
  /** Wraps the imports that reach JavaScript (fence.ts). */
  readonly fence: unknown;
  /** The promise of the compiled pyodide.asm.wasm. */
  wasm?: unknown;
  /** The bytes of python_stdlib.zip. */
  stdlib?: Uint8Array;
  /** Copies the snapshot's pages into the memory. */
  restoreMemory?(grow: unknown, getHeap: unknown): unknown;
  /** Pyodide's two scripts, which fill the first argument. */
  readonly runtime: (
    runtime: { createPyodideModule?: unknown },
    ...otherArguments: unknown[]
  ) => void;
  readonly loader: (
    loader: {
      fence?: unknown;
      wasm?: unknown;
      instance?: { readonly exports: unknown };
      loadPyodide?(config: object): Promise<Pyodide>;
    },
    noImport: AnyFunction,
  ) => void;
}

/** The longest piece of an unfinished line; it is printed as a line of its own. */
const MAX_LINE_LENGTH = 16_384;
// Bits of the watchdog's word (host/limits/watchdog.ts).
const INTERRUPT = 2;
const FORCE = 4;
/** The signal that Python turns into an interrupt. */
const SIGINT = 2;

// Read once: in a vm context each use of a global passes through an interceptor.
const { compareExchange, load, or } = Atomics;

/** The globals of the realm. */
const scope = globalThis as unknown as Record<string, unknown>;
const webAssembly = scope.WebAssembly as {
  compile(bytes: Uint8Array): Promise<unknown>;
  readonly Module: new (bytes: Uint8Array) => unknown;
};

function defineGlobal(name: string, value: unknown): void {
  Object.defineProperty(scope, name, { value, writable: false, enumerable: false });
}

/** Unwinds an interpreter that ignored its interrupt; the interpreter cannot run again. */
class ForcedStop extends Error {}

/** Defines the globals, and makes the realm's functions for the host. */
export default function makeShims(
  hostNow: () => number,
  hostRandom: () => number,
  hostPrint: (stream: number, line: string) => void,
): RealmBoot {
  // An error of the host is an object of the host's realm, which a module must not get.
  const hideErrors =
    <A extends unknown[], R>(hostFunction: (...args: A) => R) =>
    (...args: A): R => {
      try {
        return hostFunction(...args);
      } catch {
        throw new Error('the host refused');
      }
    };
  const [now, random, print] = [hideErrors(hostNow), hideErrors(hostRandom), hideErrors(hostPrint)];
  const word = new Int32Array(
    scope.SharedArrayBuffer === undefined ? new ArrayBuffer(8) : new SharedArrayBuffer(8),
  );
  const throwIfForced = (value: number): void => {
    if ((value & FORCE) !== 0) throw new ForcedStop('stopped by the watchdog');
  };

  defineGlobal('TextEncoder', TextEncoder);
  defineGlobal('TextDecoder', TextDecoder);
  defineGlobal('performance', {
    now() {
      // C code that waits until some time reads the clock in a loop, but checks no signal.
      throwIfForced(load(word, 0));
      return now();
    },
  });
  /** Converts any value to text; the type's name if that throws. */
  const toText = (value: unknown): string => {
    try {
      return String(value);
    } catch {
      return typeof value;
    }
  };
  const makePrinter =
    (stream: number) =>
    (...parts: unknown[]): void =>
      print(stream, parts.map(toText).join(' '));
  const [log, error] = [makePrinter(1), makePrinter(2)];
  defineGlobal('console', { log, info: log, debug: log, warn: error, error });
  defineGlobal(
    'AbortController',
    class {
      readonly signal = { aborted: false, reason: undefined as unknown, addEventListener() {} };
      abort(reason: unknown): void {
        this.signal.aborted = true;
        this.signal.reason = reason;
      }
    },
  );
  // Does nothing: finalizers would run a module's code outside of calls and limits.
  defineGlobal(
    'FinalizationRegistry',
    class {
      register(): void {}
      unregister(): void {}
    },
  );
  defineGlobal('setTimeout', () => {
    throw new Error('there are no timers in this realm');
  });
  defineGlobal('clearTimeout', () => {});

  let skipsNextCheck = false;
  /** Returns the signal that Python must handle; 0 for none. @throws {ForcedStop} */
  function takeSignal(): number {
    for (;;) {
      const value = load(word, 0);
      // FORCE follows when the module has ignored its interrupt.
      throwIfForced(value);
      if ((value & INTERRUPT) === 0) return 0;
      if (skipsNextCheck) {
        skipsNextCheck = false;
        return 0;
      }
      if (compareExchange(word, 0, value, value & ~INTERRUPT) === value) return SIGINT;
    }
  }
  const fillRandom = (view: Uint8Array): void => {
    for (let i = 0; i < view.length; i++) view[i] = random() & 255;
  };
  const refuseImport = () => Promise.reject(new Error('there are no modules in this realm'));
  const refuseFile = (): never => {
    throw new Error('there are no files in this realm');
  };

  /** Prints line by line, and an unfinished line in pieces. */
  const makeLinePrinter = (stream: number) => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    let unfinishedLine = '';
    return (bytes: Uint8Array): number => {
      for (let start = 0; start < bytes.length; start += MAX_LINE_LENGTH) {
        const chunk = bytes.subarray(start, start + MAX_LINE_LENGTH);
        const lines = (unfinishedLine + decoder.decode(chunk, { stream: true })).split('\n');
        unfinishedLine = lines.pop()!;
        for (const line of lines) print(stream, line);
        if (unfinishedLine.length <= MAX_LINE_LENGTH) continue;
        print(stream, unfinishedLine);
        unfinishedLine = '';
      }
      return bytes.length;
    };
  };

  /** Loads Pyodide with these parts; returns the members that load.ts uses. */
  async function startPyodide(parts: StartParts): Promise<object> {
    const readbuffer = (name: string): ArrayBufferLike => {
      // It is compiled already.
      if (name.endsWith('.wasm')) return new ArrayBuffer(0);
      const bytes = parts.stdlib;
      if (bytes === undefined) throw new Error(`${name} does not exist in this realm`);
      delete parts.stdlib;
      return bytes.buffer;
    };
    Object.assign(scope, { readbuffer, read: refuseFile, load: refuseFile });
    const runtime: Parameters<StartParts['runtime']>[0] = {};
    const loader: Parameters<StartParts['loader']>[0] = {};
    const restore = (grow: unknown, getHeap: unknown) => parts.restoreMemory!(grow, getHeap);
    const runtimeArguments = [parts.heapMax, restore, takeSignal, parts.files, parts.isSeparated];
    parts.runtime(runtime, refuseImport, fillRandom, ...runtimeArguments);
    loader.fence = parts.fence;
    loader.wasm = parts.wasm;
    delete parts.wasm;
    parts.loader(loader, refuseImport);
    const config: Record<string, unknown> = {
      createPyodideModule: runtime.createPyodideModule,
      indexURL: '/pyodide/',
      lockFileContents: JSON.parse(parts.lock),
      jsglobals: { __proto__: null },
      env: { HOME: '/', PYTHONDONTWRITEBYTECODE: '1' },
      stdin: () => null,
      stdout: (text: string) => print(1, text),
      stderr: (text: string) => print(2, text),
      ...(parts.snapshot ? { _loadSnapshot: parts.snapshot } : { _makeSnapshot: true }),
    };
    const pyodide = await loader.loadPyodide!(config);
    delete config._loadSnapshot;
    delete loader.wasm;
    delete pyodide._module.instantiateWasm;
    delete parts.restoreMemory;
    for (const name of ['readbuffer', 'read', 'load']) delete scope[name];
    pyodide.setStdout({ write: makeLinePrinter(1) });
    pyodide.setStderr({ write: makeLinePrinter(2) });
    return { pyodide, module: pyodide._module, exports: loader.instance!.exports };
  }

  return {
    word,
    start: (parts, onValue, onError) =>
      void startPyodide(parts as StartParts).then(onValue, onError),
    makeBytes: (length) => new Uint8Array(length),
    compileWasm: (bytes) => webAssembly.compile(bytes),
    compileWasmAtOnce: (bytes) => new webAssembly.Module(bytes),
    makeGate:
      (entry: HostEntry): HostEntry =>
      (self, args, count) => {
        try {
          return entry(self, args, count);
        } catch {
          return 0;
        }
      },
    makeCheckingIterator(next: IteratorNext, check: () => number): IteratorNext {
      let stepCount = 0;
      return (iterator) => {
        stepCount += 1;
        // Every 256th step, as reading the word costs more than most steps.
        const mustCheck = (stepCount & 255) === 0 && (load(word, 0) & (INTERRUPT | FORCE)) !== 0;
        return mustCheck && check() !== 0 ? 0 : next(iterator);
      };
    },
    makeNotifyingMethod:
      (method: MethodO, notify: HostEntry): MethodO =>
      (self, object) => {
        notify(self, object, 0);
        return method(self, object);
      },
    interruptAgain() {
      // Skips the next check, which may be in the caller.
      skipsNextCheck = true;
      or(word, 0, INTERRUPT);
    },
  };
}

/**
 * Starts Pyodide in a realm, with the globals that it needs beyond ECMAScript: text coding, a
 * console, a clock, `AbortController` without events, and `readbuffer`, by which Pyodide reads its
 * two binary files. It has three host functions and no other host object.
 */
import { TextDecoder, TextEncoder } from '@exodus/bytes/encoding-lite.js';
import type { HostEntry, Method, Next, RealmBoot } from '../realm.ts';

type AnyFunction = (...args: never[]) => unknown;

interface Pyodide {
  readonly _module: { instantiateWasm?: unknown };
  setStdout(to: { write(bytes: Uint8Array): number }): void;
  setStderr(to: { write(bytes: Uint8Array): number }): void;
}

/** See load.ts. */
interface StartParts {
  readonly lock: string;
  readonly heapMax: number;
  readonly snapshot: Uint8Array | undefined;
  readonly files: unknown;
  readonly apart: unknown;
  readonly fence: unknown;
  wasm?: Uint8Array;
  stdlib?: Uint8Array;
  restoreMemory?(grow: unknown, heap: unknown): unknown;
  /** Pyodide's two scripts, which fill the first argument. */
  readonly runtime: (runtime: { createPyodideModule?: unknown }, ...given: unknown[]) => void;
  readonly loader: (
    loader: {
      fence?: unknown;
      instance?: { readonly exports: unknown };
      loadPyodide?(config: object): Promise<Pyodide>;
    },
    noImport: AnyFunction,
  ) => void;
}

/** Bytes of an unfinished line that are printed at once. */
const MOST_IN_LINE = 16_384;
/** A bit of the watchdog's word (host/limits/watchdog.ts). */
const INTERRUPT = 2;
const FORCE = 4;
const SIGINT = 2;

// Read once: in a vm context each use of a global asks the host.
const { compareExchange, load, or } = Atomics;

const scope = globalThis as unknown as Record<string, unknown>;

function define(name: string, value: unknown): void {
  Object.defineProperty(scope, name, { value, writable: false, enumerable: false });
}

class Stop extends Error {}

export default function shims(
  hostNow: () => number,
  hostRandom: () => number,
  hostPrint: (stream: number, line: string) => void,
): RealmBoot {
  const guard =
    <A extends unknown[], R>(f: (...args: A) => R) =>
    (...args: A): R => {
      try {
        return f(...args);
      } catch {
        throw new Error('the host refused');
      }
    };
  const [now, random, print] = [guard(hostNow), guard(hostRandom), guard(hostPrint)];
  const word = new Int32Array(
    scope.SharedArrayBuffer === undefined ? new ArrayBuffer(8) : new SharedArrayBuffer(8),
  );
  const stopByForce = (value: number): void => {
    if ((value & FORCE) !== 0) throw new Stop('stopped by the watchdog');
  };

  define('TextEncoder', TextEncoder);
  define('TextDecoder', TextDecoder);
  define('performance', {
    now() {
      // C code that waits for a time reads the clock, but checks no signal.
      stopByForce(load(word, 0));
      return now();
    },
  });
  const show = (value: unknown): string => {
    try {
      return String(value);
    } catch {
      return typeof value;
    }
  };
  const line =
    (stream: number) =>
    (...parts: unknown[]): void =>
      print(stream, parts.map(show).join(' '));
  const [log, error] = [line(1), line(2)];
  define('console', { log, info: log, debug: log, warn: error, error });
  define(
    'AbortController',
    class {
      readonly signal = { aborted: false, reason: undefined as unknown, addEventListener() {} };
      abort(reason: unknown): void {
        this.signal.aborted = true;
        this.signal.reason = reason;
      }
    },
  );
  // Finalizers would run a module's code outside of calls and limits.
  define(
    'FinalizationRegistry',
    class {
      register(): void {}
      unregister(): void {}
    },
  );
  define('setTimeout', () => {
    throw new Error('there are no timers in this realm');
  });
  define('clearTimeout', () => {});

  let early = false;
  function takeSignal(): number {
    for (;;) {
      const value = load(word, 0);
      // The module has ignored its signal.
      stopByForce(value);
      if ((value & INTERRUPT) === 0) return 0;
      if (early) {
        early = false;
        return 0;
      }
      if (compareExchange(word, 0, value, value & ~INTERRUPT) === value) return SIGINT;
    }
  }
  const fillRandom = (view: Uint8Array): void => {
    for (let i = 0; i < view.length; i++) view[i] = random() & 255;
  };
  const noImport = () => Promise.reject(new Error('there are no modules in this realm'));
  const noFile = (): never => {
    throw new Error('there are no files in this realm');
  };

  /** Prints line by line, and an unfinished line in pieces. */
  const lines = (stream: number) => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    let kept = '';
    return (bytes: Uint8Array): number => {
      for (let at = 0; at < bytes.length; at += MOST_IN_LINE) {
        const piece = decoder.decode(bytes.subarray(at, at + MOST_IN_LINE), { stream: true });
        const parts = (kept + piece).split('\n');
        kept = parts.pop()!;
        for (const part of parts) print(stream, part);
        if (kept.length <= MOST_IN_LINE) continue;
        print(stream, kept);
        kept = '';
      }
      return bytes.length;
    };
  };

  async function begin(parts: StartParts): Promise<object> {
    const readbuffer = (name: string): ArrayBufferLike => {
      const part = name.endsWith('.wasm') ? 'wasm' : 'stdlib';
      const bytes = parts[part];
      if (bytes === undefined) throw new Error(`${name} does not exist in this realm`);
      delete parts[part];
      return bytes.buffer;
    };
    Object.assign(scope, { readbuffer, read: noFile, load: noFile });
    const runtime: Parameters<StartParts['runtime']>[0] = {};
    const loader: Parameters<StartParts['loader']>[0] = {};
    const restore = (grow: unknown, heap: unknown) => parts.restoreMemory!(grow, heap);
    const given = [parts.heapMax, restore, takeSignal, parts.files, parts.apart];
    parts.runtime(runtime, noImport, fillRandom, ...given);
    loader.fence = parts.fence;
    parts.loader(loader, noImport);
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
    // It keeps the instance's 10 MB of source bytes.
    delete pyodide._module.instantiateWasm;
    delete parts.restoreMemory;
    for (const name of ['readbuffer', 'read', 'load']) delete scope[name];
    pyodide.setStdout({ write: lines(1) });
    pyodide.setStderr({ write: lines(2) });
    return { pyodide, module: pyodide._module, exports: loader.instance!.exports };
  }

  return {
    word,
    start: (parts, done, failed) => void begin(parts as StartParts).then(done, failed),
    makeBytes: (length) => new Uint8Array(length),
    makeGate:
      (f: HostEntry): HostEntry =>
      (self, args, count) => {
        try {
          return f(self, args, count);
        } catch {
          return 0;
        }
      },
    makeNext(next: Next, check: () => number): Next {
      let count = 0;
      return (iterator) => {
        count += 1;
        const asks = (count & 255) === 0 && (load(word, 0) & (INTERRUPT | FORCE)) !== 0;
        return asks && check() !== 0 ? 0 : next(iterator);
      };
    },
    makeTold:
      (f: Method, tell: HostEntry): Method =>
      (self, object) => {
        tell(self, object, 0);
        return f(self, object);
      },
    interruptAgain() {
      // Not at the very next check, which may be in the caller.
      early = true;
      or(word, 0, INTERRUPT);
    },
  };
}

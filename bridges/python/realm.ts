/**
 * A JavaScript realm of its own for one interpreter (`newRealm` of machine.ts), with what Pyodide asks
 * for in it.
 *
 * Whatever object Python climbs (`x.constructor.constructor(...)`), it is to stay among objects of this
 * realm, where there is no `process`, `require`, `import`, file, socket or timer. Two rules keep that
 * true where a machine has realms that nothing leads out of (Node's are vm contexts):
 *
 * - the host's functions are held in closures of realm-made wrappers (`gates`), which take and give
 *   numbers and strings only, and turn every error into a realm-made one;
 * - once a script has run, the host calls nothing of the realm but raw WebAssembly exports with
 *   numbers, awaits no promise of it, and reads its memory through accessors captured beforehand.
 */
import type { BareRealm, Machine } from '../host/machine.ts';

/** What the realm may ask of the host at any time. */
export interface RealmHost {
  /** A line that the interpreter printed. `stream` is 1 for standard output, 2 for errors. */
  print(stream: number, line: string): void;
}

export interface Realm extends BareRealm {
  /** The realm's own functions that start an interpreter; see `SHIMS`. */
  readonly boot: RealmBoot;
  /** Loads Pyodide; the parts are described in load.ts. */
  start(parts: unknown): Promise<unknown>;
}

/** Functions made by the realm from realm objects only. */
export interface RealmBoot {
  makeBytes(length: number): Uint8Array;
  /** `(self, args, count) => pointer` around the host's function of the same shape. */
  makeGate(f: HostEntry): HostEntry;
  /** `next` with a look at the watchdog's word now and then; `check` is PyErr_CheckSignals. */
  makeNext(next: Next, check: () => number): Next;
  /** `f`, a METH_O function, which calls `tell` first: a gate, whose result is nothing. */
  makeTold(f: Method, tell: HostEntry): Method;
  /** Has the script that runs see its interrupt soon, as if it had not come yet. */
  interruptAgain(): void;
  /** The watchdog's word (host/limits/watchdog.ts) on shared memory of the realm. */
  readonly word: Int32Array;
  /** Begins to load Pyodide; calls one of the two when that has ended. */
  start(parts: unknown, done: (value: unknown) => void, failed: (error: unknown) => void): void;
}

/** The `tp_iternext` of a type: an iterator in; an object, or 0 at the end or for an exception. */
export type Next = (iterator: number) => number;

/** A C function of Python's with one argument (METH_O). */
export type Method = (self: number, object: number) => number;

/** A function in the interpreter's function table: pointers in, pointer out. */
export type HostEntry = (self: number, args: number, count: number) => number;

/**
 * Realm-side code. What an ECMAScript realm lacks and Pyodide asks for, written in the realm:
 * UTF-8 and UTF-16 text coding, a console, a clock, `AbortController` without events, and
 * `readbuffer`, by which Pyodide in a shell reads its two binary files.
 */
const SHIMS = String.raw`(function (hostNow, hostRandom, hostPrint) {
  'use strict';
  const { Error, String, Uint8Array, Int32Array, SharedArrayBuffer, Atomics, Promise } = globalThis;
  const { fromCharCode } = String;
  const compareAndSwap = Atomics.compareExchange, load = Atomics.load, or = Atomics.or;
  const guard = (f) => (a, b) => {
    try { return f(a, b); } catch { throw new Error('the host refused'); }
  };
  const now = guard(hostNow), random = guard(hostRandom), print = guard(hostPrint);
  const define = (name, value) => Object.defineProperty(globalThis, name,
    { value, writable: false, enumerable: false, configurable: false });

  function encode(text) {
    const out = [];
    for (const character of String(text)) {
      let c = character.codePointAt(0);
      if (c >= 0xd800 && c < 0xe000) c = 0xfffd;
      if (c < 0x80) out.push(c);
      else if (c < 0x800) out.push(0xc0 | (c >> 6), 0x80 | (c & 63));
      else if (c < 0x10000) out.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
      else out.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    }
    return new Uint8Array(out);
  }
  function decodeUtf8(bytes) {
    let text = '';
    for (let i = 0; i < bytes.length; ) {
      const first = bytes[i++];
      const more = first < 0x80 ? 0 : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2
        : first < 0xf5 ? 3 : -1;
      let c = more === 0 ? first : first & (63 >> more), n = more;
      while (n > 0 && (bytes[i] & 0xc0) === 0x80) { c = (c << 6) | (bytes[i++] & 63); n--; }
      const wrong = more < 0 || n > 0 || (more === 2 && (c < 0x800 || (c >= 0xd800 && c < 0xe000)))
        || (more === 3 && (c < 0x10000 || c > 0x10ffff));
      if (wrong) text += '\ufffd';
      else if (c < 0x10000) text += fromCharCode(c);
      else text += fromCharCode(0xd7c0 + (c >> 10), 0xdc00 + (c & 1023));
    }
    return text;
  }
  function decodeUtf16(bytes) {
    let text = '';
    for (let i = 0; i + 1 < bytes.length; i += 2) text += fromCharCode(bytes[i] | (bytes[i + 1] << 8));
    return text;
  }
  define('TextEncoder', class TextEncoder {
    encode(text) { return encode(text); }
    encodeInto(text, into) {
      const bytes = encode(text);
      if (bytes.length > into.length) throw new RangeError('the buffer is too small');
      into.set(bytes);
      return { read: text.length, written: bytes.length };
    }
  });
  define('TextDecoder', class TextDecoder {
    constructor(encoding = 'utf-8') { this.encoding = encoding; }
    decode(view) {
      if (view === undefined) return '';
      const bytes = ArrayBuffer.isView(view)
        ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array(view);
      return /16/.test(this.encoding) ? decodeUtf16(bytes) : decodeUtf8(bytes);
    }
  });
  const word = new Int32Array(SharedArrayBuffer === undefined ? 2 : new SharedArrayBuffer(8));
  class Stop extends Error {}
  // C code that waits for a time asks the clock, and for no signal.
  define('performance', { now() {
    if (load(word, 0) & 4) throw new Stop('stopped by the watchdog');
    return now();
  } });
  const show = (x) => { try { return String(x); } catch { return typeof x; } };
  const line = (stream) => (...parts) => { print(stream, parts.map(show).join(' ')); };
  define('console', { log: line(1), info: line(1), debug: line(1), warn: line(2), error: line(2) });
  define('AbortController', class AbortController {
    constructor() { this.signal = { aborted: false, addEventListener() {} }; }
    abort(reason) { this.signal.aborted = true; this.signal.reason = reason; }
  });
  // Finalizers would run a script's code when the host is not calling it, out of every limit.
  define('FinalizationRegistry', class FinalizationRegistry { register() {} unregister() {} });
  define('setTimeout', () => { throw new Error('there are no timers in this realm'); });
  define('clearTimeout', () => {});

  // 2 is SIGINT. Bit 2 of the word says that the script would not stop for it: leave by force.
  let early = false;
  function takeSignal() {
    for (;;) {
      const value = load(word, 0);
      if (value & 4) throw new Stop('stopped by the watchdog');
      if (!(value & 2)) return 0;
      if (early) { early = false; return 0; }
      if (compareAndSwap(word, 0, value, value & ~2) === value) return 2;
    }
  }
  // Not at the very next look, which may be in what calls this.
  function interruptAgain() { early = true; or(word, 0, 2); }
  function fillRandom(view) { for (let i = 0; i < view.length; i++) view[i] = random() & 255; }
  const noImport = () => Promise.reject(new Error('there are no modules in this realm'));

  async function begin(parts) {
    globalThis.readbuffer = (name) => {
      const part = name.endsWith('.wasm') ? 'wasm' : 'stdlib', bytes = parts[part];
      if (!bytes) throw new Error(name + ' does not exist in this realm');
      delete parts[part];
      return bytes.buffer;
    };
    globalThis.read = globalThis.load = () => { throw new Error('there are no files in this realm'); };
    const loader = {}, runtime = {};
    parts.runtime(runtime, noImport, fillRandom, parts.heapMax,
      (grow, heap) => parts.restoreMemory(grow, heap), takeSignal, parts.files, parts.apart);
    loader.fence = parts.fence;
    parts.loader(loader, noImport);
    const config = {
      createPyodideModule: runtime.createPyodideModule,
      indexURL: '/pyodide/',
      lockFileContents: JSON.parse(parts.lock),
      jsglobals: { __proto__: null },
      env: { HOME: '/', PYTHONDONTWRITEBYTECODE: '1' },
      stdin: () => null,
      stdout: (text) => print(1, text),
      stderr: (text) => print(2, text),
    };
    if (parts.snapshot) config._loadSnapshot = parts.snapshot;
    else config._makeSnapshot = true;
    const pyodide = await loader.loadPyodide(config);
    delete config._loadSnapshot;
    // It holds the bytes that the instance was compiled from, 10 MB.
    delete pyodide._module.instantiateWasm;
    delete parts.restoreMemory;
    for (const name of ['readbuffer', 'read', 'load']) delete globalThis[name];
    pyodide.setStdout({ write: lines(1) });
    pyodide.setStderr({ write: lines(2) });
    return { pyodide, module: pyodide._module, exports: loader.instance.exports };
  }
  // What is printed goes on line by line, and a line without an end piece by piece.
  const lines = (stream) => {
    let kept = '';
    return (bytes) => {
      for (let at = 0; at < bytes.length; at += 16384) {
        const parts = (kept + decodeUtf8(bytes.subarray(at, at + 16384))).split('\n');
        kept = parts.pop();
        for (const part of parts) print(stream, part);
        if (kept.length > 16384) { print(stream, kept); kept = ''; }
      }
      return bytes.length;
    };
  };
  // An iterator that C code runs through, where nothing else would look for a signal.
  const makeNext = (next, check) => {
    let count = 0;
    return (iterator) => {
      if ((++count & 255) === 0 && (load(word, 0) & 6) !== 0 && check() !== 0) return 0;
      return next(iterator);
    };
  };
  const start = (parts, done, failed) => { begin(parts).then(done, failed); };
  const makeBytes = (length) => new Uint8Array(length);
  const makeGate = (f) => (self, args, count) => {
    try { return f(self, args, count); } catch { return 0; }
  };
  const makeTold = (f, tell) => (self, object) => {
    tell(self, object, 0);
    return f(self, object);
  };
  return { makeBytes, makeGate, makeNext, makeTold, interruptAgain, word, start };
})`;

/** Random bytes one at a time, from a pool that is filled a kilobyte at a time. */
function randomByte({ random }: Machine): () => number {
  const pool = new Uint8Array(1024);
  let left = 0;
  return () => {
    if (left === 0) {
      random(pool);
      left = pool.length;
    }
    left -= 1;
    return pool[left] ?? 0;
  };
}

/** Makes a realm and its shims; nothing of Pyodide runs yet. */
export function createRealm(machine: Machine, host: RealmHost): Realm {
  const realm = machine.newRealm('glossa python');
  const make = realm.evaluate(SHIMS, 'glossa:realm') as (
    now: () => number,
    random: () => number,
    print: (stream: unknown, line: unknown) => void,
  ) => RealmBoot;
  const print = (stream: unknown, line: unknown): void => {
    if (typeof stream === 'number' && typeof line === 'string') host.print(stream, line);
  };
  const boot = make(() => performance.now(), randomByte(machine), print);
  const start = async (parts: unknown): Promise<unknown> => {
    const outcome: { value?: unknown; error?: unknown; ended: boolean } = { ended: false };
    boot.start(
      parts,
      (value) => Object.assign(outcome, { value, ended: true }),
      (error) => Object.assign(outcome, { error, ended: true }),
    );
    while (!outcome.ended) await realm.goOn();
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
  return { ...realm, boot, start };
}

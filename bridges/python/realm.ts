/**
 * Makes a JavaScript realm for one interpreter (`makeRealm` of machine.ts), with the globals that
 * Pyodide needs.
 *
 * From any JavaScript object, a Python module can climb to its realm's globals
 * (`x.constructor.constructor(…)`). So every object that it reaches must belong to this realm, which
 * has no `process`, `require`, file or socket. The realm wraps host functions (`makeGate`):
 * only numbers and strings pass. Once a module has run, the host calls raw WebAssembly exports
 * only, awaits no promise of the realm, and reads memory by accessors captured before.
 */
import type { BareRealm, Machine } from '../host/machine.ts';

/** Host functions that the realm may call at any time. */
export interface RealmHost {
  /** Logs a line that the interpreter printed; `stream`: 1 for standard output, 2 for errors. */
  print(stream: number, line: string): void;
}

/** The realm of one interpreter. */
export interface Realm extends BareRealm {
  /** The realm's own functions that start an interpreter; see realm/shims.ts. */
  readonly boot: RealmBoot;
  /** Loads Pyodide; the parts are described in load.ts. */
  start(parts: unknown): Promise<unknown>;
}

/** Functions made by the realm from realm objects only. */
export interface RealmBoot {
  /** Makes bytes that belong to the realm. */
  makeBytes(length: number): Uint8Array;
  /**
   * Begins to compile a WebAssembly module beside this thread. The result is a promise of the
   * realm, for `start`.
   */
  compileWasm(bytes: Uint8Array): unknown;
  /** Compiles one in this thread. The result is for `start`, too. */
  compileWasmAtOnce(bytes: Uint8Array): unknown;
  /** Wraps the host's `(self, args, count) => pointer` in a function of the realm. */
  makeGate(entry: HostEntry): HostEntry;
  /** Wraps `next` with checks of the watchdog's word by `check`, which is PyErr_CheckSignals. */
  makeCheckingIterator(next: IteratorNext, check: () => number): IteratorNext;
  /** Wraps a METH_O function: each call first calls `notify` (a gate; its result is ignored). */
  makeNotifyingMethod(method: MethodO, notify: HostEntry): MethodO;
  /** Interrupts the running module once more, at a later check. */
  interruptAgain(): void;
  /** The watchdog's word (host/limits/watchdog.ts) on shared memory of the realm. */
  readonly word: Int32Array;
  /** Begins to load Pyodide; calls `onValue` or `onError` at the end. */
  start(parts: unknown, onValue: (value: unknown) => void, onError: (error: unknown) => void): void;
}

/** The `tp_iternext` of a type: an iterator in; an object, or 0 at the end or for an exception. */
export type IteratorNext = (iterator: number) => number;

/** A C function of Python's with one argument (METH_O). */
export type MethodO = (self: number, object: number) => number;

/** A function in the interpreter's function table: pointers in, pointer out. */
export type HostEntry = (self: number, args: number, count: number) => number;

/** Makes a function that returns random bytes one by one, from a pool of a kilobyte. */
function makeRandomSource({ fillRandom }: Machine): () => number {
  const pool = new Uint8Array(1024);
  let unusedCount = 0;
  return () => {
    if (unusedCount === 0) {
      fillRandom(pool);
      unusedCount = pool.length;
    }
    unusedCount -= 1;
    return pool[unusedCount] ?? 0;
  };
}

/** Makes a realm and its shims; nothing of Pyodide runs yet. */
export function createRealm(machine: Machine, host: RealmHost): Realm {
  const realm = machine.makeRealm('glossa python');
  const makeBoot = realm.evaluate(machine.parts.readText('realm/shims.js'), 'glossa:realm') as (
    now: () => number,
    random: () => number,
    print: (stream: unknown, line: unknown) => void,
  ) => RealmBoot;
  const print = (stream: unknown, line: unknown): void => {
    if (typeof stream === 'number' && typeof line === 'string') host.print(stream, line);
  };
  const boot = makeBoot(() => performance.now(), makeRandomSource(machine), print);
  const start = async (parts: unknown): Promise<unknown> => {
    const outcome: { value?: unknown; error?: unknown; isEnded: boolean } = { isEnded: false };
    boot.start(
      parts,
      (value) => Object.assign(outcome, { value, isEnded: true }),
      (error) => Object.assign(outcome, { error, isEnded: true }),
    );
    // Polls, as the host awaits no promise of the realm (see above).
    while (!outcome.isEnded) await realm.runReactions();
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
  return { ...realm, boot, start };
}

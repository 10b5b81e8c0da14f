/**
 * A JavaScript realm for one interpreter (`newRealm` of machine.ts), with the globals that Pyodide
 * needs.
 *
 * Python's climbs (`x.constructor.constructor(...)`) must stay among objects of this realm, which
 * has no `process`, `require`, `import`, file, socket or timer. So host functions are closures in
 * realm-made wrappers (`gates`) that pass only numbers and strings, and convert every error; and
 * once a module has run, the host calls only raw WebAssembly exports, awaits no promise of the
 * realm, and reads its memory by accessors captured before.
 */
import type { BareRealm, Machine } from '../host/machine.ts';

/** Host functions that the realm may call at any time. */
export interface RealmHost {
  /** A line that the interpreter printed. `stream` is 1 for standard output, 2 for errors. */
  print(stream: number, line: string): void;
}

export interface Realm extends BareRealm {
  /** The realm's own functions that start an interpreter; see realm/shims.ts. */
  readonly boot: RealmBoot;
  /** Loads Pyodide; the parts are described in load.ts. */
  start(parts: unknown): Promise<unknown>;
}

/** Functions made by the realm from realm objects only. */
export interface RealmBoot {
  makeBytes(length: number): Uint8Array;
  /** `(self, args, count) => pointer` around the host's function of the same shape. */
  makeGate(f: HostEntry): HostEntry;
  /** Wraps `next` with checks of the watchdog's word; `check` is PyErr_CheckSignals. */
  makeNext(next: Next, check: () => number): Next;
  /** Wraps a METH_O function `f` to call `tell` first, a gate without result. */
  makeTold(f: Method, tell: HostEntry): Method;
  /** Makes the running module see its interrupt again. */
  interruptAgain(): void;
  /** The watchdog's word (host/limits/watchdog.ts) on shared memory of the realm. */
  readonly word: Int32Array;
  /** Begins to load Pyodide; calls `done` or `failed` at the end. */
  start(parts: unknown, done: (value: unknown) => void, failed: (error: unknown) => void): void;
}

/** The `tp_iternext` of a type: an iterator in; an object, or 0 at the end or for an exception. */
export type Next = (iterator: number) => number;

/** A C function of Python's with one argument (METH_O). */
export type Method = (self: number, object: number) => number;

/** A function in the interpreter's function table: pointers in, pointer out. */
export type HostEntry = (self: number, args: number, count: number) => number;

/** Returns random bytes one by one, from a pool of a kilobyte. */
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
  const make = realm.evaluate(machine.parts.text('realm/shims.js'), 'glossa:realm') as (
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
    while (!outcome.ended) await realm.runReactions();
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
  return { ...realm, boot, start };
}

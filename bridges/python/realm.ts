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
    while (!outcome.ended) await realm.goOn();
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
  return { ...realm, boot, start };
}

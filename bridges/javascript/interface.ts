/** What an engine is asked, and what it needs: engine.ts has the rules. */
import type { Scalar } from '../host/guest.ts';
import type { Machine } from '../host/machine.ts';
import type { EngineError } from './errors.ts';
import type { HostFunction } from './host-functions.ts';
import type { Pointer } from './wasm.ts';

/** The address of a JSValue that the engine keeps. */
export type Handle = Pointer;

/** What a script is given by the general way. */
export type Argument = string | number | { readonly handle: Handle };

export interface EngineOptions {
  /** What it runs on. */
  readonly machine: Machine;
  readonly hostFunctions: Readonly<Record<string, HostFunction>>;
  /** The full name of an import, and the source of a module by its full name. They may throw. */
  resolve(base: string, name: string): string;
  load(name: string): string;
  /** Milliseconds a call may run; 0 for no limit. */
  readonly timeLimit: number;
  /** The volume, for the log of a process that has to end. */
  readonly volume?: string;
  /** What tells the time, in milliseconds; performance.now without it. */
  readonly clock?: () => number;
  /** Bytes that the script's values may take. */
  readonly memoryLimit: number;
  /** Told what was noticed and done without. */
  log(text: string): void;
}

export interface Engine {
  readonly dead: EngineError | undefined;
  readonly memory: number;
  /** Blocks of memory that the interpreter's values take. */
  readonly blocks: number;
  /**
   * Why a limit has ended something of the last call, whatever came of that. What `import`, `call` and
   * `make` run throws it.
   */
  readonly overrun: EngineError | undefined;
  /** Runs a module and what it imports; a handle of its exports. */
  import(name: string, source: string): Handle;
  /** A property; undefined when there is none. */
  get(object: Handle, name: string): Handle | undefined;
  /**
   * A function that calls `callable`, fast; kinds as in host/crossing/flatten.ts. `shares`: a call that is ended may
   * end, without an exception, all that its turn has called (host/limits/interpreter-gate.ts).
   */
  entry(callable: Handle, kinds: string, shares?: boolean): (args: readonly Scalar[]) => number;
  /** The general way: strings, numbers and handles in, a string or undefined out. */
  call(callable: Handle, ...args: readonly Argument[]): string | undefined;
  /** The same for what makes something; a handle. */
  make(callable: Handle, ...args: readonly Argument[]): Handle;
  /**
   * Runs a line of a prompt, and calls `show` with `id`, whether it failed (0 or 1), a promise of
   * `{ value }` or what was thrown, and the source; what `show` gives back.
   */
  evaluate(source: string, show: Handle, id: number): string | undefined;
  /** An ArrayBuffer in which the jobs of a call may leave an integer: its result, when it is not 0. */
  outcomeIn(buffer: Handle): void;
  /**
   * An entry may give a promise: when jobs have run, `callable` gets its state and what it came to
   * (0, the promise itself; 1, its value; 2, what it was rejected with), and gives the call's result.
   */
  endWith(callable: Handle): void;
  /** Takes errors apart from now on: a function of the script's side. */
  explainWith(callable: Handle): void;
  /** Lets the cycle collector run soon; false where this build of QuickJS hides its threshold. */
  collectSoon(): boolean;
  close(): void;
}

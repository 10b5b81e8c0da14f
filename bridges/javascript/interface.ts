/** An engine's needs, and its settings. */
import type { Machine } from '../host/machine.ts';
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

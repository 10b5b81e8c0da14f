/** Declares the types of an engine's arguments and settings. */
import type { Scalar } from '../host/guest.ts';
import type { Machine } from '../host/machine.ts';
import type { HostFunction } from './host-functions.ts';
import type { Pointer } from './wasm.ts';

/** The address of a JSValue that the engine keeps. */
export type Handle = Pointer;

/** A fast function of the module, which takes flat arguments and returns a code. */
export type Entry = (args: readonly Scalar[]) => number;

/** An argument of `Engine.call`. */
export type Argument = string | number | { readonly handle: Handle };

export interface EngineOptions {
  /** The machine that it runs on. */
  readonly machine: Machine;
  readonly hostFunctions: Readonly<Record<string, HostFunction>>;
  /** Resolves an import to its full name. May throw. */
  resolve(base: string, name: string): string;
  /** Loads a module's source by its full name. May throw. */
  load(name: string): string;
  /** Milliseconds that a call may take; 0 for no limit. */
  readonly timeLimit: number;
  /** The volume's name, for the log of a process that must end. */
  readonly volume?: string;
  /** The clock in milliseconds; performance.now by default. */
  readonly clock?: () => number;
  /** The most bytes that the module's values may occupy. */
  readonly memoryLimit: number;
  /** Logs a harmless fault. */
  log(text: string): void;
}

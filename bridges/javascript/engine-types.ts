/** Declares the types of an engine's arguments and settings. */
import type { HostFunctions } from '../host/crossing/kinds.ts';
import type { Scalar } from '../host/guest.ts';
import type { Machine } from '../host/machine.ts';
import type { Pointer } from './wasm.ts';

/** The address of a JSValue that the engine keeps. */
export type Handle = Pointer;

/**
 * A function of the module that the host calls with numbers and texts only, without JSON. Returns a
 * number that says how the fop continues (host/guest.ts).
 */
export type FlatFunction = (args: readonly Scalar[]) => number;

/** An argument of `Engine.call` and `Engine.callForHandle`. */
export type CallArgument = string | number | { readonly handle: Handle };

/** Settings of an engine. */
export interface EngineOptions {
  readonly machine: Machine;
  /** Functions that the library in the interpreter may call, by name. */
  readonly hostFunctions: HostFunctions;
  /** Resolves an import to its full name, relative to the importing module's; may throw. */
  resolve(base: string, name: string): string;
  /** Loads a module's source by its full name; may throw. */
  load(name: string): string;
  /** Milliseconds that a call may take; 0 for no limit. */
  readonly timeLimitMs: number;
  /** The volume's name, for the log line when the process has to be ended. */
  readonly volume?: string;
  /** The clock in milliseconds; performance.now by default. */
  readonly clock?: () => number;
  /** Maximum number of bytes that the module's values may occupy. */
  readonly memoryLimitBytes: number;
  /** Logs a fault after which the engine continues. */
  log(text: string): void;
}

/**
 * Declares a debugger's commands for line breakpoints in modules, and a module's replies. Only a module in a thread of
 * its own (`option isolation thread`) can stop at a line. Requests at its volume then wait; all other volumes continue.
 * Used by `runtime/debug`, and implemented by the bridges.
 */

import type { Frame } from './frame.ts';

/** The ways in which a stopped module continues: freely, into calls, over calls, or out of the function. */
export type StepKind = 'continue' | 'into' | 'over' | 'out';

/** Line numbers (from 1) by path of the file, as the interpreter names it. */
export type BreakpointLines = Readonly<Record<string, readonly number[]>>;

/** A command. `frame` is an index into `LineStop.frames`, and `of` a value of `LineVariable.parts`. */
export type LineCommand =
  /**
   * Replaces all breakpoints; each moves to the next line with code. Null removes the debugger, and the
   * module continues.
   */
  | { readonly do: 'watch'; readonly lines: BreakpointLines | null }
  /** Continues a stopped module. */
  | { readonly do: 'go'; readonly way: StepKind }
  /** Lists the variables of a frame. This and the following commands need a stopped module. */
  | { readonly do: 'locals'; readonly frame: number }
  /** Lists the parts of a variable. */
  | { readonly do: 'parts'; readonly of: number }
  | { readonly do: 'evaluate'; readonly frame: number; readonly text: string }
  | { readonly do: 'set'; readonly frame: number; readonly name: string; readonly text: string };

/** A variable in a frame of a stopped module, or a part of one. */
export interface LineVariable {
  readonly name: string;
  /** The printed value, cut to a limit. */
  readonly value: string;
  readonly type: string;
  /** The number with which the command `parts` lists the variable's parts; 0 if the variable has no parts. */
  readonly parts: number;
}

/** The reply to a command; `go` has neither field. */
export interface LineReply {
  /** Reply to `watch`: the line of each breakpoint; null if no code follows it, or the file is not loaded. */
  readonly lines?: Readonly<Record<string, readonly (number | null)[]>>;
  /** Reply to `locals` and `parts`; one variable for `evaluate` and `set`. */
  readonly variables?: readonly LineVariable[];
}

/** One function on the module's call stack, with the line that it has reached (from 1). */
export interface LineFrame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

/** The place at which a module has stopped, and why. */
export interface LineStop {
  readonly reason: 'breakpoint' | 'step';
  /** Frames of the module's code, innermost first; at least one. */
  readonly frames: readonly LineFrame[];
}

/** A stop of a module, with its request; null outside of a request. */
export interface ModuleStop extends LineStop {
  readonly request: StoppedRequest | null;
}

/** The request that a stopped module was handling. */
export interface StoppedRequest {
  /** The volume's frame. */
  readonly frame: Frame;
  readonly args: readonly unknown[];
}

/** A volume whose module can be stopped at lines. */
export interface LineStops {
  /** Called when the module stops, and with null when it continues or its interpreter is lost. */
  listener: ((stop: ModuleStop | null) => void) | null;
  /** The current stop; null while the module runs. */
  readonly stop: ModuleStop | null;
  /** Sends a command. @throws {LineError} if the module or its debugger cannot carry it out */
  sendCommand(command: LineCommand): Promise<LineReply>;
  /** Removes the debugger; the module continues. */
  removeDebugger(): void;
}

/** The module file behind a volume. */
export interface DebuggableModule {
  readonly language: string;
  /** Absolute path of the module's file. */
  readonly path: string;
  /** The author's methods, by their names in the file (`lookup_cbk`, `lookupCbk`). */
  readonly methods: readonly ModuleMethod[];
  /** Null for a module that cannot stop at lines; `noLinesReason` has the reason. */
  readonly lines: LineStops | null;
  /** Whether the language supports stops at methods only, not at lines. */
  readonly stopsAtMethodsOnly: boolean;
  /** Why the module cannot stop at lines, for the user; empty if it can. */
  readonly noLinesReason: string;
}

/** The definition of a method in a module's file; `line` counts from 1. */
export interface ModuleMethod {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

/** Thrown when a debugger's command cannot be carried out. */
export class LineError extends Error {
  readonly code = 'GLOSSA_LINES';
}

const CONTINUE_COMMAND: LineCommand = { do: 'go', way: 'continue' };
/** The message (JSON) by which the host lets a stopped module continue when no debugger is attached. */
export const CONTINUE_MESSAGE = JSON.stringify({ id: 0, ...CONTINUE_COMMAND });

/**
 * Stops at lines of a script: what a debugger asks of a volume, and what it is told. Only a module in
 * a thread of its own can be stopped at a line (`option isolation thread`): that volume waits, and
 * everybody else goes on.
 */

import type { Frame } from './frame.ts';

/** How a module goes on that is stopped: to its next line, past what this one calls, out of it. */
export type StepKind = 'continue' | 'into' | 'over' | 'out';

/** Lines by the path of their file, as the interpreter knows it. */
export type Lines = Readonly<Record<string, readonly number[]>>;

/** Frames count from the innermost, 0; parts are the number that a variable was shown with. */
export type LineCommand =
  /**
   * From now on it stops at these lines, and at no others; each at the next that runs something. Null
   * where nobody debugs any more: it goes on.
   */
  | { readonly do: 'watch'; readonly lines: Lines | null }
  | { readonly do: 'go'; readonly way: StepKind }
  /** What follows needs a stopped module. */
  | { readonly do: 'locals'; readonly frame: number }
  | { readonly do: 'parts'; readonly of: number }
  | { readonly do: 'evaluate'; readonly frame: number; readonly text: string }
  | { readonly do: 'set'; readonly frame: number; readonly name: string; readonly text: string };

export interface LineVariable {
  readonly name: string;
  /** Of bounded length. */
  readonly value: string;
  readonly type: string;
  /** 0 where there are none. */
  readonly parts: number;
}

export interface LineReply {
  /** Of `watch`: where each stops; null where nothing runs, or the file is not loaded. */
  readonly lines?: Readonly<Record<string, readonly (number | null)[]>>;
  /** Of `locals`, `parts`; of `evaluate` and `set` one. */
  readonly variables?: readonly LineVariable[];
}

export interface LineFrame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

export interface LineStop {
  readonly reason: 'breakpoint' | 'step';
  /** The module's own, innermost first; one at least. */
  readonly frames: readonly LineFrame[];
}

/** Where a module has stopped, and the request that it is for; null where it is for none. */
export interface StoppedAt extends LineStop {
  readonly request: StoppedRequest | null;
}

export interface StoppedRequest {
  /** The volume's own. */
  readonly frame: Frame;
  readonly args: readonly unknown[];
}

/** A volume whose module can be stopped at lines. */
export interface LineStops {
  /** Told when it stops, and with null when it goes on, or is lost. */
  listener: ((stop: StoppedAt | null) => void) | null;
  readonly stop: StoppedAt | null;
  /** @throws {LineError} what the module, or whoever asks, did wrong */
  ask(command: LineCommand): Promise<LineReply>;
  /** Nobody debugs any more: it goes on. */
  end(): void;
}

/** The source behind a volume. */
export interface Script {
  readonly language: string;
  /** Of the module's file, absolute. */
  readonly path: string;
  /** What its author has written, by its name there (`lookup_cbk`, `lookupCbk`). */
  readonly methods: readonly ScriptMethod[];
  /** Null where it cannot be stopped at its lines, for the reason `why`. */
  readonly lines: LineStops | null;
  /** Its language stops at methods, and never at lines. */
  readonly methodsOnly: boolean;
  readonly why: string;
}

export interface ScriptMethod {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

/** What a debugger has asked for cannot be. */
export class LineError extends Error {
  readonly code = 'GLOSSA_LINES';
}

const GO: LineCommand = { do: 'go', way: 'continue' };
/** The host sends this to a stopped module when no debugger is attached. */
export const CONTINUE = JSON.stringify({ id: 0, ...GO });

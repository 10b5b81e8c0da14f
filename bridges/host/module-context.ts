/**
 * A graph's context with what its modules need besides: front ends and tests that have one of these
 * put it there. Other translators do not know of them.
 */
import type { Context } from '../../runtime/core/context.ts';

export interface ModuleContext extends Context {
  /** Present when the graph runs in the foreground of a terminal. */
  readonly terminal?: DebuggerTerminal | undefined;
  /** Present where a module may be stopped at its lines: in a thread of its own. */
  readonly lineDebugger?: LineDebugger | undefined;
  /** The clock is a test's: scripts are to see its time, and no other. */
  readonly virtualTime?: boolean;
}

/** The terminal of the person who debugs a module. Both calls block. */
export interface DebuggerTerminal {
  /** A line without its end; undefined at the end of input (Ctrl-D). */
  readLine(prompt: string): string | undefined;
  write(text: string): void;
}

/** The way from an interpreter to a debugger elsewhere; what it says is in runtime/core/lines.ts. */
export interface LineDebugger {
  /** The first breakpoints, as the JSON of a command; undefined for none. */
  readonly watched: string | undefined;
  /** Takes a message of the interpreter, as JSON: a stop, or the answer to a command. */
  told(json: string): void;
  /** Blocks until there is a command, which is JSON. Without a debugger it is one to go on. */
  wait(): string;
}

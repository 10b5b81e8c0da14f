/** The record of a language whose modules features/glupy runs in an interpreter. */

import type { Context } from '../../runtime/core/context.ts';
import type { LogSource } from '../../runtime/core/log.ts';
import type { Guest } from './guest.ts';
import type { GuestHost } from './guest-host.ts';
import type { Grants } from './limits/grants.ts';
import type { Machine } from './machine.ts';

/** A module that was found, and where its own imports are looked for. */
export interface FoundModule {
  /** The name in the volfile, without extension. */
  readonly name: string;
  readonly path: string;
  readonly source: string;
  /** Folders for its imports, nearest first. */
  readonly folders: readonly string[];
}

export interface GuestSettings {
  readonly machine: Machine;
  readonly volume: string;
  /** Seconds a call may run; 0 for no limit. */
  readonly timeLimit: number;
  /** Bytes of memory. */
  readonly memoryLimit: number;
  /** What the script may do outside of its interpreter. */
  readonly grants: Grants;
  /** Absolute paths of wheel files and folders that it may import from. */
  readonly packages: readonly string[];
  /** Present when the mount runs in the foreground of a terminal. */
  readonly terminal?: DebuggerTerminal | undefined;
  /** Present where the module may be stopped at its lines. */
  readonly lines?: LineDebugger | undefined;
  /** The time of day, and monotonic clocks, are the host's `now` to the script: a test's. */
  readonly virtualTime?: boolean;
  /** Something to tell the volume's log about starting. */
  notice(text: string): void;
  /** The same, for whoever is responsible for the machine. */
  warn(text: string): void;
  /** A file or folder that is about to be run: told before. @throws when it is not to be */
  checkForeign(path: string): void;
  log(level: number, source: LogSource, text: string): void;
}

/** Starts an interpreter and loads the module. Throws an Error whose message is for its author. */
export type StartGuest = (
  module: FoundModule,
  host: GuestHost,
  settings: GuestSettings,
) => Promise<Guest>;

/** A language's spelling of names and definitions, for remarks on modules (advice/module-remarks.ts). */
export interface Writing {
  /** Endings of callbacks and of what is told that a caller gave up. */
  readonly cbk: string;
  readonly cancel: string;
  /** A name of GlusterFS's, as the language writes it. */
  word(name: string): string;
  /** Comments and texts. */
  readonly notCode: RegExp;
  /** What stands before the name of a method where it is defined. */
  readonly definition: RegExp;
  /** Whether a bare name can mean a method, as inside of Python's class statement. */
  readonly bare: boolean;
  /** Definitions of functions like a fop's or a hook's, from the start of a line, with their `name`. */
  readonly functions: readonly RegExp[];
  /** The lines among those that stand for a function, and no member of some object. */
  readonly stands: RegExp;
  /** The line on which the translator's class begins. */
  readonly begin: RegExp;
  /** What the host reads of the class. */
  readonly read: readonly string[];
  /** What a class says of fops that it leaves out: they pass; they are refused. */
  readonly passesThrough: readonly [passes: string, refuses: string];
}

/** A language of modules. Those that there are: `bridges/languages.ts`. */
export interface HostedLanguage {
  readonly name: string;
  readonly extensions: readonly string[];
  /** The files that make a folder a module. */
  readonly packageFiles: readonly string[];
  /** Environment variable with more folders to search. */
  readonly pathVariable: string;
  /** What the first lines of a file may say about its letters, with their name as a group. */
  readonly coding?: RegExp;
  readonly writing: Writing;
  /** Before a line of `glossa repl`, and before the next one of the same statement. */
  readonly prompts?: readonly [first: string, more: string];
  load(): Promise<StartGuest>;
}

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

/** The way from an interpreter to a debugger elsewhere; what it says is in runtime/core/line-stops.ts. */
export interface LineDebugger {
  /** The first breakpoints, as the JSON of a command; undefined for none. */
  readonly watched: string | undefined;
  /** Takes a message of the interpreter, as JSON: a stop, or the answer to a command. */
  told(json: string): void;
  /** Blocks until there is a command, which is JSON. Without a debugger it is one to go on. */
  wait(): string;
}

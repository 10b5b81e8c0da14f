/**
 * Declares what features/glupy needs of a language: its names, its syntax, and how it starts.
 * bridges/python and bridges/javascript implement it.
 */

import type { Context } from '../../runtime/core/context.ts';
import type { LogSource } from '../../runtime/core/log.ts';
import type { Guest, ModuleDescription } from './guest.ts';
import type { GuestHost } from './guest-host.ts';
import type { Grants } from './limits/grants.ts';
import type { Machine } from './machine.ts';

/** A found module, and the folders that its imports are searched in. */
export interface ModuleFile {
  /** Its name in the volfile, without extension. */
  readonly name: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Its text; '' for a binary file. */
  readonly source: string;
  /** Folders for its imports, nearest first. */
  readonly folders: readonly string[];
}

/** Settings of an interpreter; `host/index.ts` makes them from a volume's options. */
export interface GuestSettings {
  readonly machine: Machine;
  readonly volume: string;
  /** Seconds that a call may take; 0 for no limit. */
  readonly timeLimitS: number;
  /** Bytes of memory. */
  readonly memoryLimitBytes: number;
  /** The module's permissions outside of its interpreter. */
  readonly grants: Grants;
  /** Absolute paths of wheel files (Python packages) and folders to import from. */
  readonly packages: readonly string[];
  /** Present when the mount runs in the foreground of a terminal. */
  readonly terminal?: DebuggerTerminal | undefined;
  /** Present if the module can stop at its lines. */
  readonly lines?: LineDebugger | undefined;
  /** True in tests: the module's clocks show the host's `now`. */
  readonly virtualTime?: boolean;
  /** Logs a notice about the start for the volume. */
  logNotice(text: string): void;
  /** Logs a warning for the machine's administrator. */
  logWarning(text: string): void;
  /** Warns of a file or folder with code that other users can change. @throws under --strict */
  warnForeignWritable(path: string): void;
  /** Logs a line of the module, within `option log-limit`. */
  log(level: number, source: LogSource, text: string): void;
}

/** Starts an interpreter and loads the module. Throws an Error with a message for its author. */
export type StartGuest = (
  module: ModuleFile,
  host: GuestHost,
  settings: GuestSettings,
) => Promise<Guest>;

/**
 * Reads a module's description without running it; undefined if it must run. @throws {InitError}
 */
export type DescribeModule = (
  module: ModuleFile,
  settings: Pick<GuestSettings, 'machine' | 'memoryLimitBytes'>,
) => Promise<ModuleDescription | undefined>;

/** A language's names and syntax, for remarks on modules (advice/module-remarks.ts). */
export interface LanguageSyntax {
  /** Suffixes of callbacks and of interrupt methods. */
  readonly cbkSuffix: string;
  readonly cancelSuffix: string;
  /** Converts a GlusterFS name to the language's style. */
  convertName(name: string): string;
  /** Matches comments and string literals. */
  readonly commentOrString: RegExp;
  /** Matches the text before a method's name where it is defined. */
  readonly definitionStart: RegExp;
  /** True if a bare name can mean a method, as in Python's class statement. */
  readonly hasBareNames: boolean;
  /** Match definitions of fop-like functions at the start of a line, with group `name`. */
  readonly functionDefinitions: readonly RegExp[];
  /** Matches those lines that define a function and not a member of an object. */
  readonly functionLine: RegExp;
  /** Matches the first line of the translator's class. */
  readonly classLine: RegExp;
  /** Class attributes that the host reads. */
  readonly classAttributes: readonly string[];
  /** The two declarations of a class about fops that it does not define: they pass, or fail. */
  readonly passThroughDeclarations: readonly [passes: string, refuses: string];
}

/** A language of modules; `bridges/languages.ts` lists all languages. */
export interface HostedLanguage {
  readonly name: string;
  readonly extensions: readonly string[];
  /** Files that make a folder a module. */
  readonly packageFiles: readonly string[];
  /** Environment variable that lists more folders to search. */
  readonly pathVariable: string;
  /** Matches the declaration of a file's encoding in its first lines, with the name as a group. */
  readonly codingDeclaration?: RegExp;
  /** True if its files are not text. */
  readonly isBinary?: boolean;
  /** True if the watchdog interrupts its calls, and has to run from the first one on. */
  readonly isInterrupted?: boolean;
  readonly syntax: LanguageSyntax;
  /** Prompts of `glossa repl`: for a new statement, and for a continued one. */
  readonly prompts?: readonly [first: string, more: string];
  /** Loads the language's code on first use. */
  load(): Promise<StartGuest>;
  /** Absent for a language whose modules must run to be described. */
  readonly describe?: DescribeModule;
}

/** The context of a graph with modules. */
export interface ModuleContext extends Context {
  /** Present when the graph runs in the foreground of a terminal. */
  readonly terminal?: DebuggerTerminal | undefined;
  /** True in tests: modules see the test's clock only. */
  readonly virtualTime?: boolean;
}

/** The terminal of a debugging user. Both calls block. */
export interface DebuggerTerminal {
  /** Reads a line without its newline; undefined at the end of input (Ctrl-D). */
  readLine(prompt: string): string | undefined;
  write(text: string): void;
}

/**
 * Connects an interpreter with a debugger in another thread (messages: runtime/core/line-stops.ts).
 */
export interface LineDebugger {
  /** The initial breakpoints, as a command in JSON; undefined without breakpoints. */
  readonly initialBreakpoints: string | undefined;
  /** Sends a message of the interpreter in JSON: a stop, or the result of a command. */
  send(json: string): void;
  /** Blocks until the next command, in JSON. If the debugger is gone, that is to continue. */
  waitForCommand(): string;
}

/** What a language promises whose modules features/glupy runs in an interpreter. */
import type { LogSource } from '../../runtime/core/log.ts';
import type { Guest } from './guest.ts';
import type { GuestHost } from './guest-host.ts';
import type { Grants } from './limits/grants.ts';
import type { Machine } from './machine.ts';
import type { DebuggerTerminal, LineDebugger } from './module-context.ts';

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
  /** What it runs on. */
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

/** A language of modules. Those that there are: `bridges/languages.ts`. */
export interface HostedLanguage {
  /** As `option language` has it. */
  readonly name: string;
  /** What its files end in. */
  readonly extensions: readonly string[];
  /** The files that make a folder a module. */
  readonly packageFiles: readonly string[];
  /** Environment variable with more folders to search. */
  readonly pathVariable: string;
  load(): Promise<StartGuest>;
}

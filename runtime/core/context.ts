/** Declares a graph's access to its environment: clock, timers, random bytes, the log's sink. */
import type { Gfid } from './gfid.ts';
import { asVersion4, gfidFromBytes } from './gfid.ts';
import { GFID_SIZE } from './limits.ts';
import type { LogSink } from './log.ts';
import type { PumpSources } from './pump-source.ts';

export interface Context {
  readonly sink: LogSink;
  /** Monotonic milliseconds. */
  now(): number;
  /** Calls `fn` once after at least `ms` milliseconds; the result cancels it. */
  after(ms: number, fn: () => void): () => void;
  /**
   * As `after`, exact to some ten microseconds, at the cost of a few system calls. Where the system has no
   * such timer, the method is absent or returns undefined.
   */
  exactly?(ms: number, fn: () => void): (() => void) | undefined;
  /**
   * Calls `fn` after all callbacks that wait for the event loop; the result cancels it. Absent where a
   * test advances the clock, because an endless series of such calls would leave the test no turn to do so.
   */
  soon?(fn: () => void): () => void;
  /** Bytes of memory still available. Absent where the system does not report it. */
  availableMemory?(): number;
  /** Bytes of memory of the machine. Absent where the system does not report it. */
  readonly totalMemory?: number;
  /** Fills `out` with unpredictable bytes. Each call asks for few: generate them in advance if calls are costly. */
  random(out: Uint8Array): void;
  /** The directory that relative paths in the volfile start from. */
  readonly baseDir: string;
  /** Requests a turn of the event loop soon, for work outside of any request. */
  wake(): void;
  /** The pump's descriptors. Absent in a thread and in a browser, where only the event loop serves them. */
  readonly sources?: PumpSources | undefined;
  /** Whether unknown options and names are errors, not warnings. */
  readonly strict?: boolean | undefined;
  /** Reports a suspicious setting to the command that starts the graph, besides the log. */
  warn?(text: string): void;
  /** The server's run directory. Absent in a browser, and where no server runs. */
  readonly runFiles?: RunFiles | undefined;
  /** The process that serves the graph. Absent without a server. */
  readonly server?: ServerFacts | undefined;
}

/** Facts about a server process. */
export interface ServerFacts {
  readonly version: string;
  /** The arguments, joined by blanks. */
  readonly cmdline: string;
  /** Unique to the process. */
  readonly uuid: string;
  /** Path of the log; undefined where the log is no file. */
  readonly logFile: string | undefined;
  /** The directory of a volume that bricks are asked to serve; undefined for the whole volume. */
  readonly subdirMount?: string | undefined;
}

/** A directory for files that a server publishes, such as statistics. */
export interface RunFiles {
  /** Uid of the server's user. */
  readonly owner: number;
  /**
   * Writes a file, replacing an existing one.
   * @param name without a `/`, neither `.` nor `..` @returns the file's path @throws {Error} with the reason
   */
  write(name: string, text: string): string;
}

/** Scratch space for the bytes of a new gfid. */
const bytes = new Uint8Array(GFID_SIZE);

/** A fresh gfid (uuid version 4). */
export function newGfid(context: Context): Gfid {
  context.random(bytes);
  return gfidFromBytes(asVersion4(bytes));
}

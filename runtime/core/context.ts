/**
 * Declares the environment of a graph: clock, timers, random bytes, the log's sink. Servers, tests and the playground
 * implement it.
 */
import type { Gfid } from './gfid.ts';
import { gfidFromBytes, setVersion4 } from './gfid.ts';
import { GFID_SIZE } from './limits.ts';
import type { LogSink } from './log.ts';
import type { SourceRegistry } from './pump-source.ts';
import type { ReachRow } from './reach.ts';

/** The environment of a graph. */
export interface Context {
  readonly sink: LogSink;
  /** Returns monotonic milliseconds. */
  now(): number;
  /** Calls `fn` once after at least `ms` milliseconds; the result cancels it. */
  after(ms: number, fn: () => void): () => void;
  /**
   * Does the same as `after`, exact to some ten microseconds, at the cost of a few system calls. Absent, or returns
   * undefined, where the system has no such timer.
   */
  exactly?(ms: number, fn: () => void): (() => void) | undefined;
  /**
   * Calls `fn` after all callbacks that wait for the event loop; the result cancels it. Absent where a
   * test advances the clock, because an endless series of such calls would leave the test no turn to do so.
   */
  soon?(fn: () => void): () => void;
  /** Returns the bytes of memory still available. Absent where the system does not report it. */
  availableMemory?(): number;
  /** The bytes of the machine's memory. Absent where the system does not report it. */
  readonly totalMemory?: number;
  /** Fills `out` with unpredictable bytes, usually 16. Generate them in advance where each call is costly. */
  random(out: Uint8Array): void;
  /** The directory that relative paths in the volfile start from. */
  readonly baseDir: string;
  /** Makes the pump give the event loop a turn before it sleeps next, for work outside of any request. */
  wake(): void;
  /** The pump, to which volumes add their sockets. Absent in worker threads and in a browser. */
  readonly sourcePump?: SourceRegistry | undefined;
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
  /** A text that is unique to the process. */
  readonly uuid: string;
  /** Path of the log; undefined where the log is no file. */
  readonly logFile: string | undefined;
  /** The directory of a volume that bricks are asked to serve; undefined for the whole volume. */
  readonly subdirMount?: string | undefined;
  /** The files and addresses that the server and its volumes reach, by the volfile of its start. */
  readonly reach: readonly ReachRow[];
}

/** A directory for files that a server publishes, such as statistics. */
export interface RunFiles {
  /** Uid of the server's user. */
  readonly ownerUid: number;
  /**
   * Writes a file, replacing an existing one.
   * @param name without a `/`, neither `.` nor `..` @returns the file's path @throws {Error} with the reason
   */
  write(name: string, text: string): string;
}

/** Scratch space for the bytes of a new gfid. */
const gfidBytes = new Uint8Array(GFID_SIZE);

/** Makes a fresh gfid (UUID version 4). */
export function newGfid(context: Context): Gfid {
  context.random(gfidBytes);
  return gfidFromBytes(setVersion4(gfidBytes));
}

/** A graph's view of the world outside: clock, timers, randomness, a place for log lines. */
import type { Gfid } from './gfid.ts';
import { asVersion4, gfidFromBytes } from './gfid.ts';
import { GFID_SIZE } from './limits.ts';
import type { LogSink } from './log.ts';
import type { Sources } from './source.ts';

export interface Context {
  readonly sink: LogSink;
  /** Monotonic milliseconds. */
  now(): number;
  /** Calls `fn` once after at least `ms` milliseconds; the result cancels it. */
  after(ms: number, fn: () => void): () => void;
  /**
   * The same to within some ten microseconds, for times that are no whole milliseconds; it costs a
   * few system calls more. Absent, or undefined, where there is nothing better than `after`.
   */
  exactly?(ms: number, fn: () => void): (() => void) | undefined;
  /**
   * Calls `fn` when everything else that waits for the event loop has had its turn; the result
   * cancels it. Absent where a test moves the clock: an endless loop of turns would never let it.
   */
  soon?(fn: () => void): () => void;
  /** Bytes of memory that there would still be. Absent where nobody knows. */
  availableMemory?(): number;
  /** Bytes of memory that the machine has. Absent where nobody knows. */
  readonly totalMemory?: number;
  /** Fills `out` with unpredictable bytes. It is called for few at a time: keep some ready. */
  random(out: Uint8Array): void;
  /** The folder that relative paths in the volfile start from. */
  readonly baseDir: string;
  /** Asks for a turn of the event loop soon: something outside of any request needs one. */
  wake(): void;
  /** Absent where nothing serves descriptors but the event loop: in a thread, and in a browser. */
  readonly sources?: Sources | undefined;
  /** Options and names that nobody knows are errors, not warnings. */
  readonly strict?: boolean | undefined;
  /** Tells whoever starts the graph, beside the log, of something that looks like a mistake. */
  warn?(text: string): void;
  /** The server's own folder. Absent where there is no such thing, in a browser for one. */
  readonly runFiles?: RunFiles | undefined;
  /** The process that serves the graph. Absent where none does. */
  readonly server?: ServerFacts | undefined;
}

/** What a server tells of itself. */
export interface ServerFacts {
  readonly version: string;
  /** Its arguments, with blanks between. */
  readonly cmdline: string;
  /** No other process has or had it. */
  readonly uuid: string;
  /** The path of its log; undefined where that is no file. */
  readonly logFile: string | undefined;
  /** The folder of their volumes that bricks are asked for; undefined for all of each. */
  readonly subdirMount?: string | undefined;
}

/** A folder for what a server tells of itself: statistics, for who looks for them there. */
export interface RunFiles {
  /** The user whose server it is. */
  readonly owner: number;
  /**
   * Writes a file, in place of one that is there.
   * @param name without a `/`, and neither `.` nor `..` @returns its path @throws {Error} why not
   */
  write(name: string, text: string): string;
}

/** The bytes of the gfid that is made at the moment. */
const bytes = new Uint8Array(GFID_SIZE);

/** A fresh gfid (uuid version 4). */
export function newGfid(context: Context): Gfid {
  context.random(bytes);
  return gfidFromBytes(asVersion4(bytes));
}

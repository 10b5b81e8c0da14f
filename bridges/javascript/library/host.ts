/**
 * Imports the host functions into this interpreter. The engine passes them under a global name,
 * which this file deletes before any module runs. It also holds state that the library's files
 * share, and built-ins as they were before a module could replace them.
 */

/**
 * The host functions. Those without a comment here are documented in `GuestHost`
 * (bridges/host/guest-host.ts), under the same names.
 */
export interface Host {
  /** Sends a message about request `id`. */
  push(id: number, message: string): void;
  /** Takes over bytes for the next message; returns their number in it. */
  put(buffer: ArrayBufferLike, offset: number, length: number): number;
  /** Returns the value at an origin (origin.ts) as JSON; undefined if its request has ended. */
  fetch(origin: number): string | undefined;
  /**
   * Fills the buffer with the bytes at an origin. Returns their number, or -1 if the request has
   * ended.
   */
  data(origin: number, into: ArrayBufferLike): number;
  /** Sends an invalidation (invalidate.ts); throws for an invalid one. */
  invalidate(message: string): void;
  /** Declares the volume up (1) or down (0). */
  up(isUp: number): void;
  /** 1 if the child is up, otherwise 0. */
  child_up(child: number): number;
  // These return the fields of an object as JSON (of a client, its uid), or undefined if the host
  // has dropped the object.
  inode(id: number): string | undefined;
  fd(id: number): string | undefined;
  root(id: number): string | undefined;
  client(id: number): string | undefined;
  /** 1 as long as the request has not ended, otherwise 0. */
  alive(id: number): number;
  /** Subscribes to the notices `forget` (of an inode) and `release` (of an fd); 0 if it is gone. */
  track(inode: number): number;
  track_fd(fd: number): number;
  /** Closes an fd that the module has opened; 0 for any other fd. */
  close_fd(fd: number): number;
  /** Fails a request to which the module can no longer reply. */
  lost(id: number): void;
  /** Monotonic microseconds. */
  now(): number;
  /** Requests the notice `tick` (timers.ts) in `ms` milliseconds. */
  after(ms: number): void;
  /** 1 if the volume writes lines of this level, otherwise 0. */
  logs(level: number): number;
  log(level: number, file: string, line: number, func: string, text: string): void;
  /** Logs a refusal as a warning, once for each text. */
  log_refusal(file: string, line: number, func: string, text: string): void;
  /** Logs an invalid message, unless the module's own error reports it. */
  note_mistake(file: string, line: number, func: string, why: string): void;
}

const globals = globalThis as { __host?: Host };

export const host = globals.__host as Host;
delete globals.__host;

/** The original functions, taken before a module can replace them. */
export const { parse, stringify } = JSON;
/**
 * The Function constructor: entry.ts compiles with it; globals.ts removes it from the globals.
 */
export const OriginalFunction = Function;

/** The state of the code that runs now. */
export const execution: {
  /** The frame whose async method runs; null outside of one. */
  asyncFrame: RunningFrame | null;
  /**
   * The frame for which the host's current call was made: its decision can be the call's result.
   */
  hostCallFrame: RunningFrame | null;
  /** The latest reply, to recognise it when a method returns it. */
  latestReply: unknown;
} = { asyncFrame: null, hostCallFrame: null, latestReply: null };

/** The part of a frame that `execution` needs. */
export interface RunningFrame {
  readonly id: number;
  readonly answered: boolean;
}

/** An async method's decision, which the host reads when all jobs have run. */
export const asyncDecision = new Int32Array(1);

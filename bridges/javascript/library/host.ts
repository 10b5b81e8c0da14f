/**
 * Imports the host functions into this interpreter; bridges/host/guest-host.ts documents them. The
 * engine passes them under a global name, which this file deletes before any module runs.
 */
export interface Host {
  push(id: number, message: string): void;
  put(buffer: ArrayBufferLike, offset: number, length: number): number;
  /** The value at an origin (origin.ts). */
  fetch(at: number): string | undefined;
  /** Fills the buffer; returns the number of bytes, or -1 if the request has ended. */
  data(at: number, into: ArrayBufferLike): number;
  invalidate(message: string): void;
  up(isUp: number): void;
  /** 1 if the child is up, otherwise 0. */
  child_up(child: number): number;
  inode(id: number): string | undefined;
  fd(id: number): string | undefined;
  root(id: number): string | undefined;
  client(id: number): string | undefined;
  /** 1 as long as the request has not ended, otherwise 0. */
  alive(id: number): number;
  track(inode: number): number;
  track_fd(fd: number): number;
  close_fd(fd: number): number;
  lost(id: number): void;
  /** Microseconds. */
  now(): number;
  /** Requests a tick (loop.ts). */
  after(ms: number): void;
  /** 1 if the volume writes lines of this level, otherwise 0. */
  logs(level: number): number;
  log(level: number, file: string, line: number, func: string, text: string): void;
  refused(file: string, line: number, func: string, text: string): void;
  mistaken(file: string, line: number, func: string, why: string): void;
}

const space = globalThis as { __host?: Host };

export const host = space.__host as Host;
delete space.__host;

/** The original functions, taken before a module can replace them. */
export const { parse, stringify } = JSON;
/** The constructor of functions from texts, which entry.ts needs and web.ts takes from modules. */
export const Code = Function;

/** The interpreter's current state. */
export const now: {
  /** The frame whose async method runs. */
  current: RunningFrame | null;
  /** The frame of the host's current call: its decision can be the call's result. */
  running: RunningFrame | null;
  /** The latest reply, to recognise it when a method returns it. */
  reply: unknown;
} = { current: null, running: null, reply: null };

/** The part of a frame that this state needs. */
export interface RunningFrame {
  readonly id: number;
  readonly answered: boolean;
}

/** An async method's decision, which the host reads when all jobs have run. */
export const outcome = new Int32Array(1);

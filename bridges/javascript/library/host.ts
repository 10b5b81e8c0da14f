/**
 * The host's functions, as this interpreter has them; bridges/host/guest.ts says what each of them
 * does. The engine leaves them under a global name, which is gone before any module runs.
 */
export interface Host {
  push(id: number, message: string): void;
  put(buffer: ArrayBufferLike, offset: number, length: number): number;
  /** What is at an origin (origin.ts). */
  fetch(at: number): string | undefined;
  /** Fills the buffer; how many bytes there are, or -1 when they are gone. */
  data(at: number, into: ArrayBufferLike): number;
  invalidate(message: string): void;
  up(isUp: number): void;
  child_up(child: number): number;
  inode(id: number): string | undefined;
  fd(id: number): string | undefined;
  root(id: number): string | undefined;
  client(id: number): string | undefined;
  alive(id: number): number;
  track(inode: number): number;
  track_fd(fd: number): number;
  close_fd(fd: number): number;
  lost(id: number): void;
  now(): number;
  after(ms: number): void;
  logs(level: number): number;
  log(level: number, file: string, line: number, func: string, text: string): void;
  refused(file: string, line: number, func: string, text: string): void;
  mistaken(file: string, line: number, func: string, why: string): void;
}

const space = globalThis as { __host?: Host };

export const host = space.__host as Host;
delete space.__host;

/** As they were before a module could exchange them; the library relies on these. */
export const { parse, stringify } = JSON;
export const Code = Function;

/** The state of this interpreter: whom it works for right now. */
export const now: {
  /** The frame whose async method runs. */
  current: Running | null;
  /** The frame that the host has entered for: its decision can still be the call's result. */
  running: Running | null;
  /** The reply that has arrived last, to know it again when a method returns it. */
  reply: unknown;
} = { current: null, running: null, reply: null };

/** What is known of a frame here. */
export interface Running {
  readonly id: number;
  readonly answered: boolean;
}

/** Where an async method's decision is left, for the host to take when all jobs have run. */
export const outcome = new Int32Array(1);

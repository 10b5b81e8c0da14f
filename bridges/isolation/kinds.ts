/**
 * Kinds of messages between the two threads, and the data that a worker begins with. A call has the
 * number that the main thread gave it, a wind the worker's.
 */
import type { ScriptMethod } from '../../runtime/core/line-stops.ts';
import type { GivenOption } from '../../runtime/core/options.ts';
import type { Shared } from './channel.ts';

/** From the main thread to the worker. */
export const DOWN = {
  /** call, fop, root of the request with flags (ASKED), arguments */
  ASK: 1,
  /** wind, opRet, opErrno, reply */
  REPLY: 2,
  /** inode: forgotten */
  FORGET: 3,
  /** fd: released */
  RELEASE: 4,
  /** inode: one that was not linked is now */
  LINKED: 5,
  /** number of the worker's own inode, inode: they are the same */
  SAME_INODE: 6,
  /** call: the caller has given up */
  INTERRUPT: 7,
  /** event, child */
  EVENT: 8,
  /** timer */
  RING: 9,
  /** order, verb, JSON */
  ORDER: 10,
  /** client: it is gone */
  GONE: 11,
  /** what was asked by a QUERY */
  RESULT: 12,
  /** JSON: a debugger's command (core/line-stops.ts) */
  LINE: 13,
} as const;

/** From the worker to the main thread. */
export const UP = {
  /** wind, call or 0, child, fop, [root of the request], arguments */
  WIND: 1,
  /** call, opRet, opErrno, reply, numbers of inodes that it still knows */
  ANSWER: 2,
  /** the call that it is about or 0, a line */
  LOG: 3,
  /** event */
  EVENT: 4,
  /** what is out of date */
  UPCALL: 5,
  /** timer, milliseconds */
  TIMER: 6,
  CANCEL: 7,
  /** order, whether it was done, JSON */
  DONE: 8,
  /** number of the worker's own fd, or inode: it is gone */
  RELEASE: 9,
  DROP: 10,
  /** JSON: which fops the module has now */
  FOPS: 11,
  /** what, and of what: a RESULT is waited for */
  QUERY: 12,
  /** what looks like a mistake, for whoever starts the graph */
  WARN: 13,
  /** inode, parent, name, gfid, type: what the module has found by itself */
  LINK: 14,
  /** parent, name */
  UNLINK: 15,
  /** parent, name, parent, name */
  RENAME: 16,
  /** call, JSON: notes for an observer */
  NOTE: 17,
  /** JSON for a debugger (core/line-stops.ts), call or 0 */
  LINE: 18,
} as const;

/** Flags of a request: its caller has given up, the volume is observed, the observer follows it. */
export const ASKED = { INTERRUPTED: 1, OBSERVED: 2, FOLLOWED: 4 } as const;

/** What a QUERY asks for. */
export const QUERY = { PATH: 0, GROUPS: 1, GREP: 2, FIND: 3 } as const;

/** How an inode or a file is meant. */
export const NONE = 0;
/** By the main thread's number; the other side has it. */
export const KNOWN = 1;
/** The same, and what it is. */
export const NEW = 2;
/** By the worker's number: it has made it. */
export const OWN = 3;

/** The order that every worker begins with. */
export const START = 0;

/** What an order asks for, with what JSON. */
export type Verb =
  | 'reload'
  | 'reconfigure'
  | 'dump'
  | 'dump_state'
  | 'load_state'
  | 'evaluate'
  | 'fini';

/** Everything that a worker is told at its start. */
export interface WorkerData {
  readonly shared: Shared;
  readonly name: string;
  readonly options: readonly GivenOption[];
  readonly where: string | undefined;
  /** Names and types of the subvolumes. */
  readonly children: readonly (readonly [name: string, type: string])[];
  readonly baseDir: string;
  readonly strict: boolean;
  readonly virtualTime: boolean;
  /** The clock is moved by hand: time is what the main thread says. */
  readonly clockStands: boolean;
  /** What `performance.timeOrigin` is over there. */
  readonly timeOrigin: number;
  readonly graphId: number;
  /** Reads the module without starting it. */
  readonly checks: boolean;
  /** Lines to stop at: see `LineDebugger`. */
  readonly watched: string | undefined;
}

export interface Started {
  readonly fops: readonly string[];
  readonly passesThrough: boolean;
  readonly observes: boolean;
  readonly language: string;
  readonly path: string;
  readonly stopsAtLines: boolean;
  readonly methods: readonly ScriptMethod[];
}

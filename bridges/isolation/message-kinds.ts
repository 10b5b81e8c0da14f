/**
 * Declares the kinds of messages between the main thread and the worker of an isolated volume, each
 * with its contents, and the worker's start data. The main thread numbers calls, the worker winds.
 */
import type { ModuleMethod } from '../../runtime/core/line-stops.ts';
import type { VolfileOption } from '../../runtime/core/options.ts';
import type { SharedMemory } from './channel.ts';

/** Kinds of messages from the main thread to the worker; each comment lists the contents. */
export const TO_WORKER = {
  /** call, fop, root of the request with flags (REQUEST_FLAGS), arguments */
  REQUEST: 1,
  /** wind, opRet, opErrno, reply */
  REPLY: 2,
  /** inode: it is forgotten */
  FORGET: 3,
  /** fd: it is released */
  RELEASE: 4,
  /** inode: now linked */
  LINKED: 5,
  /** number of the worker's own inode, inode: now the same inode */
  SAME_INODE: 6,
  /** call: its caller is interrupted */
  INTERRUPT: 7,
  /** event, child */
  EVENT: 8,
  /** timer */
  TIMER_DUE: 9,
  /** order, verb, JSON */
  ORDER: 10,
  /** client: it is gone */
  CLIENT_GONE: 11,
  /** the result of a QUERY */
  QUERY_RESULT: 12,
  /** JSON: a debugger's command (core/line-stops.ts) */
  LINE_COMMAND: 13,
} as const;

/** Kinds of messages from the worker to the main thread; each comment lists the contents. */
export const TO_MAIN = {
  /** wind, call or 0, child, fop, [root of the request], arguments */
  WIND: 1,
  /** call, opRet, opErrno, reply, numbers of inodes that the worker keeps */
  REPLY: 2,
  /** call or 0, a line */
  LOG: 3,
  /** event */
  EVENT: 4,
  /** an invalidation */
  UPCALL: 5,
  /** timer, milliseconds */
  SET_TIMER: 6,
  /** timer */
  CANCEL_TIMER: 7,
  /** order, success, JSON */
  ORDER_DONE: 8,
  /** the worker's number of an fd that it made: it is released */
  RELEASE_OWN_FD: 9,
  /** the worker's number of an inode that it made: it is collected */
  DROP_OWN_INODE: 10,
  /** JSON: the module's current fops */
  FOPS: 11,
  /** its kind (QUERY), its subject: the worker waits for a QUERY_RESULT */
  QUERY: 12,
  /** a likely mistake, for the command that starts the graph */
  WARN: 13,
  /** inode, parent, name, gfid, type: a name that the module has looked up itself */
  LINK: 14,
  /** parent, name */
  UNLINK: 15,
  /** parent, name, parent, name */
  RENAME: 16,
  /** call, JSON: notes for an observer */
  NOTE: 17,
  /** JSON for a debugger (core/line-stops.ts), call or 0 */
  LINE_MESSAGE: 18,
  /** call, errno, file, line, function: the position at which the module fails the call with the next REPLY */
  FAILURE: 19,
} as const;

/**
 * Flags of a request. INTERRUPTED: its caller is interrupted; OBSERVED: the volume has an observer;
 * FOLLOWED: the observer wants notes of this request.
 */
export const REQUEST_FLAGS = { INTERRUPTED: 1, OBSERVED: 2, FOLLOWED: 4 } as const;

/** Kinds of a QUERY: an inode's path, a request's groups, an inode by name, an inode by gfid. */
export const QUERY = { PATH: 0, GROUPS: 1, GREP: 2, FIND: 3 } as const;

// Kinds of references to an inode or fd.
/** There is no inode. */
export const NO_OBJECT = 0;
/** The main thread's number follows; the receiver has the object already. */
export const KNOWN_OBJECT = 1;
/** The main thread's number and the object's attributes follow. */
export const NEW_OBJECT = 2;
/** The worker's number follows, as the worker made the object. */
export const OWN_OBJECT = 3;

/** The number of a worker's first order: its start. */
export const START_ORDER = 0;

/** Verbs of orders; `orderHandlers` (worker/index.ts) has the JSON argument of each. */
export type OrderVerb =
  | 'reload'
  | 'reconfigure'
  | 'dump'
  | 'dump_state'
  | 'load_state'
  | 'evaluate'
  | 'fini';

/** The data that a worker starts with. */
export interface WorkerData {
  readonly shared: SharedMemory;
  /** The volume's name. */
  readonly name: string;
  readonly options: readonly VolfileOption[];
  /** The volume's file and line in the volfile. */
  readonly position: string | undefined;
  /** Names and types of the subvolumes. */
  readonly children: readonly (readonly [name: string, type: string])[];
  readonly baseDir: string;
  readonly strict: boolean;
  /** True in tests: the module's clocks show the host's `now`. */
  readonly virtualTime: boolean;
  /** True in tests: the main thread's clock is moved by hand. */
  readonly isClockManual: boolean;
  /** The main thread's `performance.timeOrigin`. */
  readonly timeOrigin: number;
  readonly graphId: number;
  /** True to read the module without starting it. */
  readonly checksOnly: boolean;
  /** Breakpoints (`LineDebugger`). */
  readonly initialBreakpoints: string | undefined;
}

/** The parts of a module's description that the main thread needs. */
export interface ModuleSummary {
  readonly fops: readonly string[];
  readonly passesThrough: boolean;
  readonly observes: boolean;
  readonly language: string;
  readonly path: string;
  readonly stopsAtLines: boolean;
  readonly methods: readonly ModuleMethod[];
}

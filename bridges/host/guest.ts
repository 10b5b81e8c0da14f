/**
 * What the host translator and an interpreter promise each other, whatever the language.
 *
 * Objects never cross. A request, an inode and an fd are numbers to a guest; what is costly (an
 * iatt's fields, a dict's pairs, the bytes of a read) is announced by a 1 and fetched when the
 * script looks at it. The way back is a small integer for the common decisions, and JSON messages
 * (`decision.ts`) for the rest. A guest's messages are untrusted: the host checks each.
 */
import type { Dict } from '../../runtime/core/dict.ts';
import type { LogSource } from '../../runtime/core/log.ts';
import type { Options } from '../../runtime/core/options.ts';
import type { GuestMessage } from './decision.ts';
import type { HostedRequest } from './hosted-request.ts';

/** What an entry point says by its result; below 0, the request fails with that errno. */
export const NOTHING = 0;
/** Wind the arguments as they came to the first child; the guest sees the reply. */
export const WIND = 1;
/** The same, but the reply passes the guest by. */
export const TAIL = 2;
/** The script failed, and has logged why. */
export const FAILED = 3;
/** + n: answer with the reply of wind n as it came. */
export const SAME = 16;

/** How a module's class answers one fop. */
export interface FopDescription {
  /** `none`: only a callback, so the host winds by itself. */
  readonly kind: 'plain' | 'async' | 'none';
  /** Whether replies are wanted. */
  readonly cbk: boolean;
  /** Whether it wants to know when the caller gives up: `<fop>_cancel`, and every async fop. */
  readonly cancel: boolean;
  /** Whether it is just one of those that `any_fop` and `any_cbk` stand for. */
  readonly any?: boolean;
}

/** Hooks that are told something, with their arguments. */
export type HookName =
  | 'fini'
  /** The event's name. */
  | 'notify'
  /** A loc, as five scalars. */
  | 'entry_created'
  | 'entry_removed'
  /** All values of the module's options, as JSON. */
  | 'reconfigure'
  /** What `dump_state` of the code before has told, as JSON. */
  | 'load_state';

/** Hooks that tell something. */
export type TellName = 'statedump' | 'dump_state';

/** All of both, in the order of glossa.h. */
export const hooks = [
  'fini',
  'notify',
  'entry_created',
  'entry_removed',
  'reconfigure',
  'load_state',
  'statedump',
  'dump_state',
] as const satisfies readonly (HookName | TellName)[];

/** A method that the author has written; the parameters are those behind `self`, as far as known. */
export type DefinedMethod = readonly [
  name: string,
  file: string,
  line: number,
  params: readonly string[],
];

/** What a module defines, read before any of it runs for a request. */
export interface ModuleDescription {
  readonly fops: Readonly<Record<string, FopDescription>>;
  readonly hooks: readonly (HookName | TellName)[];
  readonly options: Options;
  /** The module says that it only looks on at data, or sees to all ways to it: data-guard.ts. */
  readonly observes?: boolean;
  /** What it says of fops that it does not define, where there are several subvolumes. */
  readonly passesThrough?: boolean | null | undefined;
  /** All methods of the author's classes, also those that override another of them. */
  readonly methods: readonly DefinedMethod[];
  /** [file, line, function, text]: what looks like a mistake to the guest. */
  readonly warnings: readonly (readonly [string, number, string, string])[];
}

/** A value that crosses as it is. `undefined` is the guest's None. */
export type Scalar = number | string | undefined;
/**
 * An entry point: arguments as flattened by `flatten.ts`, a code as result. It throws when the
 * engine itself gave up (memory, a limit) and the script could not say so.
 */
export type EnterGuest = (args: readonly Scalar[]) => number;

/** What came of a line at a prompt. */
export interface Evaluation {
  /** The statement goes on in the next line: nothing has run. */
  readonly incomplete: boolean;
  /** What is to be shown: the value, or what went wrong. */
  readonly output: string;
  /** Whether an exception ended it, where that is told. */
  readonly failed?: boolean;
}

/** One interpreter with one module: what the host asks of it. */
export interface Guest {
  readonly language: string;
  readonly description: ModuleDescription;
  /** The texts of the author's files that it has loaded. */
  readonly sources?: readonly string[];
  /** Takes values from the request itself (`GuestHost.request`): they need not be flattened. */
  readonly looksItself?: boolean;
  /** Why the interpreter can no longer be entered; undefined while it works. */
  readonly dead: string | undefined;
  /** Makes the module's translator, gives it its options and runs its `init`. Throws what it says. */
  create(volume: string, children: readonly (readonly [string, string])[], options: object): void;
  fop(name: string): EnterGuest;
  reply(name: string): EnterGuest;
  /** Calls a hook with plain values. What it raises is in the log. */
  hook(name: HookName, args: readonly Scalar[]): number;
  /** What a hook tells, as JSON; undefined when it failed, and its log says why. */
  tell(name: TellName): string | undefined;
  /** The timer asked for by `after` is due. */
  tick(): number;
  /** Request `id` was answered by the host; what the script does with it is void. */
  cancel(id: number): void;
  /** The caller of request `id` has given up. The request is owed its answer all the same. */
  interrupt(id: number): number;
  /** The inode or fd with this number is gone. */
  forget(inode: number): number;
  release(fd: number): number;
  /** Looks for requests that nothing can reach any more. */
  collect(): number;
  /**
   * Runs what was typed at a prompt, inside the module, where `self` is the translator. Resolves
   * when it has ended, also when it awaits something.
   */
  evaluate(source: string): Promise<Evaluation>;
  /** Bytes of memory the interpreter has. */
  readonly memory: number;
  close(): void;
}

/** What a guest asks of the host. Results undefined: the thing is gone. */
export interface GuestHost {
  /**
   * A message about request `id`; a negative number that is not known yet begins a request of the
   * translator's own. JSON, or what it would be parsed to. Carried out when the guest has returned.
   * @throws {MessageError}
   */
  push(id: number, message: GuestMessage): void;
  /** Takes bytes over, for use in the next message; their number there. */
  put(bytes: Uint8Array): number;
  /** Argument `index` of the fop (`wind` -1) or of the reply to wind number `wind`, as JSON. */
  fetch(id: number, wind: number, index: number): string | undefined;
  /** The same as `fetch` for a dict: itself, for an engine that makes its own of it. */
  dict(id: number, wind: number, index: number): Dict | undefined;
  /** The request itself, for a guest that is no interpreter: undefined when it has ended. */
  request(id: number): HostedRequest | undefined;
  /** The same as `fetch` for bytes. */
  data(id: number, wind: number, index: number): Uint8Array | undefined;
  /** [gfid, ia_type, path] as JSON. */
  inode(id: number): string | undefined;
  /** [inode, flags, pid, isDir] as JSON. */
  fd(id: number): string | undefined;
  /** [unique, uid, gid, pid, groups, lk_owner, op] as JSON. */
  root(id: number): string | undefined;
  /** 1 while request `id` goes on, else 0: what came with it has died then. */
  alive(id: number): number;
  /** From now on `forget` / `release` tells; 0 when the thing is gone. */
  track(inode: number): number;
  trackFd(fd: number): number;
  /** Closes an fd that was made for the guest; 0 when it is none. */
  closeFd(fd: number): number;
  /** Request `id` can no longer be answered by the script. */
  lost(id: number): void;
  /** Monotonic microseconds, of the clock that `after` goes by. */
  now(): number;
  /** Asks for a `tick` in so many milliseconds; another one asked for before is not needed. */
  after(ms: number): void;
  /** The volume's log level now. */
  readonly level: number;
  /**
   * Whoever caches above, and the kernel, must believe something no longer (`upcalls.ts`). Told when
   * the guest has returned. @throws {MessageError}
   */
  invalidate(message: GuestMessage): void;
  /** 1 when the volume writes log lines of this level. */
  logs(level: number): number;
  log(level: number, source: LogSource, text: string): void;
  /** The script was not given what it asked for: a warning, once for each text (refusals.ts). */
  refused(source: LogSource | undefined, text: string): void;
  /** The same of a message that could not be sent, unless the script's own failure tells of it. */
  mistaken(source: LogSource | undefined, why: string): void;
}

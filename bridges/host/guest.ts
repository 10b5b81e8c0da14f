/**
 * What the host translator and an interpreter promise each other, whatever the language.
 *
 * Objects never cross. A request, an inode and an fd are numbers to a guest; what is costly (an
 * iatt's fields, a dict's pairs, the bytes of a read) is announced by a 1 and fetched when the
 * script looks at it. The way back is a small integer for the common decisions, and JSON messages
 * (`decision.ts`) for the rest. A guest's messages are untrusted: the host checks each.
 */
import type { LogSource } from '../../runtime/core/log.ts';
import type { Options } from '../../runtime/core/options.ts';

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
}

export type HookName = 'fini' | 'notify' | 'entry_created' | 'entry_removed';

/** What a module defines, read before any of it runs for a request. */
export interface ModuleDescription {
  readonly fops: Readonly<Record<string, FopDescription>>;
  readonly hooks: readonly HookName[];
  readonly options: Options;
  /** [file, line, function, text]: what looks like a mistake. */
  readonly warnings: readonly (readonly [string, number, string, string])[];
}

/** A value that crosses as it is. `undefined` is the guest's None. */
export type Scalar = number | string | undefined;
/**
 * An entry point: arguments as flattened by `flatten.ts`, a code as result. It throws when the
 * engine itself gave up (memory, a limit) and the script could not say so.
 */
export type Entry = (args: readonly Scalar[]) => number;

/** One interpreter with one module: what the host asks of it. */
export interface Guest {
  readonly language: string;
  readonly description: ModuleDescription;
  /** Why the interpreter can no longer be entered; undefined while it works. */
  readonly dead: string | undefined;
  /** Makes the module's translator, gives it its options and runs its `init`. Throws what it says. */
  create(volume: string, children: readonly (readonly [string, string])[], options: object): void;
  fop(name: string): Entry;
  reply(name: string): Entry;
  /** Calls a hook with plain values. What it raises is in the log. */
  hook(name: HookName, args: readonly Scalar[]): number;
  /** The timer asked for by `after` is due. */
  tick(): number;
  /** Request `id` was answered by the host; what the script does with it is void. */
  cancel(id: number): void;
  /** The inode or fd with this number is gone. */
  forget(inode: number): number;
  release(fd: number): number;
  /** Looks for requests that nothing can reach any more. */
  collect(): number;
  /** Bytes of memory the interpreter has. */
  readonly memory: number;
  close(): void;
}

/** What a guest asks of the host. Results undefined: the thing is gone. */
export interface GuestHost {
  /**
   * A message about request `id`; a negative number that is not known yet begins a request of the
   * translator's own. Carried out when the guest has returned. @throws {MessageError}
   */
  push(id: number, message: string): void;
  /** Takes bytes over, for use in the next message; their number there. */
  put(bytes: Uint8Array): number;
  /** Argument `index` of the fop (`wind` -1) or of the reply to wind number `wind`, as JSON. */
  fetch(id: number, wind: number, index: number): string | undefined;
  /** The same for bytes. */
  data(id: number, wind: number, index: number): Uint8Array | undefined;
  /** [gfid, ia_type, path] as JSON. */
  inode(id: number): string | undefined;
  /** [inode, flags, pid, isDir] as JSON. */
  fd(id: number): string | undefined;
  /** [unique, uid, gid, pid, groups, lk_owner, op] as JSON. */
  root(id: number): string | undefined;
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
  /** 1 when the volume writes log lines of this level. */
  logs(level: number): number;
  log(level: number, source: LogSource, text: string): void;
}

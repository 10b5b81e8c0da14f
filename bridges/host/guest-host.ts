/** The host's half of the contract in `guest.ts`: the questions that an interpreter may ask. */
import type { Dict } from '../../runtime/core/dict.ts';
import type { Stack } from '../../runtime/core/frame.ts';
import type { LogSource } from '../../runtime/core/log.ts';
import type { GuestMessage } from './crossing/decision.ts';
import type { HostedRequest } from './requests/hosted-request.ts';

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
  /** [unique, uid, gid, pid, groups, lk_owner, op, client] as JSON; `client` as of `clientOf`. */
  root(id: number): string | undefined;
  /**
   * The number of the client that a request is made for; 0 for none, and for one that is gone. From
   * now on `forgetClient` tells of it.
   */
  clientOf(root: Stack): number;
  /** The uid of a client that the guest knows. */
  client(id: number): string | undefined;
  /** 1 while request `id` goes on, otherwise 0: what came with it has died then. */
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
   * Something that the kernel, and caches above, may have is out of date (`crossing/decision.ts`). They are
   * told when the guest has returned. @throws {MessageError}
   */
  invalidate(message: GuestMessage): void;
  /**
   * From now on the module says whether its volume is up: 1 or 0. Told when the guest has returned.
   */
  up(isUp: number): void;
  /** 1 when the child with this index can serve, as it has said last; otherwise 0. */
  childUp(child: number): number;
  /** 1 when the volume writes log lines of this level. */
  logs(level: number): number;
  log(level: number, source: LogSource, text: string): void;
  /** The script was not given what it asked for: a warning, once for each text (limits/limited-log.ts). */
  refused(source: LogSource | undefined, text: string): void;
  /** The same of a message that could not be sent, unless the script's own failure tells of it. */
  mistaken(source: LogSource | undefined, why: string): void;
}

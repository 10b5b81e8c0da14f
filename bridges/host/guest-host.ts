/**
 * Declares the functions that an interpreter may call: the host's half of the contract in
 * `guest.ts`. `crossing/host-api.ts` implements them.
 */
import type { Dict } from '../../runtime/core/dict.ts';
import type { Stack } from '../../runtime/core/frame.ts';
import type { LogSource } from '../../runtime/core/log.ts';
import type { Xlator } from '../../runtime/core/xlator.ts';
import type { GuestMessage } from './crossing/decision.ts';
import type { HostedRequest } from './requests/hosted-request.ts';

/** Carries the messages of a guest's library for files to the children (`requests/child-connections.ts`). */
export interface ChildMessages {
  /** Queues a message until `run`; returns whether there is such a child. */
  send(child: number, bytes: Uint8Array): boolean;
  /** Returns the child's replies, and removes them. */
  takeReplies(child: number): Uint8Array | undefined;
  /** Serves the messages. */
  run(): void;
  /** Ends all requests. */
  close(): void;
}

/**
 * Connects to the children of a translator.
 * @param notifyGuest enters the guest, which takes the replies
 * @param mustRest whether work that no request waits for must rest, and replies are for such
 */
export type ConnectChildren = (
  xl: Xlator<unknown>,
  notifyGuest: (child: number) => void,
  mustRest: () => boolean,
) => ChildMessages;

/** A record of compiled/area.ts that the main thread has written, with the data that it lacks. */
export interface CrossedRecord {
  readonly bytes: Uint8Array;
  readonly data: Uint8Array | null;
}

/**
 * Functions of the host for a guest. For an object that is gone they return undefined, or 0 where
 * they return a number.
 */
export interface GuestHost {
  /**
   * Takes a message about request `id`, as JSON or parsed. The host carries it out when the guest
   * has returned. An unknown negative `id` begins a request of the translator's own.
   * @param byteCount the bytes of a parsed message, those of `putBytes` included
   */
  pushMessage(id: number, message: GuestMessage, byteCount?: number): void;
  /** Takes over bytes for the next message; returns their number in it. */
  putBytes(bytes: Uint8Array): number;
  /** Lends bytes for the time of this function: the result of the method that runs (`RETURNED_DATA`). */
  lendBytes(bytes: Uint8Array): undefined;
  /** Returns argument `index` of the fop (`wind` -1), or of the reply to this wind, as JSON. */
  fetchJson(id: number, wind: number, index: number): string | undefined;
  /** As `fetchJson`, but returns a dict itself, for an engine that converts it. */
  fetchDict(id: number, wind: number, index: number): Dict | undefined;
  /** The record of the current request, for a guest in a thread of its own; else undefined. */
  readonly record?: CrossedRecord | null;
  /** Returns the request itself, for a compiled guest; undefined when it has ended. */
  findRequest(id: number): HostedRequest | undefined;
  /** As `fetchJson`, but returns bytes themselves. */
  fetchBytes(id: number, wind: number, index: number): Uint8Array | undefined;
  /** Returns an inode's [gfid, ia_type, path] as JSON. */
  readInodeJson(id: number): string | undefined;
  /** Returns an fd's [inode, flags, pid, isDir] as JSON. */
  readFdJson(id: number): string | undefined;
  /**
   * Returns a request's [unique, uid, gid, pid, groups, lk_owner, op, client] as JSON; `client` is
   * the result of `exposeClient`.
   */
  readRequestJson(id: number): string | undefined;
  /**
   * Returns the number of the client that a request is made for; 0 without a client, or if it is
   * gone. From then on `forgetClient` notifies the guest of its end.
   */
  exposeClient(root: Stack): number;
  /** Returns the uid (a text) of the client with this number. */
  readClientUid(id: number): string | undefined;
  /** Returns 1 while request `id` lives, otherwise 0: its objects are invalid then. */
  isAlive(id: number): number;
  /** Subscribes the guest to the notice `forget` of an inode; 0 when the inode is gone. */
  subscribeForget(inode: number): number;
  /** Subscribes the guest to the notice `release` of an fd; 0 when the fd is gone. */
  subscribeRelease(fd: number): number;
  /** Closes an fd made for the guest, and returns 1; returns 0 for any other fd. */
  closeFd(fd: number): number;
  /** Connects the guest's library for files to the children: no other language loads that code. */
  connectChildren(connect: ConnectChildren): void;
  /**
   * Takes messages of `runtime/api/protocol/` for the child with this index. They are served when
   * the guest has returned. Returns 0 without such a child, else 1.
   */
  sendToChild(child: number, bytes: Uint8Array): number;
  /** Returns the replies to these messages; the guest calls it at the notice `below`. */
  takeChildReplies(child: number): Uint8Array | undefined;
  /** Reports that the module can no longer answer request `id`. */
  reportLostRequest(id: number): void;
  /** Returns the time in microseconds, by the monotonic clock that `setTimer` uses. */
  now(): number;
  /** Schedules the notice `tick` in `ms` milliseconds; replaces an earlier timer. */
  setTimer(ms: number): void;
  /** The volume's current log level. */
  readonly level: number;
  /**
   * Invalidates an entry or inode in the kernel and caches above (`crossing/decision.ts`), when the
   * guest has returned. @throws {MessageError}
   */
  invalidate(message: GuestMessage): void;
  /**
   * Declares the volume up (1) or down (0), instead of deriving it from its children. The event is
   * sent when the guest returns.
   */
  declareUp(isUp: number): void;
  /** Returns 1 when the child with this index is up, otherwise 0. */
  isChildUp(child: number): number;
  /** Returns 1 when the volume writes log lines of this level, otherwise 0. */
  isLogged(level: number): number;
  /** Logs a line of the module, within `option log-limit`. */
  log(level: number, source: LogSource, text: string): void;
  /** Logs a refusal as a warning, once for each text (limits/limited-log.ts). */
  logRefusal(source: LogSource | undefined, text: string): void;
  /** Logs an invalid message, unless the module raises an error, which is logged instead. */
  logInvalidMessage(source: LogSource | undefined, why: string): void;
}

/**
 * Defines the two parts of a request: its Stack, which has the caller and the fop, and a Frame for each wind that
 * expects a callback. A `CallPool` holds the requests that an initiator or a volume has begun and not ended.
 *
 * A translator gets a frame with each fop, winds with it any number of times, and unwinds it exactly once. A
 * second unwind is dropped and logged; to notice it, frames are never reused. `local` carries data from the fop to
 * its callbacks.
 *
 * Source: GlusterFS `libglusterfs/src/glusterfs/stack.h`.
 */

import type { Client } from './client.ts';
import type { Ctime } from './ctime.ts';
import { ENODATA, ENOENT, EOPNOTSUPP } from './errno.ts';
import type { Iatt } from './iatt.ts';
import type { Initiator } from './initiator.ts';
import type { LogSource } from './log.ts';
import { messages } from './messages.ts';
import type { Xlator } from './xlator.ts';

/** Drops set-user-id and set-group-id after changes. Source: Linux `fs/attr.c` (setattr_should_drop_suidgid). */
const S_ISUID = 0o4000;
const S_ISGID = 0o2000;
const S_IXGRP = 0o010;

/**
 * Returns the permission bits of a file after an unprivileged caller has changed it. A member of the group
 * keeps set-group-id on a file without group execution.
 */
export function computeProtAfterChange(buf: Iatt, caller: Stack): number {
  const { iaProt, iaGid } = buf;
  let cleared = S_ISUID;
  if ((iaProt & S_IXGRP) !== 0) cleared |= S_ISGID;
  else if ((iaProt & S_ISGID) !== 0 && !isRootOrMember(caller, iaGid)) cleared |= S_ISGID;
  return iaProt & ~cleared;
}

/** Whether the caller is root or a member of the group. */
export const isRootOrMember = (caller: Stack, gid: number): boolean =>
  caller.uid === 0 || caller.gid === gid || caller.groups.includes(gid);

let lastUnique = 0;

/** Returns the serial number of the newest request in this process. */
export const readNewestUnique = (): number => lastUnique;

/** Finds the supplementary groups of a process. */
export type FindGroups = (pid: number, uid: number, gid: number) => readonly number[];

/** One request, made by an initiator (a mount, the programming interface) or a translator. */
export class Stack {
  /** Serial number of the request in this process. */
  readonly unique: number;
  uid: number;
  gid: number;
  /** The caller's process; negative for internal clients, as GlusterFS numbers them. */
  pid: number;
  /** Log name of the fop that the initiator asked for, such as `LOOKUP`. */
  op: string;
  /** Hexadecimal text of the lock owner's bytes; empty if the request has no lock owner. */
  lkOwner = '';
  /** The client; null for a translator's request on its own behalf. */
  client: Client | null = null;
  /** Time of the request and the file times that it sets; null without features/utime above. */
  ctime: Ctime | null = null;
  /** Whether the caller has given up; see `interrupt`. */
  interrupted = false;
  /**
   * Tells a client of a brick immediately before it sends the request whether it is too late for that: the caller may
   * have lost a lock meanwhile. Null for requests that may be sent at any time.
   */
  isTooLate: (() => boolean) | null = null;
  /** The pool of the request, and its neighbours there. */
  pool: CallPool | null = null;
  older: Stack | null = null;
  newer: Stack | null = null;
  /** The newest frame. Its chain of parents shows the request's way down; for statedumps. */
  newest: Frame | null = null;
  /** The last frame that failed; null before the first failure. */
  failedFrame: Frame | null = null;
  /** Its errno, and the volume that chose it: others have passed it on. */
  failureErrno = 0;
  failureXl: Xlator<unknown> | null = null;
  /** The position in the module of `failureXl`; null if unknown. */
  failureSource: LogSource | null = null;
  /** The value of `restCount`. */
  private ownRestCount = 0;
  private cachedGroups: readonly number[] | null = null;
  private readonly findGroups: FindGroups | null;
  private interruptListeners: (() => void)[] | null = null;

  constructor(
    uid: number,
    gid: number,
    pid: number,
    op: string,
    findGroups: FindGroups | null = null,
  ) {
    lastUnique += 1;
    this.unique = lastUnique;
    this.uid = uid;
    this.gid = gid;
    this.pid = pid;
    this.op = op;
    this.findGroups = findGroups;
  }

  /** Supplementary groups of the caller; read at the first use. */
  get groups(): readonly number[] {
    this.cachedGroups ??=
      this.findGroups === null ? [] : this.findGroups(this.pid, this.uid, this.gid);
    return this.cachedGroups;
  }

  /** The initiator that began the request; null for a translator's request. */
  get initiator(): Initiator | null {
    const { client, pool } = this;
    return client !== null && pool === client.initiator.calls ? client.initiator : null;
  }

  /** Memory for the data of a read, which the caller uses in its callback only; null if it keeps the data. */
  get readBuffer(): Uint8Array | null {
    return this.initiator?.hints.readBuffer ?? null;
  }

  /** The number of `rest` calls without their `goOn`; the pool counts requests that have any. */
  get restCount(): number {
    return this.ownRestCount;
  }

  /**
   * Marks the request as waiting for another request, or for a reply on a `PumpSource`. The pump may then sleep, as
   * the event loop cannot advance the request. Each call needs one call of `goOn`.
   */
  rest(): void {
    this.ownRestCount += 1;
    if (this.ownRestCount === 1 && this.pool !== null) this.pool.restingCount += 1;
  }

  /** Ends one `rest`. */
  goOn(): void {
    this.ownRestCount -= 1;
    if (this.ownRestCount === 0 && this.pool !== null) this.pool.restingCount -= 1;
  }

  /** Interrupts the request, because the caller has given up. Translators must still unwind it. */
  interrupt(): void {
    if (this.interrupted) return;
    this.interrupted = true;
    for (const listener of this.interruptListeners ?? []) listener();
    this.interruptListeners = null;
  }

  /** Calls `listener` when the request is interrupted, or at once if it was. */
  whenInterrupted(listener: () => void): void {
    if (this.interrupted) {
      listener();
      return;
    }
    this.interruptListeners ??= [];
    this.interruptListeners.push(listener);
  }
}

/**
 * The calls in flight of one initiator or volume: a linked list through the requests, newest first, so that adding and
 * deleting cost a few assignments.
 */
export class CallPool {
  /** Head of the list; `older` leads to the next call. */
  newest: Stack | null = null;
  size = 0;
  /** The number of calls that wait for another request or a reply, and so do not need the event loop (`Stack.rest`). */
  restingCount = 0;

  /** Whether some call may need the event loop to continue, because it does not rest. */
  get mayNeedEventLoop(): boolean {
    return this.size > this.restingCount;
  }

  /** Lists all calls, oldest first, in a copy: the caller may end calls while it iterates. */
  list(): Stack[] {
    const calls: Stack[] = [];
    for (let call = this.newest; call !== null; call = call.older) calls.push(call);
    return calls.reverse();
  }

  add(call: Stack): void {
    const { newest } = this;
    if (newest !== null) {
      newest.newer = call;
      call.older = newest;
    }
    call.pool = this;
    this.newest = call;
    this.size += 1;
  }

  /** Removes a call. Returns false if the call is not in the pool. */
  delete(call: Stack): boolean {
    if (call.pool !== this) return false;
    const { older, newer } = call;
    if (newer === null) this.newest = older;
    else {
      newer.older = older;
      call.newer = null;
    }
    if (older !== null) {
      older.newer = newer;
      call.older = null;
    }
    call.pool = null;
    this.size -= 1;
    if (call.restCount > 0) this.restingCount -= 1;
    return true;
  }
}

/** The user and the groups of a caller, by which permissions are decided. */
export type Identity = Pick<Stack, 'uid' | 'gid' | 'groups'>;

/** Returns the identity of a request's caller, whose process may end. */
export const getIdentity = ({ uid, gid, groups }: Stack): Identity => ({ uid, gid, groups });

/** Whether two callers have the same user and groups, and so the same permissions. */
export const isSameIdentity = (a: Identity, b: Identity): boolean =>
  a.uid === b.uid &&
  a.gid === b.gid &&
  (a.groups === b.groups ||
    (a.groups.length === b.groups.length &&
      a.groups.every((group, index) => group === b.groups[index])));

/** Makes a translator's own request with the identity of another request's caller. */
export function makeRequestAs(caller: Stack, op: string): Stack {
  const { uid, gid, pid, lkOwner, client, ctime, isTooLate } = caller;
  const call = new Stack(uid, gid, pid, op, () => caller.groups);
  return Object.assign(call, { lkOwner, client, ctime, isTooLate });
}

/** A callback of any fop. Its parameters are unknown here; the `unwind` of the fop casts it to its own type. */
export type AnyCbk = (parent: Frame, ...rest: never[]) => void;

/** The part of a request at one translator. */
export class Frame {
  readonly root: Stack;
  /** The frame of the translator that wound here; null for the first frame of a request. */
  readonly parent: Frame | null;
  /** The translator that owns the frame. A tail wind passes the frame on to the child. */
  xl: Xlator<unknown>;
  /** The callback of the translator that wound here; null after the unwind, and in a request's first frame. */
  cbk: AnyCbk | null;
  /** An integer that a translator gives to its wind and gets back in the callback, such as a child's index. */
  readonly cookie: number;
  /** The translator's data from fop to callback. */
  local: unknown = null;

  constructor(
    root: Stack,
    parent: Frame | null,
    xl: Xlator<unknown>,
    cbk: AnyCbk | null,
    cookie: number,
  ) {
    this.root = root;
    this.parent = parent;
    this.xl = xl;
    this.cbk = cbk;
    this.cookie = cookie;
    root.newest = this;
  }

  /** Whether the reply goes straight to an initiator with the hint `terse`, which needs few attributes. */
  get terse(): boolean {
    if (this.parent === null || this.parent.parent !== null) return false;
    return this.root.initiator?.hints.terse === true;
  }

  /**
   * The caller's memory for the data of a read; null if it or a translator above may retain the reply. Fill it from
   * its start, immediately before the unwind, because the next request reuses it.
   */
  get readBuffer(): Uint8Array | null {
    const { readBuffer } = this.root;
    if (readBuffer === null) return null;
    for (let frame = this.parent; frame !== null; frame = frame.parent) {
      if (frame.parent === null) return readBuffer;
      if (frame.xl.translator.watches !== true && !frame.xl.copiesReads) return null;
    }
    return null;
  }

  /** Whether the frame was unwound. */
  get answered(): boolean {
    return this.cbk === null;
  }
}

/**
 * Makes the first frame of a request that is in no pool, such as a test's. Clients use `client.begin`, volumes
 * `xl.begin`.
 * @param xl owner of the frame, which logs show
 */
export function makeFirstFrame(root: Stack, xl: Xlator<unknown>): Frame {
  return new Frame(root, null, xl, null, 0);
}

/** Whether an errno only says that something is absent: such failures are frequent, and their position is not found. */
export const isAbsence = (opErrno: number): boolean =>
  opErrno === ENOENT || opErrno === ENODATA || opErrno === EOPNOTSUPP;

/** Records that the volume of `frame` chose the errno of its failure itself. @param source null if unknown */
export function recordFailure(frame: Frame, opErrno: number, source: LogSource | null): void {
  const { root, xl } = frame;
  root.failedFrame = frame;
  root.failureErrno = opErrno;
  root.failureXl = xl;
  root.failureSource = source;
}

/** Called for each failed reply: records the volume that chose the errno, unless it passes a child's failure on. */
export function noteFailure(frame: Frame, opErrno: number): void {
  const { root, xl } = frame;
  const { failedFrame } = root;
  if (failedFrame !== null && root.failureErrno === opErrno) {
    // Its bridge has recorded it already.
    if (failedFrame === frame) return;
    if (failedFrame.parent === frame) {
      root.failedFrame = frame;
      return;
    }
  }
  const source = isAbsence(opErrno) ? null : (xl.translator.locateFailure?.(xl) ?? null);
  recordFailure(frame, opErrno, source);
}

/** Logs and drops a second unwind of a frame. */
export function reportSecondUnwind(frame: Frame, fop: string): void {
  frame.xl.log.error(
    `${fop}: request ${frame.root.unique} was unwound twice; the second answer was dropped ` +
      '(is a return missing after the first unwind?)',
    { msgid: messages.unwoundTwice.id },
  );
}

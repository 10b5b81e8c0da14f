/**
 * Frames: how a request remembers its way back.
 *
 * A request is a Stack (who asks, and what) and one Frame for each hop that wants to see the
 * reply. A translator gets a frame with each fop, winds with it any number of times, one after
 * the other or several at once, and answers it exactly once. A second answer is refused here, so
 * it can never reach another request; the log says who gave it.
 *
 * A frame is the translator's own from the fop until the answer; `local` is its note to its
 * callbacks. Frames are made per hop, not pooled, although a pool would save some 1.5 ns of 10: a
 * stale frame can then never be a live one, and a second answer is always noticed.
 *
 * Source: GlusterFS `libglusterfs/src/glusterfs/stack.h`.
 */

import type { CallPool } from './call-pool.ts';
import type { Client } from './client.ts';
import type { Ctime } from './ctime.ts';
import type { Initiator } from './initiator.ts';
import { messages } from './messages.ts';
import type { Xlator } from './xlator.ts';

let lastUnique = 0;

/** Serial number of the newest request in this process. */
export const newestRequest = (): number => lastUnique;

/** Who knows the supplementary groups of a process. */
export type FindGroups = (pid: number, uid: number, gid: number) => readonly number[];

/** One request, as its initiator (a mount, the programming interface, a translator) made it. */
export class Stack {
  /** Serial number of the request in this process. */
  readonly unique: number;
  uid: number;
  gid: number;
  /** The caller's process; negative for internal clients, as GlusterFS numbers them. */
  pid: number;
  /** Log name of the fop that the initiator asked for, such as `LOOKUP`. */
  op: string;
  /** Hexadecimal text of the lock owner's bytes; empty when the request has none. */
  lkOwner = '';
  /** Who asks; null for a translator that asks on nobody's behalf. */
  client: Client | null = null;
  /** When it was made, and which times it sets; null where nobody above says so (features/utime). */
  ctime: Ctime | null = null;
  interrupted = false;
  /** Where it is in flight, and its place there: the pool's (`call-pool.ts`). */
  pool: CallPool | null = null;
  older: Stack | null = null;
  newer: Stack | null = null;
  /** The newest of its frames, whose parents are the way that it has gone; for statedumps. */
  newest: Frame | null = null;
  private resting = 0;
  private groupsFound: readonly number[] | null = null;
  private readonly findGroups: FindGroups | null;
  private onInterrupt: (() => void)[] | null = null;

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

  /** Supplementary groups of the caller; looked up when first asked for. */
  get groups(): readonly number[] {
    this.groupsFound ??=
      this.findGroups === null ? [] : this.findGroups(this.pid, this.uid, this.gid);
    return this.groupsFound;
  }

  /** How often it has been said to rest, and not to go on. */
  get rests(): number {
    return this.resting;
  }

  /**
   * It waits for another request, or for an answer of a `Source`: nothing that the event loop does
   * lets it go on. Each call wants one of `goOn`.
   */
  rest(): void {
    this.resting += 1;
    if (this.resting === 1 && this.pool !== null) this.pool.resting += 1;
  }

  goOn(): void {
    this.resting -= 1;
    if (this.resting === 0 && this.pool !== null) this.pool.resting -= 1;
  }

  /** The caller no longer wants the answer. The request has to be answered all the same. */
  interrupt(): void {
    if (this.interrupted) return;
    this.interrupted = true;
    for (const tell of this.onInterrupt ?? []) tell();
    this.onInterrupt = null;
  }

  /** Calls `tell` when the request is interrupted; at once when it already was. */
  whenInterrupted(tell: () => void): void {
    if (this.interrupted) {
      tell();
      return;
    }
    this.onInterrupt ??= [];
    this.onInterrupt.push(tell);
  }
}

/** A request of a translator's own in the name of the caller of another one. */
export function requestAs(caller: Stack, op: string): Stack {
  const { uid, gid, pid, lkOwner, client, ctime } = caller;
  const call = new Stack(uid, gid, pid, op, () => caller.groups);
  return Object.assign(call, { lkOwner, client, ctime });
}

/** A callback of whatever fop; `unwind` knows which. */
export type AnyCbk = (parent: Frame, ...rest: never[]) => void;

/** One hop of one request. */
export class Frame {
  readonly root: Stack;
  /** The frame of the translator that wound to us; null for the initiator's own. */
  readonly parent: Frame | null;
  /** Whose frame this is. A tail wind hands it on. */
  xl: Xlator<unknown>;
  /** The winder's callback; null once answered, and in the initiator's own frame. */
  cbk: AnyCbk | null;
  /** The winder's small integer, handed to its callback: a child's index, an epoch. */
  readonly cookie: number;
  /** The translator's note from fop to callback. */
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

  /** Whether the answer goes straight to an initiator that is `terse`: it needs few attributes. */
  get terse(): boolean {
    if (this.parent === null || this.parent.parent !== null) return false;
    return this.initiator?.hints.terse === true;
  }

  /**
   * Memory of the initiator to put the data of a read in, from its start; null when somebody on the
   * way up might keep what it is answered with. To be filled immediately before the unwind: once
   * that has returned, the next request has it.
   */
  get readBuffer(): Uint8Array | null {
    const readBuffer = this.initiator?.hints.readBuffer ?? null;
    if (readBuffer === null) return null;
    for (let frame = this.parent; frame !== null; frame = frame.parent) {
      if (frame.parent === null) return readBuffer;
      if (frame.xl.translator.watches !== true) return null;
    }
    return null;
  }

  /** Who has begun the request; null for a translator, which may do so on behalf of a client. */
  private get initiator(): Initiator | null {
    const { client, pool } = this.root;
    return client !== null && pool === client.initiator.calls ? client.initiator : null;
  }

  /** Whether this frame has had its answer. */
  get answered(): boolean {
    return this.cbk === null;
  }
}

/**
 * The frame of a new request that is in no pool. A client's begin by `client.begin`, a volume's own by
 * `xl.begin`. `xl` is shown in logs.
 */
export function newRequest(root: Stack, xl: Xlator<unknown>): Frame {
  return new Frame(root, null, xl, null, 0);
}

/** A second answer: refused, and told to whoever reads the log. */
export function unwoundTwice(frame: Frame, fop: string): void {
  frame.xl.log.error(
    `${fop}: request ${frame.root.unique} was unwound twice; the second answer was dropped ` +
      '(is a return missing after the first unwind?)',
    { msgid: messages.unwoundTwice.id },
  );
}

/**
 * Represents a client of an initiator: the kernel for a mount, each connection for a server. It owns requests under
 * way, open files, lookups, contexts of translators (`ctxSet`) and, together with an lk-owner, locks.
 * `disconnect` interrupts its requests, calls `clientDisconnect` from the top down, closes its files and forgets
 * its lookups. After the last of its requests, translators get `clientDestroy`.
 *
 * Source: GlusterFS `client_t`, `libglusterfs/src/client_t.c`.
 */

import type { CallPool } from './call-pool.ts';
import { Ctx } from './ctx.ts';
import { FdTable } from './fd-table.ts';
import { Frame, type Stack } from './frame.ts';
import type { Initiator } from './initiator.ts';
import type { Inode } from './inode.ts';
import { Lookups } from './lookups.ts';
import { messages } from './messages.ts';
import type { Xlator } from './xlator.ts';

let lastId = 0;

/** Whether the graph has clients besides this one. @param client null for a request that a volume has begun */
export function hasOtherClients(client: Client | null): boolean {
  if (client === null) return true;
  const { clients, graph } = client.initiator;
  return clients.size > 1 || graph.initiators.size > 1;
}

/** A client of an initiator, from `Initiator.connect` to its last request after `disconnect`. */
export class Client<P = unknown> extends Ctx {
  /** Serial number in this process; never 0. */
  readonly id: number;
  /** GlusterFS's client_uid: identifies the client, also in other processes. */
  readonly uid: string;
  readonly initiator: Initiator<P>;
  readonly fds = new FdTable();
  /** Whether `disconnect` was not called yet. */
  connected = true;
  private readonly calls: CallPool;
  private readonly lookups: Lookups;
  /** The number of requests that have not ended; kept only after `disconnect`. */
  private pendingCount = 0;

  /** Called by `Initiator.connect`. */
  constructor(initiator: Initiator<P>, uid: string) {
    super();
    lastId += 1;
    this.id = lastId;
    this.uid = uid;
    this.initiator = initiator;
    this.calls = initiator.calls;
    this.lookups = new Lookups(initiator.graph.inodes);
  }

  /** Begins a request and returns the frame to wind with. The caller must call `end` once. */
  begin(call: Stack): Frame {
    call.client = this;
    this.calls.add(call);
    if (!this.connected) this.pendingCount += 1;
    return new Frame(call, null, this.initiator.xl, null, 0);
  }

  /** Ends a request that has its reply. Returns false if it had ended already. */
  end(call: Stack): boolean {
    if (!this.calls.delete(call)) return false;
    if (!this.connected) this.countEnd();
    return true;
  }

  /** Counts a lookup: a reply made an inode known to the client. */
  lookup(inode: Inode): void {
    if (this.connected) this.lookups.add(inode);
  }

  /** Forgets `count` lookups of an inode, at most as many as were counted. */
  forget(inode: Inode, count: number): void {
    this.lookups.remove(inode, count);
  }

  /** Whether the client has lookups of the inode. */
  knows(inode: Inode): boolean {
    return this.lookups.count(inode) > 0;
  }

  /** Releases all that the client owns. Further calls do nothing. */
  disconnect(): void {
    if (!this.connected) return;
    this.connected = false;
    const { graph } = this.initiator;
    const calls = this.calls.list().filter(({ client }) => client === this);
    // One more for this method, which ends it last.
    this.pendingCount = calls.length + 1;
    for (const call of calls) call.interrupt();
    for (const xl of [...graph.instances].reverse()) {
      if (xl === undefined) continue;
      this.runHook(xl, () => xl.translator.clientDisconnect?.(xl, this));
    }
    this.fds.clear();
    this.lookups.clear();
    this.countEnd();
  }

  /** Counts the end of a request after `disconnect`; the last one ends the client. */
  private countEnd(): void {
    this.pendingCount -= 1;
    if (this.pendingCount > 0) return;
    const { clients, graph } = this.initiator;
    clients.delete(this);
    this.endCtx(graph.instances, (xl, value) =>
      this.runHook(xl, () => xl.translator.clientDestroy?.(xl, this, value)),
    );
  }

  /**
   * Calls a hook of one translator, unless it has ended. An exception is logged, so that the other translators still
   * get their calls.
   */
  private runHook(xl: Xlator, hook: () => void): void {
    if (!xl.initialised) return;
    try {
      hook();
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      xl.log.error(`client ${this.uid} was not released completely: ${text}`, {
        msgid: messages.clientNotReleased.id,
      });
    }
  }
}

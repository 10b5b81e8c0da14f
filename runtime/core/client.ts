/**
 * Represents a client of an initiator: the kernel for a mount, each connection for a server. It owns requests under
 * way, open files, lookups, contexts of translators (`ctxSet`) and, together with an lk-owner, locks.
 * `disconnect` interrupts its requests, calls `clientDisconnect` from the top down, closes its files and forgets
 * its lookups. After the last of its requests, translators get `clientDestroy`.
 *
 * Source: GlusterFS `client_t`, `libglusterfs/src/client_t.c`.
 */

import { FdTable } from './fd-table.ts';
import { type CallPool, Frame, type Stack } from './frame.ts';
import type { Initiator } from './initiator.ts';
import { Ctx, type Inode, type InodeTable } from './inode.ts';
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
  private readonly inodes: InodeTable;
  // While an inode has lookups it stays in the inode table, and a removed file keeps its data in the storage. Usually
  // one client has made all lookups of an inode (`Inode.soleOwner`): then the inode's own count is the client's.
  /** Number of inodes that only this client has looked up. */
  private soleInodeCount = 0;
  /** Number of lookups by inode, for inodes that other clients have looked up, too. */
  private readonly sharedCounts = new Map<Inode, number>();
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
    this.inodes = initiator.graph.inodes;
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
    if (!this.connected) return;
    if (inode.nlookup === 0) {
      inode.soleOwner = this;
      this.soleInodeCount += 1;
    } else if (inode.soleOwner !== this) this.addShared(inode);
    this.inodes.lookup(inode);
  }

  /** Counts a lookup of an inode that other clients have looked up, too: from now on each client has a count. */
  private addShared(inode: Inode): void {
    const { soleOwner, nlookup } = inode;
    if (soleOwner !== null) {
      soleOwner.soleInodeCount -= 1;
      soleOwner.sharedCounts.set(inode, nlookup);
      inode.soleOwner = null;
    }
    this.sharedCounts.set(inode, (this.sharedCounts.get(inode) ?? 0) + 1);
  }

  /** Returns the number of the client's lookups of an inode. */
  private countLookups(inode: Inode): number {
    return inode.soleOwner === this ? inode.nlookup : (this.sharedCounts.get(inode) ?? 0);
  }

  /** Forgets `count` lookups of an inode, at most as many as were counted. */
  forget(inode: Inode, count: number): void {
    const current = this.countLookups(inode);
    const removed = Math.min(count, current);
    // The table's `forget` takes 0 for all lookups.
    if (removed <= 0) return;
    if (inode.soleOwner === this) {
      if (removed === current) this.soleInodeCount -= 1;
    } else if (removed === current) this.sharedCounts.delete(inode);
    else this.sharedCounts.set(inode, current - removed);
    this.inodes.forget(inode, removed);
  }

  /** Forgets all lookups. */
  private forgetAll(): void {
    for (const inode of [...this.sharedCounts.keys()]) this.forget(inode, Infinity);
    if (this.soleInodeCount === 0) return;
    for (const inode of [...this.inodes.all()])
      if (inode.soleOwner === this) this.forget(inode, Infinity);
  }

  /** Whether the client has lookups of the inode. */
  knows(inode: Inode): boolean {
    return this.countLookups(inode) > 0;
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
    this.forgetAll();
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

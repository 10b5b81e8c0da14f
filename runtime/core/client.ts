/**
 * A client of an initiator: the kernel for a mount, each connection for a server. In a graph it has requests under way,
 * open files, looked-up inodes, contexts of translators (`ctxSet`), and locks: an owner is a client with an lk-owner.
 * `disconnect` releases all of it: requests are interrupted, and their replies dropped; `clientDisconnect` is called
 * from the top down; files are closed and lookups forgotten. After the last request translators get
 * `clientDestroy`, and can release what a late request made.
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

/** Whether a graph has clients besides the one that a request is for; null is a volume of the graph. */
export function hasOthers(client: Client | null): boolean {
  if (client === null) return true;
  const { clients, graph } = client.initiator;
  return clients.size > 1 || graph.initiators.size > 1;
}

export class Client<P = unknown> extends Ctx {
  /** Serial number in this process; never 0. */
  readonly id: number;
  /** GlusterFS's client_uid: who it is, also to other processes. */
  readonly uid: string;
  readonly initiator: Initiator<P>;
  readonly fds = new FdTable();
  /** False once it has gone. */
  connected = true;
  private readonly calls: CallPool;
  private readonly lookups: Lookups;
  /** Its requests that have not ended, counted once it has gone. */
  private owed = 0;

  /** Made by `Initiator.connect`. */
  constructor(initiator: Initiator<P>, uid: string) {
    super();
    lastId += 1;
    this.id = lastId;
    this.uid = uid;
    this.initiator = initiator;
    this.calls = initiator.calls;
    this.lookups = new Lookups(initiator.graph.inodes);
  }

  /** Begins a request: the frame to wind with. It is owed an `end`. */
  begin(call: Stack): Frame {
    call.client = this;
    this.calls.add(call);
    if (!this.connected) this.owed += 1;
    return new Frame(call, null, this.initiator.xl, null, 0);
  }

  /** The request has its answer. False when it had one already. */
  end(call: Stack): boolean {
    if (!this.calls.delete(call)) return false;
    if (!this.connected) this.ended();
    return true;
  }

  /** It was told of an inode once more. */
  lookup(inode: Inode): void {
    if (this.connected) this.lookups.add(inode);
  }

  /** It takes back `count` lookups. Of more than there are, as many as there are. */
  forget(inode: Inode, count: number): void {
    this.lookups.remove(inode, count);
  }

  /** Whether it was told of the inode. */
  knows(inode: Inode): boolean {
    return this.lookups.of(inode) > 0;
  }

  /** It is gone. Further calls do nothing. */
  disconnect(): void {
    if (!this.connected) return;
    this.connected = false;
    const { graph } = this.initiator;
    const calls = this.calls.list().filter(({ client }) => client === this);
    // And this, as long as it takes.
    this.owed = calls.length + 1;
    for (const call of calls) call.interrupt();
    for (const xl of [...graph.instances].reverse()) {
      if (xl === undefined) continue;
      this.tell(xl, () => xl.translator.clientDisconnect?.(xl, this));
    }
    this.fds.clear();
    this.lookups.clear();
    this.ended();
  }

  private ended(): void {
    this.owed -= 1;
    if (this.owed > 0) return;
    const { clients, graph } = this.initiator;
    clients.delete(this);
    this.endCtx(graph.instances, (xl, value) =>
      this.tell(xl, () => xl.translator.clientDestroy?.(xl, this, value)),
    );
  }

  /**
   * One translator that fails does not keep the others from being told; one that has ended is told
   * nothing, however late an answer comes.
   */
  private tell(xl: Xlator, what: () => void): void {
    if (!xl.initialised) return;
    try {
      what();
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      xl.log.error(`client ${this.uid} has gone, and what is its own was not released: ${text}`, {
        msgid: messages.clientNotReleased.id,
      });
    }
  }
}

/**
 * A client: somebody for whom an initiator makes requests. A mount has one, the kernel; a server has
 * one for each that is connected.
 *
 * What a client has in a graph is its own: its requests under way, its open files, the inodes that it
 * was told of, what translators keep with it (`ctxSet`), and its locks, whose owner is the client and
 * the request's lk-owner together. A client that goes (`disconnect`) has all of it released:
 * - its requests are interrupted; their answers are owed all the same, and reach nobody;
 * - every translator with `clientDisconnect` is told, the top first;
 * - its files are closed, and its lookups taken back;
 * - when its last request has ended, translators that keep something with it are told by
 *   `clientDestroy`: what came of a request that was late can be released then.
 *
 * Source: GlusterFS `client_t`, `libglusterfs/src/client_t.c`.
 */
import { Ctx } from './ctx.ts';
import { FdTable } from './fd-table.ts';
import { Frame, type Stack } from './frame.ts';
import type { Initiator } from './initiator.ts';
import type { Inode } from './inode.ts';
import type { Xlator } from './xlator.ts';

let lastId = 0;

export class Client<P = unknown> extends Ctx {
  /** Serial number in this process; never 0. */
  readonly id: number;
  /** GlusterFS's client_uid: who it is, also to other processes. */
  readonly uid: string;
  readonly initiator: Initiator<P>;
  readonly fds = new FdTable();
  /** False once it has gone. */
  connected = true;
  /** Its requests in flight. */
  private calls = 0;
  /** How often it was told of an inode, less what it has taken back. */
  private readonly lookups = new Map<Inode, number>();

  /** Made by `Initiator.connect`. */
  constructor(initiator: Initiator<P>, uid: string) {
    super();
    lastId += 1;
    this.id = lastId;
    this.uid = uid;
    this.initiator = initiator;
  }

  /** Begins a request: the frame to wind with. It is owed an `end`. */
  begin(call: Stack): Frame {
    const { calls, xl } = this.initiator;
    call.client = this;
    this.calls += 1;
    calls.add(call);
    return new Frame(call, null, xl, null, 0);
  }

  /** The request has its answer. False when it had one already. */
  end(call: Stack): boolean {
    if (!this.initiator.calls.delete(call)) return false;
    this.calls -= 1;
    if (this.calls === 0 && !this.connected) this.destroy();
    return true;
  }

  /** It was told of an inode once more. */
  lookup(inode: Inode): void {
    if (!this.connected) return;
    this.lookups.set(inode, (this.lookups.get(inode) ?? 0) + 1);
    inode.table.lookup(inode);
  }

  /** It takes back `count` lookups. Of more than there are, as many as there are. */
  forget(inode: Inode, count: number): void {
    const held = this.lookups.get(inode) ?? 0;
    const given = Math.min(count, held);
    if (given <= 0) return;
    if (given === held) this.lookups.delete(inode);
    else this.lookups.set(inode, held - given);
    inode.table.forget(inode, given);
  }

  /** Whether it was told of the inode. */
  knows(inode: Inode): boolean {
    return this.lookups.has(inode);
  }

  /** It is gone. Further calls do nothing. */
  disconnect(): void {
    if (!this.connected) return;
    this.connected = false;
    const { calls, graph } = this.initiator;
    // What is done for one client may begin or end requests of its own.
    this.calls += 1;
    for (const call of calls.list()) if (call.client === this) call.interrupt();
    for (const xl of [...graph.xlators].reverse()) {
      if (xl.initialised) this.tell(xl, () => xl.translator.clientDisconnect?.(xl, this));
    }
    this.fds.clear();
    for (const [inode, count] of this.lookups) inode.table.forget(inode, count);
    this.lookups.clear();
    this.calls -= 1;
    if (this.calls === 0) this.destroy();
  }

  private destroy(): void {
    const { clients, graph } = this.initiator;
    clients.delete(this);
    this.endCtx(graph.xlators, (xl, value) =>
      this.tell(xl, () => xl.translator.clientDestroy?.(xl, this, value)),
    );
  }

  /** One translator that fails does not keep the others from being told. */
  private tell(xl: Xlator, what: () => void): void {
    try {
      what();
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      xl.log.error(`client ${this.uid} has gone, and what is its own was not released: ${text}`);
    }
  }
}

/**
 * Connects a module's file library (`glossa.aio`) to the volumes below, with the messages of
 * `runtime/api/protocol/` but without a socket. The interpreter calls `send` inside the guest, and
 * `run` after the guest has returned. `run` serves the messages and notifies the guest, which then
 * takes the replies.
 */
import type { Caller } from '../../../runtime/api/driver-steps.ts';
import { FopError } from '../../../runtime/api/fop-error.ts';
import { ApiConnection, type ApiHost } from '../../../runtime/api/protocol/api-connection.ts';
import { ApiVolume } from '../../../runtime/api/protocol/request-context.ts';
import { EOPNOTSUPP } from '../../../runtime/core/errno.ts';
import type { Graph } from '../../../runtime/core/graph.ts';
import { InodeTable } from '../../../runtime/core/inode.ts';
import { messages } from '../../../runtime/core/messages.ts';
import { turn } from '../../../runtime/core/turn.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { ConnectionTransport } from '../../../runtime/wire/connection.ts';
import { RecordMemory } from '../../../runtime/wire/record-memory.ts';
import { ReplyMemory } from '../../../runtime/wire/reply-memory.ts';
import type { ChildMessages } from '../guest-host.ts';
import { PAUSE_AFTER_SLOW_MS, wasCallSlow } from './decision-queue.ts';
import { MODULE_PID } from './hosted-request.ts';

/** Maximum number of rounds in a turn. In each the guest takes replies, and may send messages. */
const MAX_ROUNDS = 1000;

/** The identity of requests for which the module sets none. */
const DEFAULT_CALLER: Caller = { uid: 0, gid: 0, groups: [], pid: MODULE_PID };

/** Refuses an operation that only a connection from outside may request. */
const refuse = (operation: string): never => {
  throw new FopError(EOPNOTSUPP, `${operation} inside a translator`);
};

/** Memory of one connection needs no limit over all of them; its own limits hold. */
const UNLIMITED = { readLimitBytes: () => Number.POSITIVE_INFINITY, after: () => () => {} };

/** The connection to one child. */
class ChildConnection implements ConnectionTransport, ApiHost {
  /** Always 0: the guest takes the replies from memory. */
  readonly queuedBytes = 0;
  readonly sentBytes = 0;
  readonly greetingFacts = {};
  readonly recordMemory = new RecordMemory(UNLIMITED);
  readonly replyMemory = new ReplyMemory({ ...UNLIMITED, onFreed() {} });
  readonly connection: ApiConnection;
  /** Messages that were not served yet. */
  readonly receivedMessages: Uint8Array[] = [];
  /** True if there are replies of which the guest has not been notified. */
  mustNotifyGuest = false;
  isDestroyed = false;
  private readonly xl: Xlator<unknown>;
  private readonly childIndex: number;
  private readonly onReply: () => void;

  constructor(xl: Xlator<unknown>, childIndex: number, onReply: () => void) {
    this.xl = xl;
    this.childIndex = childIndex;
    this.onReply = onReply;
    this.connection = new ApiConnection(this, DEFAULT_CALLER, this);
  }

  /** Serves the messages received so far; their replies are kept until `takeReplies`. */
  serve(): void {
    const { connection } = this;
    // At the volume's `init` the children are not connected yet, so the first message begins it.
    if (!connection.hasBegun) connection.begin();
    for (const bytes of this.receivedMessages.splice(0)) {
      connection.records.append(bytes, () => {
        connection.serveMessages();
        return true;
      });
    }
  }

  /** Returns the replies written so far, and removes them. */
  takeReplies(): Uint8Array {
    const { out } = this.connection;
    const bytes = out.writtenBytes.slice();
    out.position = 0;
    this.connection.noteAllSent();
    return bytes;
  }

  // -- ConnectionTransport -----------------------------------------------------------------------

  /** Called when a reply was written. */
  send(): void {
    if (this.mustNotifyGuest) return;
    this.mustNotifyGuest = true;
    this.onReply();
  }

  // Nothing is sent over a network, so there is no flow to control and nothing to end.
  updateFlow(): void {}

  end(): void {}

  /** Called after a malformed message, which the library never sends. */
  destroy(): void {
    this.isDestroyed = true;
  }

  // -- ApiHost -----------------------------------------------------------------------------------

  openVolume(): ApiVolume {
    // Outside of a graph there are no requests.
    const graph = this.xl.graph as Graph;
    return new ApiVolume(graph, (text) => this.log(text), {
      links: this.xl.children[this.childIndex]!,
    });
  }

  async reload(): Promise<void> {
    refuse('reload');
  }

  async findVolumeId(): Promise<Uint8Array> {
    return refuse('volume_id');
  }

  setLog(): void {
    refuse('set_log');
  }

  log(text: string): void {
    this.xl.log.warning(text, { msgid: messages.apiConnectionFault.id });
  }

  logRefusal(text: string): void {
    this.log(text);
  }
}

/** All connections of one interpreter. */
export class ChildConnections implements ChildMessages {
  private readonly xl: Xlator<unknown>;
  private readonly notifyGuest: (child: number) => void;
  private readonly mustRest: () => boolean;
  private readonly connections = new Map<number, ChildConnection>();
  private hasWork = false;
  private isRunning = false;
  private cancelNextRun: (() => void) | null = null;

  /**
   * @param notifyGuest enters the guest, which takes the replies
   * @param mustRest whether work that no request waits for must rest, and replies are for such
   */
  constructor(xl: Xlator<unknown>, notifyGuest: (child: number) => void, mustRest: () => boolean) {
    this.xl = xl;
    this.notifyGuest = notifyGuest;
    this.mustRest = mustRest;
  }

  /** Queues a message until `run`. @returns whether there is such a child */
  send(child: number, bytes: Uint8Array): boolean {
    if (this.xl.below[child] === undefined || !this.canConnect) return false;
    let connection = this.connections.get(child);
    if (connection === undefined) {
      connection = new ChildConnection(this.xl, child, () => this.runForReply());
      this.connections.set(child, connection);
    }
    if (connection.isDestroyed) return false;
    connection.receivedMessages.push(bytes);
    this.hasWork = true;
    return true;
  }

  /** False in a volume's own thread: its graph only mirrors the inodes of its requests. */
  private get canConnect(): boolean {
    const { graph } = this.xl;
    return graph !== null && graph.inodes.constructor === InodeTable;
  }

  /** Returns the child's replies, and removes them; undefined without a connection. */
  takeReplies(child: number): Uint8Array | undefined {
    return this.connections.get(child)?.takeReplies();
  }

  /** Notifies the guest of a reply. */
  private runForReply(): void {
    this.hasWork = true;
    // Outside of a call into the guest nothing else calls `run`. Inside one it returns at once.
    this.run();
  }

  /** Serves messages, and has the guest take replies, until the turn is over. */
  run(): void {
    if (!this.hasWork || this.isRunning || this.cancelNextRun !== null) return;
    if (this.mustRest()) {
      this.scheduleRun(true);
      return;
    }
    this.isRunning = true;
    const { slowCallCount } = turn;
    for (let round = 0; this.hasWork && round < MAX_ROUNDS; round++) {
      if (wasCallSlow(this.xl.context, slowCallCount)) break;
      this.hasWork = false;
      for (const [child, connection] of this.connections) {
        if (connection.receivedMessages.length > 0) connection.serve();
        if (!connection.mustNotifyGuest) continue;
        connection.mustNotifyGuest = false;
        this.notifyGuest(child);
      }
    }
    this.isRunning = false;
    if (this.hasWork) this.scheduleRun(wasCallSlow(this.xl.context, slowCallCount));
  }

  /** Continues in another turn. @param isSlow true to let other work run first */
  private scheduleRun(isSlow: boolean): void {
    const { context } = this.xl;
    // One millisecond suffices for the event loop to run.
    this.cancelNextRun = context.after(isSlow ? PAUSE_AFTER_SLOW_MS : 1, () => {
      this.cancelNextRun = null;
      this.run();
    });
    context.wake();
  }

  /** Ends all requests, and closes all files. */
  close(): void {
    this.cancelNextRun?.();
    for (const { connection } of this.connections.values()) connection.close();
    this.connections.clear();
    this.hasWork = false;
  }
}

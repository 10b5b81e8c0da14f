/**
 * Connects a module's file library (`glossa.aio`) to the volumes below. The interpreter calls `send` inside the guest,
 * and `run` after the guest has returned. `run` serves the messages and notifies the guest, which then takes the
 * replies.
 */
import { InodeTable } from '../../../runtime/core/inode.ts';
import { messages } from '../../../runtime/core/messages.ts';
import { turn } from '../../../runtime/core/turn.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { ChildConnection } from './child-connection.ts';
import { PAUSE_AFTER_SLOW_MS, wasCallSlow } from './decision-queue.ts';

/** Maximum number of rounds in a turn. In each the guest takes replies, and may send messages. */
const MAX_ROUNDS = 1000;

type ConnectionModule = typeof import('./child-connection.ts');

/** The code behind the connections: two thirds of what a translator's host consists of, and few modules need it. */
let connectionModule: ConnectionModule | undefined;

/** Loads that code. Where time is virtual, it has to be there before a module runs. */
export async function loadConnectionModule(): Promise<void> {
  connectionModule ??= await import('./child-connection.ts');
}

/** All connections of one interpreter. */
export class ChildConnections {
  private readonly xl: Xlator<unknown>;
  private readonly notifyGuest: (child: number) => void;
  private readonly connections = new Map<number, ChildConnection>();
  /** Messages that were not served yet, by child. */
  private readonly received = new Map<number, Uint8Array[]>();
  private isLoading = false;
  private hasWork = false;
  private isRunning = false;
  private cancelNextRun: (() => void) | null = null;

  /** @param notifyGuest enters the guest, which takes the replies */
  constructor(xl: Xlator<unknown>, notifyGuest: (child: number) => void) {
    this.xl = xl;
    this.notifyGuest = notifyGuest;
  }

  /** Queues a message until `run`. @returns whether there is such a child */
  send(child: number, bytes: Uint8Array): boolean {
    if (this.xl.below[child] === undefined || !this.canConnect) return false;
    if (this.connections.get(child)?.isDestroyed) return false;
    const received = this.received.get(child);
    if (received === undefined) this.received.set(child, [bytes]);
    else received.push(bytes);
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
    if (connectionModule === undefined) {
      this.load();
      return;
    }
    this.isRunning = true;
    const { slowCallCount } = turn;
    for (let round = 0; this.hasWork && round < MAX_ROUNDS; round++) {
      if (wasCallSlow(this.xl.context, slowCallCount)) break;
      this.hasWork = false;
      for (const [child, received] of this.received) {
        if (received.length > 0) this.connect(connectionModule, child).serve(received.splice(0));
      }
      for (const [child, connection] of this.connections) {
        if (!connection.mustNotifyGuest) continue;
        connection.mustNotifyGuest = false;
        this.notifyGuest(child);
      }
    }
    this.isRunning = false;
    if (this.hasWork) this.scheduleRun(wasCallSlow(this.xl.context, slowCallCount));
  }

  /** Returns the connection to a child; makes it for the first message. */
  private connect(module: ConnectionModule, child: number): ChildConnection {
    let connection = this.connections.get(child);
    if (connection === undefined) {
      connection = new module.ChildConnection(this.xl, child, () => this.runForReply());
      this.connections.set(child, connection);
    }
    return connection;
  }

  /** Loads the code of the connections, and then serves the messages. */
  private load(): void {
    if (this.isLoading) return;
    this.isLoading = true;
    const end = (): void => {
      this.isLoading = false;
    };
    loadConnectionModule().then(
      () => {
        end();
        this.run();
        this.xl.context.wake();
      },
      (error: unknown) => {
        end();
        // The next call of the module tries again.
        const reason = error instanceof Error ? error.message : String(error);
        const text = `requests below wait, as the code for them cannot be loaded: ${reason}`;
        this.xl.log.error(text, { msgid: messages.apiConnectionFault.id });
      },
    );
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
    this.received.clear();
    this.hasWork = false;
  }
}

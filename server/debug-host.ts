/** Serves the debugger in the process that started this server, over the channel between the two. */
import type { Graph } from '../runtime/core/graph.ts';
import { DebugServer } from '../runtime/debug/debug-server.ts';
import type { DebugChannel } from './child-server.ts';

/** The time that released requests may take until they are answered. */
const GRACE_MS = 5000;

export class DebugHost {
  private readonly server: DebugServer;
  private closing: Promise<void> | null = null;

  constructor(graph: Graph, channel: DebugChannel) {
    this.server = new DebugServer(graph, (message) => channel.send(message));
    channel.onMessage((message) => this.server.receive(message));
    channel.send({ event: 'started' });
  }

  /** Resolves when the debugger asks for the mount. */
  get running(): Promise<void> {
    return this.server.running;
  }

  /** Releases all held requests; resolves when they are answered, or after `GRACE_MS`. */
  close(): Promise<void> {
    this.closing ??= this.release();
    return this.closing;
  }

  private async release(): Promise<void> {
    const allReplied = this.server.close();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GRACE_MS);
    });
    await Promise.race([allReplied, timeout]);
    clearTimeout(timer);
  }
}

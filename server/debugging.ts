/** Lets the process that started a server debug it, over the channel between the two. */
import type { Graph } from '../runtime/core/graph.ts';
import { DebugServer } from '../runtime/debug/server.ts';
import type { DebugChannel } from './handover.ts';

/** How long what was held may take to be answered, once nobody holds it any more. */
const GRACE_MS = 5000;

export class Debugging {
  private readonly server: DebugServer;
  private closing: Promise<void> | null = null;

  constructor(graph: Graph, channel: DebugChannel) {
    this.server = new DebugServer(graph, (message) => channel.send(message));
    channel.onMessage((message) => this.server.receive(message));
    channel.send({ event: 'started' });
  }

  /** Resolves when the debugger wants the mount to be there. */
  get running(): Promise<void> {
    return this.server.running;
  }

  /** Lets everything go on, and resolves when it is answered, or after a while. */
  close(): Promise<void> {
    this.closing ??= this.letGo();
    return this.closing;
  }

  private async letGo(): Promise<void> {
    const answered = this.server.close();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GRACE_MS);
    });
    await Promise.race([answered, patience]);
    clearTimeout(timer);
  }
}

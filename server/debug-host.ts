/**
 * Serves `glossa debug`, the process that started this server, over the channel between the two.
 */
import type { Graph } from '../runtime/core/graph.ts';
import { DebugServer } from '../runtime/debug/debug-server.ts';
import type { DebugChannel } from './starter-channel.ts';

/** The time limit for released requests to get their replies. */
const RELEASE_TIMEOUT_MS = 5000;

/** The server's side of the debugger. */
export class DebugHost {
  private readonly server: DebugServer;
  /** Resolves when `close` is done; null before the first `close`. */
  private closePromise: Promise<void> | null = null;

  constructor(graph: Graph, channel: DebugChannel) {
    this.server = new DebugServer(graph, (message) => channel.send(message));
    channel.onMessage((message) => this.server.receive(message));
    channel.send({ event: 'started' });
  }

  /** Resolves at the debugger's command `run`: the server mounts only then. */
  get whenRunRequested(): Promise<void> {
    return this.server.whenRunRequested;
  }

  /**
   * Releases all held requests; resolves when they have their replies, or after
   * `RELEASE_TIMEOUT_MS`.
   */
  close(): Promise<void> {
    this.closePromise ??= this.release();
    return this.closePromise;
  }

  /** Releases the requests, as `close` says. */
  private async release(): Promise<void> {
    const allReplied = this.server.close();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, RELEASE_TIMEOUT_MS);
    });
    await Promise.race([allReplied, timeout]);
    clearTimeout(timer);
  }
}

/**
 * Limits connections that have not completed the handshake. A connection that exceeds the timeout is closed. If there
 * are more than the limit, the oldest is closed: then a flood of connections cannot lock out a client that completes
 * its handshake at once.
 */

/** The limits and the clock. The limits are read at each use, as options may change. */
export interface PendingSettings {
  /** Seconds that a handshake may take. */
  readTimeoutS(): number;
  /** The most connections without a handshake. */
  readLimit(): number;
  /** Calls `fn` after a time; returns a function that stops the timer. */
  after(delayMs: number, fn: () => void): () => void;
}

/** A connection without a handshake. */
export interface PendingConnection {
  /** Closes the connection, and logs the reason. */
  close(reason: string): void;
}

/** The connections of a server that have not completed the handshake. */
export class PendingConnections {
  private readonly settings: PendingSettings;
  /** The connections, the oldest first, each with the function that stops its timer. */
  private readonly connections = new Map<PendingConnection, () => void>();

  constructor(settings: PendingSettings) {
    this.settings = settings;
  }

  get size(): number {
    return this.connections.size;
  }

  /** Adds a new connection and starts its timer; closes the oldest ones beyond the limit. */
  add(pending: PendingConnection): void {
    const { settings, connections } = this;
    const timeoutS = settings.readTimeoutS();
    connections.set(
      pending,
      settings.after(timeoutS * 1000, () =>
        this.close(pending, `no handshake within ${timeoutS} s`),
      ),
    );
    const limit = settings.readLimit();
    while (connections.size > limit) {
      const [oldest] = connections.keys();
      this.close(oldest!, `more than ${limit} connections have sent no handshake`);
    }
  }

  /** Removes a connection that completed its handshake or ended. */
  remove(pending: PendingConnection): void {
    this.connections.get(pending)?.();
    this.connections.delete(pending);
  }

  private close(pending: PendingConnection, reason: string): void {
    this.remove(pending);
    pending.close(reason);
  }
}

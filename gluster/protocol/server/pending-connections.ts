/**
 * Limits connections that have not completed the handshake. A connection that exceeds the timeout is closed. If there
 * are more than the limit, the oldest is closed: then a flood of connections cannot lock out a client that completes
 * its handshake at once.
 */

export interface PendingSettings {
  /** Seconds that a handshake may take. */
  readTimeout(): number;
  /** The most connections without a handshake. */
  readLimit(): number;
  after(ms: number, fn: () => void): () => void;
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
    const seconds = settings.readTimeout();
    connections.set(
      pending,
      settings.after(seconds * 1000, () => this.close(pending, `no handshake within ${seconds} s`)),
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

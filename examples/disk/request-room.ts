/**
 * Limits the memory of all connections together: data of requests that have not come whole, and replies that clients
 * have not taken. A connection without room is read no further. While connections wait for room, one that holds some and
 * whose client takes and sends nothing for PATIENCE_MS is closed: a client that only asks must not stop the others.
 */

/** Bytes for all connections: four requests of the largest size. */
const ROOM_BYTES = 128 * 1024 * 1024;
const PATIENCE_MS = 30_000;

/** A connection that takes room. */
export interface Tenant {
  /** Called when the room that it waits for has been taken for it. */
  onRoom(): void;
  /** A number that changes while the client takes replies or sends data. */
  readonly progress: number;
  /** Whether it waits for its client: to take replies, or to send the rest of a message. */
  readonly waitsForClient: boolean;
  /** Closes the connection. */
  destroy(): void;
}

interface Holding {
  bytes: number;
  /** The progress at the last look; null while no connection waited. */
  lastProgress: number | null;
}

export class RequestRoom {
  /** Bytes that connections hold. */
  usedBytes = 0;
  private readonly limitBytes: number;
  private readonly patienceMs: number;
  private readonly holdings = new Map<Tenant, Holding>();
  /** Bytes that each tenant waits for, in the order of their requests. */
  private readonly waiting = new Map<Tenant, number>();
  private timer: NodeJS.Timeout | null = null;

  constructor(limitBytes = ROOM_BYTES, patienceMs = PATIENCE_MS) {
    this.limitBytes = limitBytes;
    this.patienceMs = patienceMs;
  }

  /** Takes room for a tenant; returns false without enough of it, and calls the tenant's `onRoom` later. */
  take(tenant: Tenant, bytes: number): boolean {
    if (this.waiting.size === 0 && this.tryTake(tenant, bytes)) return true;
    this.waiting.set(tenant, bytes);
    this.timer ??= setInterval(() => this.closeIdle(), this.patienceMs);
    return false;
  }

  give(tenant: Tenant, bytes: number): void {
    const holding = this.holdings.get(tenant);
    if (holding === undefined || bytes === 0) return;
    holding.bytes -= bytes;
    this.usedBytes -= bytes;
    if (holding.bytes === 0) this.holdings.delete(tenant);
    this.serveWaiting();
  }

  /** Gives back all that a tenant holds or waits for. */
  leave(tenant: Tenant): void {
    this.waiting.delete(tenant);
    this.give(tenant, this.holdings.get(tenant)?.bytes ?? 0);
    this.serveWaiting();
  }

  private tryTake(tenant: Tenant, bytes: number): boolean {
    // More than all room is granted to one that is alone, which it would otherwise wait for in vain.
    if (this.usedBytes + bytes > this.limitBytes && this.usedBytes > 0) return false;
    const holding = this.holdings.get(tenant) ?? { bytes: 0, lastProgress: null };
    holding.bytes += bytes;
    this.holdings.set(tenant, holding);
    this.usedBytes += bytes;
    return true;
  }

  private serveWaiting(): void {
    for (const [tenant, bytes] of this.waiting) {
      if (!this.tryTake(tenant, bytes)) return;
      this.waiting.delete(tenant);
      tenant.onRoom();
    }
    if (this.waiting.size > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
    for (const holding of this.holdings.values()) holding.lastProgress = null;
  }

  /** Closes tenants that wait for their clients and have made no progress since the last look. */
  private closeIdle(): void {
    for (const [tenant, holding] of [...this.holdings]) {
      const { progress } = tenant;
      if (tenant.waitsForClient && holding.lastProgress === progress) tenant.destroy();
      holding.lastProgress = progress;
    }
  }
}

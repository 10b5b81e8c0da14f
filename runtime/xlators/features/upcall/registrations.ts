/**
 * Registers the clients that may cache an inode, until a timeout after their last request for it. The
 * number is bounded: `onEvict` tells a client that is dropped early to forget the inode.
 */
import type { Client } from '../../../core/client.ts';
import type { Gfid } from '../../../core/gfid.ts';
import type { Xlator } from '../../../core/xlator.ts';

/** The record that a client may cache an inode. */
interface Registration {
  readonly gfid: Gfid;
  readonly client: Client;
  /** Time of a recent request, by the context's clock; not every request updates it. */
  renewedAtMs: number;
}

/** A request renews a registration that is older than this share of the timeout. */
const RENEWAL_SHARE = 1 / 8;
/** The most expired registrations that are removed for each new one. */
const SWEPT_PER_ADD = 2;

/** All registrations of one volume of features/upcall. */
export class Registrations {
  /** A registration expires this long after it was last renewed. */
  timeoutMs = 0;
  /** The most registrations. */
  limit = 0;
  /** Number of registrations dropped early, because of `limit`. */
  evictedCount = 0;
  private readonly xl: Xlator;
  private readonly byGfid = new Map<Gfid, Map<Client, Registration>>();
  /** All registrations, the least recently renewed first. */
  private readonly byRenewal = new Set<Registration>();
  private readonly onEvict: (client: Client, gfid: Gfid) => void;

  /** @param onEvict tells a client to forget an inode for which it gets no more upcalls */
  constructor(xl: Xlator, onEvict: (client: Client, gfid: Gfid) => void) {
    this.xl = xl;
    this.onEvict = onEvict;
  }

  get size(): number {
    return this.byRenewal.size;
  }

  /** Registers a client for an inode, or renews its registration. `nowMs` is the time by the context's clock. */
  add(client: Client, gfid: Gfid, nowMs: number): void {
    let clients = this.byGfid.get(gfid);
    const existing = clients?.get(client);
    if (existing !== undefined) {
      if (nowMs - existing.renewedAtMs < this.timeoutMs * RENEWAL_SHARE) return;
      existing.renewedAtMs = nowMs;
      this.byRenewal.delete(existing);
      this.byRenewal.add(existing);
      return;
    }
    if (!client.connected) return;
    if (clients === undefined) {
      clients = new Map();
      this.byGfid.set(gfid, clients);
    }
    const registration = { gfid, client, renewedAtMs: nowMs };
    clients.set(client, registration);
    this.byRenewal.add(registration);
    this.findOrMakeRegistrations(client).add(registration);
    this.sweep(nowMs);
  }

  /** Returns the clients that may cache an inode, except `client`; removes expired registrations of the inode. */
  findOtherClients(gfid: Gfid, client: Client | null, nowMs: number): Client[] {
    const otherClients: Client[] = [];
    for (const registration of this.byGfid.get(gfid)?.values() ?? []) {
      if (registration.client === client) continue;
      if (nowMs - registration.renewedAtMs < this.timeoutMs) otherClients.push(registration.client);
      else this.delete(registration);
    }
    return otherClients;
  }

  /** Removes all registrations of a client. */
  dropClient(client: Client): void {
    for (const registration of [...this.findOrMakeRegistrations(client)]) this.delete(registration);
    client.ctxDel(this.xl);
  }

  clear(): void {
    for (const registration of [...this.byRenewal]) this.delete(registration);
  }

  /** Removes some expired registrations, and the oldest ones beyond the limit. */
  private sweep(nowMs: number): void {
    let removableCount = SWEPT_PER_ADD;
    for (const oldest of this.byRenewal) {
      const isExpired = nowMs - oldest.renewedAtMs >= this.timeoutMs;
      const isTooMany = this.byRenewal.size > this.limit;
      if (!isTooMany && (!isExpired || removableCount === 0)) return;
      removableCount -= 1;
      this.delete(oldest);
      if (isExpired) continue;
      this.evictedCount += 1;
      this.onEvict(oldest.client, oldest.gfid);
    }
  }

  /** Returns the registrations of a client, which are its context. */
  private findOrMakeRegistrations(client: Client): Set<Registration> {
    const existing = client.ctxGet(this.xl) as Set<Registration> | undefined;
    if (existing !== undefined) return existing;
    const created = new Set<Registration>();
    client.ctxSet(this.xl, created);
    return created;
  }

  private delete(registration: Registration): void {
    const { gfid, client } = registration;
    this.byRenewal.delete(registration);
    this.findOrMakeRegistrations(client).delete(registration);
    const clients = this.byGfid.get(gfid);
    clients?.delete(client);
    if (clients?.size === 0) this.byGfid.delete(gfid);
  }
}

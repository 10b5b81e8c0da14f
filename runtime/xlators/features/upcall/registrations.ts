/**
 * Registers the clients that may cache an inode, until a timeout after their last request for it. The
 * number is bounded: `onEvict` tells a client that is dropped early to forget the inode.
 */
import type { Client } from '../../../core/client.ts';
import type { Gfid } from '../../../core/gfid.ts';
import type { Xlator } from '../../../core/xlator.ts';

interface Registration {
  readonly gfid: Gfid;
  readonly client: Client;
  /** Time of a recent request in milliseconds; not every request updates it. */
  time: number;
}

/** Part of the time-out after which a registration is renewed. */
const RENEW = 1 / 8;
/** Expired registrations removed with each new one. */
const SWEPT = 2;

export class Registrations {
  /** Milliseconds. */
  timeout = 0;
  limit = 0;
  /** Number of registrations dropped early. */
  evicted = 0;
  private readonly xl: Xlator;
  private readonly byGfid = new Map<Gfid, Map<Client, Registration>>();
  private readonly order = new Set<Registration>();
  private readonly onEvict: (client: Client, gfid: Gfid) => void;

  /** @param onEvict tells a client to forget an inode that it gets no more upcalls for */
  constructor(xl: Xlator, onEvict: (client: Client, gfid: Gfid) => void) {
    this.xl = xl;
    this.onEvict = onEvict;
  }

  get size(): number {
    return this.order.size;
  }

  add(client: Client, gfid: Gfid, now: number): void {
    let clients = this.byGfid.get(gfid);
    const known = clients?.get(client);
    if (known !== undefined) {
      if (now - known.time < this.timeout * RENEW) return;
      known.time = now;
      this.order.delete(known);
      this.order.add(known);
      return;
    }
    if (!client.connected) return;
    if (clients === undefined) {
      clients = new Map();
      this.byGfid.set(gfid, clients);
    }
    const registration = { gfid, client, time: now };
    clients.set(client, registration);
    this.order.add(registration);
    this.of(client).add(registration);
    this.sweep(now);
  }

  /** Returns the clients that may cache an inode, except `client`. */
  othersOf(gfid: Gfid, client: Client | null, now: number): Client[] {
    const others: Client[] = [];
    for (const registration of this.byGfid.get(gfid)?.values() ?? []) {
      if (registration.client === client) continue;
      if (now - registration.time < this.timeout) others.push(registration.client);
      else this.delete(registration);
    }
    return others;
  }

  /** Removes all registrations of a client. */
  drop(client: Client): void {
    for (const registration of [...this.of(client)]) this.delete(registration);
    client.ctxDel(this.xl);
  }

  clear(): void {
    for (const registration of [...this.order]) this.delete(registration);
  }

  private sweep(now: number): void {
    let left = SWEPT;
    for (const oldest of this.order) {
      const isOld = now - oldest.time >= this.timeout;
      const isTooMany = this.order.size > this.limit;
      if (!isTooMany && (!isOld || left === 0)) return;
      left -= 1;
      this.delete(oldest);
      if (isOld) continue;
      this.evicted += 1;
      this.onEvict(oldest.client, oldest.gfid);
    }
  }

  private of(client: Client): Set<Registration> {
    const known = client.ctxGet(this.xl) as Set<Registration> | undefined;
    if (known !== undefined) return known;
    const all = new Set<Registration>();
    client.ctxSet(this.xl, all);
    return all;
  }

  private delete(registration: Registration): void {
    const { gfid, client } = registration;
    this.order.delete(registration);
    this.of(client).delete(registration);
    const clients = this.byGfid.get(gfid);
    clients?.delete(client);
    if (clients?.size === 0) this.byGfid.delete(gfid);
  }
}

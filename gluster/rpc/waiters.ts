/**
 * Waiters for the replies to calls, by the calls' numbers. These go up, so a ring is enough, in which
 * each has the place of its number; a number whose place is taken by one that waits for long is passed over.
 */

/** The first number that a client of GlusterFS gives a call. */
const FIRST_XID = 2;
const PLACES_FIRST = 64;

/** Whoever waits. */
export interface Numbered {
  /** The number of the call; the ring's to set. */
  xid: number;
}

export class Waiters<W extends Numbered> {
  /** As many as a power of two. */
  private places = new Array<W | null>(PLACES_FIRST).fill(null);
  private next = FIRST_XID;
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** @returns the number that it was given */
  add(waiter: W): number {
    if (this.count * 2 >= this.places.length) this.widen();
    const { places } = this;
    const last = places.length - 1;
    let xid = this.next;
    while (places[xid & last] !== null) xid = after(xid);
    this.next = after(xid);
    waiter.xid = xid;
    places[xid & last] = waiter;
    this.count += 1;
    return xid;
  }

  /** Who has waited for this one, and does no more; null for a number that nobody has. */
  take(xid: number): W | null {
    const { places } = this;
    const place = xid & (places.length - 1);
    const waiter = places[place]!;
    if (waiter === null || waiter.xid !== xid) return null;
    places[place] = null;
    this.count -= 1;
    return waiter;
  }

  /** All, in the order of their calls. */
  list(): W[] {
    const age = ({ xid }: W): number => (xid - this.next) >>> 0;
    return this.places.filter((waiter) => waiter !== null).sort((a, b) => age(a) - age(b));
  }

  private widen(): void {
    const waiting = this.list();
    this.places = new Array<W | null>(this.places.length * 2).fill(null);
    for (const waiter of waiting) this.places[waiter.xid & (this.places.length - 1)] = waiter;
  }
}

const after = (xid: number): number => (xid + 1) >>> 0 || FIRST_XID;

/**
 * Stores calls that await a reply, by xid. Xids increase, so a ring suffices in which a call's
 * place follows from its xid; a place that an old call still occupies is skipped.
 */

/** The first xid of a GlusterFS client. */
const FIRST_XID = 2;
const PLACES_FIRST = 64;

/** A call that awaits its reply. */
export interface NumberedCall {
  /** The xid of the call; set by the ring. */
  xid: number;
}

export class PendingCalls<W extends NumberedCall> {
  /** The ring; its length is a power of two. */
  private places = new Array<W | null>(PLACES_FIRST).fill(null);
  private next = FIRST_XID;
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** @returns the xid that the call was given */
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

  /** Removes the call with this xid; null for an unknown xid. */
  take(xid: number): W | null {
    const { places } = this;
    const place = xid & (places.length - 1);
    const waiter = places[place]!;
    if (waiter === null || waiter.xid !== xid) return null;
    places[place] = null;
    this.count -= 1;
    return waiter;
  }

  /** Lists all calls in the order of their xids. */
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

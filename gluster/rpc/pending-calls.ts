/**
 * Stores calls that await a reply, by xid (the number that matches a reply with its call). Xids increase, so the lowest
 * bits of a call's xid are its slot in a ring. An xid whose slot is occupied by an older call is skipped.
 */

/** The first xid of a GlusterFS client. */
const FIRST_XID = 2;
/** The length of the ring at first. */
const INITIAL_SLOTS = 64;

/** A call that awaits its reply. */
export interface NumberedCall {
  /** The xid of the call; set by the ring. */
  xid: number;
}

/** The calls of one channel that await a reply. */
export class PendingCalls<C extends NumberedCall> {
  /** The ring; its length is a power of two. */
  private slots = new Array<C | null>(INITIAL_SLOTS).fill(null);
  /** The xid of the next call, if its slot is free. */
  private nextXid = FIRST_XID;
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Adds a call under the next free xid. @returns that xid */
  add(call: C): number {
    if (this.count * 2 >= this.slots.length) this.widen();
    const { slots } = this;
    const slotMask = slots.length - 1;
    let xid = this.nextXid;
    while (slots[xid & slotMask] !== null) xid = computeNextXid(xid);
    this.nextXid = computeNextXid(xid);
    call.xid = xid;
    slots[xid & slotMask] = call;
    this.count += 1;
    return xid;
  }

  /** Removes the call with this xid. @returns null for an unknown xid */
  remove(xid: number): C | null {
    const { slots } = this;
    const slot = xid & (slots.length - 1);
    const call = slots[slot]!;
    if (call === null || call.xid !== xid) return null;
    slots[slot] = null;
    this.count -= 1;
    return call;
  }

  /** Lists all calls, the oldest first. */
  listByXid(): C[] {
    // Xids begin again after the largest; counted from the next xid on, the oldest call comes first.
    const getRank = ({ xid }: C): number => (xid - this.nextXid) >>> 0;
    return this.slots.filter((call) => call !== null).sort((a, b) => getRank(a) - getRank(b));
  }

  /** Doubles the ring. */
  private widen(): void {
    const calls = this.listByXid();
    this.slots = new Array<C | null>(this.slots.length * 2).fill(null);
    for (const call of calls) this.slots[call.xid & (this.slots.length - 1)] = call;
  }
}

/** Returns the xid after this one; after the largest, the first. */
const computeNextXid = (xid: number): number => (xid + 1) >>> 0 || FIRST_XID;

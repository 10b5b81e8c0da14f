/**
 * Records the names that a listing of a directory has returned, and their places. Without it, a file that a
 * rebalance moves meanwhile would be returned by two children, or by none. Callers report each request
 * (`seek`) and each entry (`admit`). A name is stored as a hash of 64 bits, so a million names take some 20 MB
 * while the directory is being listed.
 */

/** Slots are doubled when more of them than this part are taken. */
const LOAD_MAX = 0.7;
const SLOTS_FIRST = 64;
/** No place: the slot is empty, or what was in it is forgotten. */
const EMPTY = 0;
const FORGOTTEN = 0xffff;

/** Random for each process, so that a client cannot choose names with colliding hashes. */
const seed = Math.trunc(Math.random() * 2 ** 32);

export class ListingRecord {
  /** Something was seen that a rebalance moves, or may have moved. */
  isUnsettled = false;
  private high = new Uint32Array(SLOTS_FIRST);
  private low = new Uint32Array(SLOTS_FIRST);
  /** One more than the place; see EMPTY, FORGOTTEN. */
  private places = new Uint16Array(SLOTS_FIRST);
  private used = 0;
  /** Of the last reply: the offset and place of its request, its own place, and its entries. */
  private from = 0;
  private fromPlace = 0;
  private place = 0;
  private readonly offsets: number[] = [];
  private readonly names: string[] = [];
  private hashHigh = 0;
  private hashLow = 0;

  /**
   * Records a request for the entries after an offset. Names returned after it are forgotten, and may be
   * returned again: the kernel drops entries for which a program had no room, and programs go back.
   * @param child the child that the offset names, whose place it is where the listing did not just pass it
   * @returns the place at which the listing goes on
   */
  seek(offset: number, child: number): number {
    const { offsets, names } = this;
    const isAgain = offset === this.from;
    const at = isAgain ? -1 : offsets.indexOf(offset);
    let place = child;
    if (offset === 0) this.clear();
    else if (!isAgain && at < 0) this.forgetFrom(place);
    else {
      place = isAgain ? this.fromPlace : this.place;
      for (let next = at + 1; next < names.length; next++) this.forget(names[next]!);
    }
    offsets.length = 0;
    names.length = 0;
    this.from = offset;
    this.fromPlace = place;
    return place;
  }

  /** True when the name was returned at an earlier place. */
  has(name: string, place: number): boolean {
    const before = this.places[this.find(name)]!;
    return before !== EMPTY && before !== FORGOTTEN && before <= place;
  }

  /** An entry that is returned. */
  add(name: string, place: number, offset: number): void {
    if (this.used >= this.places.length * LOAD_MAX) this.widen();
    const slot = this.find(name);
    if (this.places[slot] === EMPTY) this.used += 1;
    this.put(slot, this.hashHigh, this.hashLow, place + 1);
    this.place = place;
    this.offsets.push(offset);
    this.names.push(name);
  }

  /** The listing begins anew. */
  private clear(): void {
    this.isUnsettled = false;
    this.offsets.length = 0;
    this.names.length = 0;
    if (this.used > 0) this.allocate(SLOTS_FIRST);
  }

  /** Bytes that it takes. */
  get bytes(): number {
    return this.places.length * 10;
  }

  private forget(name: string): void {
    const slot = this.find(name);
    if (this.places[slot] !== EMPTY) this.places[slot] = FORGOTTEN;
  }

  private forgetFrom(place: number): void {
    const { places } = this;
    for (let slot = 0; slot < places.length; slot++) {
      // Empty slots are below any place.
      if (places[slot]! > place) places[slot] = FORGOTTEN;
    }
  }

  /** The slot of a name, or the empty one that it would get. Leaves its hashes in the fields. */
  private find(name: string): number {
    this.hash(name);
    return this.slotOf(this.hashHigh, this.hashLow);
  }

  private slotOf(high: number, low: number): number {
    const last = this.places.length - 1;
    let slot = low & last;
    while (this.places[slot] !== EMPTY && (this.low[slot] !== low || this.high[slot] !== high)) {
      slot = (slot + 1) & last;
    }
    return slot;
  }

  private put(slot: number, high: number, low: number, place: number): void {
    this.high[slot] = high;
    this.low[slot] = low;
    this.places[slot] = place;
  }

  private widen(): void {
    const { high, low, places } = this;
    this.allocate(places.length * 2);
    for (let slot = 0; slot < places.length; slot++) {
      const place = places[slot]!;
      if (place === EMPTY || place === FORGOTTEN) continue;
      this.put(this.slotOf(high[slot]!, low[slot]!), high[slot]!, low[slot]!, place);
      this.used += 1;
    }
  }

  private allocate(slots: number): void {
    this.high = new Uint32Array(slots);
    this.low = new Uint32Array(slots);
    this.places = new Uint16Array(slots);
    this.used = 0;
  }

  /** Two hashes of 32 bits each, as MurmurHash3 mixes them. */
  private hash(name: string): void {
    let high = seed;
    let low = ~seed;
    for (let at = 0; at < name.length; at++) {
      const code = name.charCodeAt(at);
      high = Math.imul(high ^ code, 0x85eb_ca6b);
      high ^= high >>> 13;
      low = Math.imul(low ^ code, 0xc2b2_ae35);
      low ^= low >>> 16;
    }
    this.hashHigh = mixed(high ^ name.length);
    this.hashLow = mixed(low);
  }
}

function mixed(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2_ae35);
  return (second ^ (second >>> 16)) >>> 0;
}

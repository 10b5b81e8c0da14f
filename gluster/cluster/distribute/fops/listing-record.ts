/**
 * Records the names that a listing of a directory has returned, and their places. Without it, a file that a
 * rebalance moves meanwhile would be returned by two children, or by none. Callers report each request
 * (`seek`) and each entry (`add`).
 */
export class ListingRecord {
  /** Something was seen that a rebalance moves, or may have moved. */
  isUnsettled = false;
  private readonly places = new Map<string, number>();
  /** Of the last reply: the offset and place of its request, its own place, and its entries. */
  private from = 0;
  private fromPlace = 0;
  private place = 0;
  private readonly offsets: number[] = [];
  private readonly names: string[] = [];

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
      for (let next = at + 1; next < names.length; next++) this.places.delete(names[next]!);
    }
    offsets.length = 0;
    names.length = 0;
    this.from = offset;
    this.fromPlace = place;
    return place;
  }

  /** True when the name was returned at an earlier place. */
  has(name: string, place: number): boolean {
    return this.places.get(name)! < place;
  }

  /** An entry that is returned. */
  add(name: string, place: number, offset: number): void {
    this.places.set(name, place);
    this.place = place;
    this.offsets.push(offset);
    this.names.push(name);
  }

  /** The listing begins anew. */
  private clear(): void {
    this.isUnsettled = false;
    this.places.clear();
  }

  private forgetFrom(place: number): void {
    for (const [name, at] of this.places) if (at >= place) this.places.delete(name);
  }
}

/**
 * Offsets of a listing of all children: the child, and the offset in its own listing, as one number. That is GlusterFS's
 * formula for offsets that leave room for it; ours are small, as a leaf counts the positions of an open folder.
 * Source: GlusterFS `gf-dirent.c` (gf_itransform, gf_deitransform).
 * @returns undefined when a child's offset is too large for a number with so many children
 */
export function joinOffset(child: number, offset: number, children: number): number | undefined {
  const joined = offset * children + child;
  return Number.isSafeInteger(joined) ? joined : undefined;
}

export const childOf = (offset: number, children: number): number => offset % children;
export const offsetIn = (offset: number, children: number): number => Math.floor(offset / children);

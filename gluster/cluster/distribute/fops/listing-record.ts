/**
 * Records the names that a listing of a directory has returned, and their places. Without it, a file that a
 * rebalance moves meanwhile would be returned by two children, or by none. Callers report each request
 * (`seek`) and each entry (`add`).
 */
export class ListingRecord {
  /** Whether the listing met a file that a rebalance moves, or may have moved. */
  isUnsettled = false;
  private readonly places = new Map<string, number>();
  /** The last reply: the offset and place of its request, its own place, and its entries. */
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

  /** Records an entry that is returned. */
  add(name: string, place: number, offset: number): void {
    this.places.set(name, place);
    this.place = place;
    this.offsets.push(offset);
    this.names.push(name);
  }

  /** Starts the listing over. */
  private clear(): void {
    this.isUnsettled = false;
    this.places.clear();
  }

  private forgetFrom(place: number): void {
    for (const [name, at] of this.places) if (at >= place) this.places.delete(name);
  }
}

/**
 * Joins a child's index and the offset in its own listing to one number, by GlusterFS's formula for
 * small offsets; a brick's client counts its positions, so they are small.
 * Source: GlusterFS `gf-dirent.c` (gf_itransform, gf_deitransform).
 * @returns undefined when the result is too large for a number
 */
export function joinOffset(child: number, offset: number, children: number): number | undefined {
  const joined = offset * children + child;
  return Number.isSafeInteger(joined) ? joined : undefined;
}

export const childOf = (offset: number, children: number): number => offset % children;
export const offsetIn = (offset: number, children: number): number => Math.floor(offset / children);

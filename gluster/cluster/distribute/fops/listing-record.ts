/**
 * Records which names a listing of a directory has returned, and from which child. Without this record, a file that
 * a rebalance moves meanwhile would be listed twice, or not at all. `listing-fops.ts` reports each request (`seek`)
 * and each returned entry (`add`). A position counts the children listed so far, in both rounds.
 */
export class ListingRecord {
  /** Whether the listing has found a file that a rebalance moves, or may have moved. */
  isUnsettled = false;
  /** The positions at which names were returned. */
  private readonly positions = new Map<string, number>();
  /** The last reply: the offset and position of its request, the position of its last entry, and its entries. */
  private lastOffset = 0;
  private lastStart = 0;
  private lastPosition = 0;
  private readonly offsets: number[] = [];
  private readonly names: string[] = [];

  /**
   * Records a request for the entries after an offset. Names returned after this offset are forgotten, so that they
   * may be returned again: the kernel drops entries for which a program's buffer has no room, and programs seek back.
   * @param child the child that the offset names: the position for an offset that the last reply did not contain
   * @returns the position at which the listing continues
   */
  seek(offset: number, child: number): number {
    const { offsets, names } = this;
    const isAgain = offset === this.lastOffset;
    const at = isAgain ? -1 : offsets.indexOf(offset);
    let position = child;
    if (offset === 0) this.clear();
    else if (!isAgain && at < 0) this.forgetFrom(position);
    else {
      position = isAgain ? this.lastStart : this.lastPosition;
      for (let next = at + 1; next < names.length; next++) this.positions.delete(names[next]!);
    }
    offsets.length = 0;
    names.length = 0;
    this.lastOffset = offset;
    this.lastStart = position;
    return position;
  }

  /** Whether the name was returned at an earlier position. */
  isDuplicate(name: string, position: number): boolean {
    return this.positions.get(name)! < position;
  }

  /** Records an entry that is returned. */
  add(name: string, position: number, offset: number): void {
    this.positions.set(name, position);
    this.lastPosition = position;
    this.offsets.push(offset);
    this.names.push(name);
  }

  /** Forgets all names, as the listing starts over. */
  private clear(): void {
    this.isUnsettled = false;
    this.positions.clear();
  }

  /** Forgets the names returned at this position or later. */
  private forgetFrom(position: number): void {
    for (const [name, at] of this.positions) if (at >= position) this.positions.delete(name);
  }
}

/**
 * Joins a child's index and the offset in its own listing to one number, by GlusterFS's formula for small offsets.
 * Offsets are small because protocol/client replaces a brick's positions by counters.
 * Source: GlusterFS `gf-dirent.c` (gf_itransform, gf_deitransform).
 * @returns undefined when the result is too large for a number
 */
export function joinOffset(child: number, offset: number, children: number): number | undefined {
  const joined = offset * children + child;
  return Number.isSafeInteger(joined) ? joined : undefined;
}

/** Derives the child's index from a joined offset. */
export const offsetChild = (offset: number, children: number): number => offset % children;
/** Derives the offset in the child's own listing from a joined offset. */
export const offsetWithinChild = (offset: number, children: number): number =>
  Math.floor(offset / children);

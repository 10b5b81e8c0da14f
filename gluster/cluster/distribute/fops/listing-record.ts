/**
 * Records which names a listing of a directory has returned, and from which child. Without this record, a file that
 * a rebalance moves meanwhile would be listed twice, or not at all. `listing-fops.ts` reports each request (`seek`)
 * and each returned entry (`add`). A position counts the children listed so far, in both rounds.
 */
export class ListingRecord {
  /** Whether the children must be listed again, because the listing found a file that a rebalance may move. */
  needsSecondRound = false;
  /** The positions at which names were returned. */
  private readonly positions = new Map<string, number>();
  /** The offset of the last request. */
  private lastOffset = 0;
  /** The position at which the last request continued. */
  private lastRequestPosition = 0;
  /** The position of the last returned entry. */
  private lastEntryPosition = 0;
  /** The offsets and names of the entries in the last reply. */
  private readonly offsets: number[] = [];
  private readonly names: string[] = [];

  /**
   * Records a request for the entries after an offset, and forgets names returned after it, so that they are returned
   * again. The kernel drops entries for which a program's buffer has no room, and programs seek back.
   * @param child the child that the offset names: the position for an offset that the last reply did not contain
   * @returns the position at which the listing continues
   */
  seek(offset: number, child: number): number {
    const { offsets, names } = this;
    const isRepeated = offset === this.lastOffset;
    const entryIndex = isRepeated ? -1 : offsets.indexOf(offset);
    let position = child;
    if (offset === 0) this.clear();
    else if (!isRepeated && entryIndex < 0) this.forgetFrom(position);
    else {
      position = isRepeated ? this.lastRequestPosition : this.lastEntryPosition;
      for (let index = entryIndex + 1; index < names.length; index++)
        this.positions.delete(names[index]!);
    }
    offsets.length = 0;
    names.length = 0;
    this.lastOffset = offset;
    this.lastRequestPosition = position;
    return position;
  }

  /** Whether the name was returned at an earlier position. */
  isDuplicate(name: string, position: number): boolean {
    // The comparison is false for a name that was not returned yet, whose position is undefined.
    return this.positions.get(name)! < position;
  }

  /** Records an entry that is returned. */
  add(name: string, position: number, offset: number): void {
    this.positions.set(name, position);
    this.lastEntryPosition = position;
    this.offsets.push(offset);
    this.names.push(name);
  }

  /** Forgets all names, as the listing starts over. */
  private clear(): void {
    this.needsSecondRound = false;
    this.positions.clear();
  }

  /** Forgets the names returned at this position or later. */
  private forgetFrom(position: number): void {
    for (const [name, namePosition] of this.positions)
      if (namePosition >= position) this.positions.delete(name);
  }
}

/**
 * Joins a child's index and an offset in that child's listing to one number, by GlusterFS's formula for small offsets.
 * Offsets are small because protocol/client replaces a brick's positions by counters.
 * Source: GlusterFS `gf-dirent.c` (gf_itransform, gf_deitransform).
 * @returns undefined when the result is too large for a number
 */
export function joinOffset(child: number, offset: number, childCount: number): number | undefined {
  const joinedOffset = offset * childCount + child;
  return Number.isSafeInteger(joinedOffset) ? joinedOffset : undefined;
}

/** Derives the child's index from a joined offset. */
export const readOffsetChild = (offset: number, childCount: number): number => offset % childCount;
/** Derives the offset in the child's own listing from a joined offset. */
export const readChildOffset = (offset: number, childCount: number): number =>
  Math.floor(offset / childCount);

/**
 * Records which names a listing of a directory has returned, and from which child. `listing-fops.ts` reports each
 * request (`seek`), each returned entry (`add`), and children without more entries (`noteChildDone`).
 *
 * A rebalance may move files meanwhile. A file that moves to a child listed later is omitted there; GlusterFS returns
 * it twice. A file that moves to a child listed before would be missed: a directory with misplaced files is listed a
 * second time, for names that were not returned.
 */
export class ListingRecord {
  /** Whether the children must be listed again, because the listing found a file that a rebalance may move. */
  needsSecondRound = false;
  /** The returned entries, in order: names, offsets, and positions: the numbers of children listed before, in both rounds. */
  private readonly names: string[] = [];
  private readonly offsets: number[] = [];
  private readonly positions: number[] = [];
  /** Indexes of names; one is invalid if another name has its index now. */
  private readonly indexes = new Map<string, number>();
  /** The position of the last child that the last reply listed to its end; -1 for none. */
  private donePosition = -1;

  /**
   * Records a request for the entries after an offset, and forgets names returned after it, so that they are returned
   * again. The kernel drops entries for which a program's buffer has no room, and programs seek back.
   * @param child the child that the offset names: the position for an offset that this listing has not returned
   * @returns the position at which the listing continues, and whether that child has no more entries. A second request
   *   for the same offset lists it again.
   */
  seek(
    offset: number,
    child: number,
  ): { readonly position: number; readonly isChildDone: boolean } {
    const { names, donePosition } = this;
    this.donePosition = -1;
    if (offset === 0) {
      this.needsSecondRound = false;
      this.forgetFrom(0);
      this.indexes.clear();
      return { position: 0, isChildDone: false };
    }
    // Most requests continue after the last entry.
    const index = this.offsets.lastIndexOf(offset);
    if (index < 0) {
      const firstAfter = this.positions.findIndex((position) => position >= child);
      if (firstAfter >= 0) this.forgetFrom(firstAfter);
      return { position: child, isChildDone: false };
    }
    if (donePosition >= 0 && index === names.length - 1)
      return { position: donePosition, isChildDone: true };
    const position = this.positions[index]!;
    this.forgetFrom(index + 1);
    return { position, isChildDone: false };
  }

  /** Whether the name was returned at an earlier position. */
  isDuplicate(name: string, position: number): boolean {
    const index = this.indexes.get(name);
    return index !== undefined && this.names[index] === name && this.positions[index]! < position;
  }

  /** Records an entry that is returned. */
  add(name: string, position: number, offset: number): void {
    this.indexes.set(name, this.names.length);
    this.names.push(name);
    this.offsets.push(offset);
    this.positions.push(position);
  }

  /** Records that the child at this position has no entries after those of the reply. */
  noteChildDone(position: number): void {
    this.donePosition = position;
  }

  /** Forgets the entries from this index on. */
  private forgetFrom(index: number): void {
    this.names.length = index;
    this.offsets.length = index;
    this.positions.length = index;
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

/**
 * Records which names a listing of a directory has returned, and from which child. `listing-fops.ts` reports each
 * request (`seek`), each returned entry (`add`), and children without more entries (`noteChildDone`).
 *
 * A rebalance may move files meanwhile. A file that moves to a child listed later is omitted there; GlusterFS returns
 * it twice. A file that moves to a child listed before would be missed: a directory with misplaced files is listed a
 * second time, for names that were not returned. This holds for a listing within one open; in another one, a listing
 * continues with the child that the offset names, without a second round.
 */
export class ListingRecord {
  /** Whether the children must be listed again, because the listing found a file that a rebalance may move. */
  needsSecondRound = false;
  /** Whether the listing started at the beginning of the directory, so that all returned names are recorded. */
  isComplete = false;
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
      this.isComplete = true;
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

/** Added to offsets of the second round: a listing that continues there in another open is at its end. */
const SECOND_ROUND = 2 ** 52;

/**
 * Joins a child's index and an offset in that child's listing to one number, by GlusterFS's formula for small offsets:
 * those of storages are below 2^43.
 * Source: GlusterFS `gf-dirent.c` (gf_itransform, gf_deitransform).
 * @param position the number of children listed before, in both rounds
 * @returns undefined when the result is too large for a number
 */
export function joinOffset(
  position: number,
  offset: number,
  childCount: number,
): number | undefined {
  const joinedOffset = offset * childCount + (position % childCount);
  if (joinedOffset >= SECOND_ROUND) return undefined;
  return position < childCount ? joinedOffset : SECOND_ROUND + joinedOffset;
}

/** Whether the entry of an offset was listed in the second round. */
export const isOfSecondRound = (offset: number): boolean => offset >= SECOND_ROUND;
/** Derives the child's index from a joined offset. */
export const readOffsetChild = (offset: number, childCount: number): number =>
  (offset % SECOND_ROUND) % childCount;
/** Derives the offset in the child's own listing from a joined offset. */
export const readChildOffset = (offset: number, childCount: number): number =>
  Math.floor((offset % SECOND_ROUND) / childCount);

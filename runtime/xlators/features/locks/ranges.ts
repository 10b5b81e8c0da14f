/**
 * Holds the locked byte ranges of one file. A lock replaces its owner's earlier ranges there. `RecordLocks` checks
 * conflicts with other owners before, and lets requests wait.
 *
 * An owner's ranges never overlap, and adjacent ranges of one type are merged. `end` is the first byte
 * after the range, or Infinity. The order is the kernel's, since F_GETLK returns the first conflict: owners
 * by their first lock, then ranges by start. Sources: POSIX fcntl(), Linux fs/locks.c.
 */
import { type F_RDLCK, F_WRLCK } from '../../../core/lock.ts';

export type LockType = typeof F_RDLCK | typeof F_WRLCK;

/** The bytes [start, end); `end` is Infinity for all bytes from `start` on. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A locked range; `holder` is any data of the caller, such as the client. */
export interface Range<N> extends Span {
  readonly owner: string;
  readonly type: LockType;
  readonly holder: N;
}

/** Whether two spans have a byte in common. */
export const overlaps = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

/** Whether locks of two types (F_RDLCK, F_WRLCK) exclude each other. */
export const excludes = (a: number, b: number): boolean => a === F_WRLCK || b === F_WRLCK;

/** The locked ranges of one file, by owner. `N` is the type of their holders. */
export class Ranges<N> {
  private readonly byOwner = new Map<string, Range<N>[]>();

  get isEmpty(): boolean {
    return this.byOwner.size === 0;
  }

  *[Symbol.iterator](): IterableIterator<Range<N>> {
    for (const ranges of this.byOwner.values()) yield* ranges;
  }

  /** Finds an owner's ranges, by start. */
  findByOwner(owner: string): readonly Range<N>[] {
    return this.byOwner.get(owner) ?? [];
  }

  /** Yields the ranges of other owners that exclude this one. */
  *findConflicts(requested: Range<unknown>): IterableIterator<Range<N>> {
    for (const [owner, ranges] of this.byOwner) {
      if (owner === requested.owner) continue;
      for (const range of ranges) {
        if (overlaps(range, requested) && excludes(range.type, requested.type)) yield range;
      }
    }
  }

  /** Returns the first of `findConflicts`; undefined without a conflict. */
  findConflict(requested: Range<unknown>): Range<N> | undefined {
    for (const range of this.findConflicts(requested)) return range;
    return undefined;
  }

  /** Adds a range, which replaces the owner's ranges there. Does not check for conflicts. */
  lock(range: Range<N>): void {
    let { start, end } = range;
    const ranges: Range<N>[] = [];
    for (const ownRange of this.findByOwner(range.owner)) {
      if (ownRange.type !== range.type) ranges.push(...subtractSpan(ownRange, range));
      else if (ownRange.end < range.start || ownRange.start > range.end) ranges.push(ownRange);
      else {
        start = Math.min(start, ownRange.start);
        end = Math.max(end, ownRange.end);
      }
    }
    ranges.push({ ...range, start, end });
    this.setRanges(range.owner, ranges);
  }

  /** Removes the owner's locks of these bytes; ranges that begin before or end after them are cut. */
  unlock(owner: string, span: Span): void {
    this.setRanges(
      owner,
      this.findByOwner(owner).flatMap((ownRange) => subtractSpan(ownRange, span)),
    );
  }

  /** Removes the ranges that `isSelected` selects; returns whether there were any. */
  remove(isSelected: (range: Range<N>) => boolean): boolean {
    let hasRemoved = false;
    for (const [owner, ranges] of this.byOwner) {
      const remaining = ranges.filter((range) => !isSelected(range));
      if (remaining.length === ranges.length) continue;
      hasRemoved = true;
      this.setRanges(owner, remaining);
    }
    return hasRemoved;
  }

  /** Replaces all ranges of an owner. */
  private setRanges(owner: string, ranges: Range<N>[]): void {
    if (ranges.length === 0) this.byOwner.delete(owner);
    else {
      ranges.sort((a, b) => a.start - b.start);
      this.byOwner.set(owner, ranges);
    }
  }
}

/** Returns the parts of a range outside the span: none, one or two. */
function subtractSpan<N>(range: Range<N>, span: Span): Range<N>[] {
  if (!overlaps(range, span)) return [range];
  const pieces: Range<N>[] = [];
  if (range.start < span.start) pieces.push({ ...range, end: span.start });
  if (range.end > span.end) pieces.push({ ...range, start: span.end });
  return pieces;
}

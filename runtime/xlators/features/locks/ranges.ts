/**
 * The byte ranges of one file that owners have locked. Nothing waits here, and nothing is asked:
 * what is locked replaces what its owner had there before.
 *
 * An owner's ranges never overlap, and two of one type never touch: they are one. So the table is
 * as small as it can be, whatever was asked in whatever order. `end` is the first byte after the
 * range, Infinity for a range without an end.
 *
 * Order is the kernel's, since F_GETLK tells the first lock in the way: owners in the order of their
 * first locks, each one's ranges by start. Sources: POSIX fcntl(), Linux fs/locks.c.
 */
import { type F_RDLCK, F_WRLCK } from '../../../core/lock.ts';

export type LockType = typeof F_RDLCK | typeof F_WRLCK;

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A locked range; `note` is whatever the owner of the table wants to know of it. */
export interface Range<N> extends Span {
  readonly owner: string;
  readonly type: LockType;
  readonly note: N;
}

export const overlap = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

/** Whether two types exclude each other. */
export const exclusive = (a: number, b: number): boolean => a === F_WRLCK || b === F_WRLCK;

export class Ranges<N> {
  private readonly byOwner = new Map<string, Range<N>[]>();

  get empty(): boolean {
    return this.byOwner.size === 0;
  }

  *[Symbol.iterator](): IterableIterator<Range<N>> {
    for (const ranges of this.byOwner.values()) yield* ranges;
  }

  of(owner: string): readonly Range<N>[] {
    return this.byOwner.get(owner) ?? [];
  }

  /** What others have locked that excludes this one. */
  *conflicts(wanted: Range<unknown>): IterableIterator<Range<N>> {
    for (const [owner, ranges] of this.byOwner) {
      if (owner === wanted.owner) continue;
      for (const range of ranges) {
        if (overlap(range, wanted) && exclusive(range.type, wanted.type)) yield range;
      }
    }
  }

  /** The first of them. */
  conflict(wanted: Range<unknown>): Range<N> | undefined {
    for (const range of this.conflicts(wanted)) return range;
    return undefined;
  }

  /** Locks a range, in place of what the owner has there. Whether it may is not asked. */
  lock(range: Range<N>): void {
    let { start, end } = range;
    const ranges: Range<N>[] = [];
    for (const own of this.of(range.owner)) {
      if (own.type !== range.type) ranges.push(...without(own, range));
      else if (own.end < range.start || own.start > range.end) ranges.push(own);
      else {
        start = Math.min(start, own.start);
        end = Math.max(end, own.end);
      }
    }
    ranges.push({ ...range, start, end });
    this.put(range.owner, ranges);
  }

  unlock(owner: string, span: Span): void {
    this.put(
      owner,
      this.of(owner).flatMap((own) => without(own, span)),
    );
  }

  /** Takes away the ranges that `which` says. Whether there were any. */
  remove(which: (range: Range<N>) => boolean): boolean {
    let removed = false;
    for (const [owner, ranges] of this.byOwner) {
      const left = ranges.filter((range) => !which(range));
      if (left.length === ranges.length) continue;
      removed = true;
      this.put(owner, left);
    }
    return removed;
  }

  private put(owner: string, ranges: Range<N>[]): void {
    if (ranges.length === 0) this.byOwner.delete(owner);
    else {
      ranges.sort((a, b) => a.start - b.start);
      this.byOwner.set(owner, ranges);
    }
  }
}

/** What of a range lies outside of the span: it whole, one piece, two, or none. */
function without<N>(range: Range<N>, span: Span): Range<N>[] {
  if (!overlap(range, span)) return [range];
  const pieces: Range<N>[] = [];
  if (range.start < span.start) pieces.push({ ...range, end: span.start });
  if (range.end > span.end) pieces.push({ ...range, start: span.end });
  return pieces;
}

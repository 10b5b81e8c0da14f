/**
 * Estimates the ages of requests without reading the clock for each. From time to time, `mark` records the time and
 * the number of the newest request; a request has begun before the first mark whose number is not smaller. Statedumps
 * and `glossa top` show these ages.
 */

/** Beyond this number, marks that no request in flight needs are dropped. */
const MARKS_MAX = 1024;

/** A point in time, with the number of the newest request. */
interface Mark {
  /** The time by a monotonic clock, in milliseconds. */
  readonly timeMs: number;
  /** The number of the newest request at that time. */
  readonly unique: number;
}

export class RequestAges {
  private marks: Mark[] = [];

  /**
   * Records that `unique` is the newest request at this time. Times and numbers never decrease.
   * @param listInFlight returns the numbers of the requests whose ages may still be computed
   */
  mark(timeMs: number, unique: number, listInFlight: () => readonly number[]): void {
    // No request has begun since the last mark.
    if (this.marks.at(-1)?.unique === unique) return;
    if (this.marks.length >= MARKS_MAX) {
      this.marks = [...new Set(listInFlight().map((request) => this.findMarkAfter(request)))]
        .filter((mark) => mark !== undefined)
        .sort((a, b) => a.unique - b.unique);
    }
    this.marks.push({ timeMs, unique });
  }

  /**
   * Computes the minimum age of a request in milliseconds; 0 for one that began after the last mark. The real age is
   * greater by at most the time between two marks.
   */
  computeMinimumAge(unique: number, nowMs: number): number {
    const mark = this.findMarkAfter(unique);
    return mark === undefined ? 0 : nowMs - mark.timeMs;
  }

  /** Finds the first mark after the request began. */
  private findMarkAfter(unique: number): Mark | undefined {
    return this.marks.find((mark) => mark.unique >= unique);
  }
}

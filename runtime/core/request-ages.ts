/**
 * The ages of requests in flight, without a look at the clock for any of them: from time to
 * time the serial number of the newest request is noted, and tells of every request between which
 * two notes it began.
 */

/** With more notes than these, those are dropped that tell of no request in flight. */
const MARKS_MAX = 1024;

interface Mark {
  /** Monotonic milliseconds. */
  readonly time: number;
  /** The newest request then. */
  readonly unique: number;
}

export class RequestAges {
  private marks: Mark[] = [];

  /**
   * Notes the newest request. Times and numbers never go back.
   * @param inFlight the requests that somebody may still ask for
   */
  mark(time: number, unique: number, inFlight: () => readonly number[]): void {
    // Nothing has begun since the note before.
    if (this.marks.at(-1)?.unique === unique) return;
    if (this.marks.length >= MARKS_MAX) {
      this.marks = [...new Set(inFlight().map((asked) => this.after(asked)))]
        .filter((mark) => mark !== undefined)
        .sort((a, b) => a.unique - b.unique);
    }
    this.marks.push({ time, unique });
  }

  /**
   * Milliseconds that a request has been there at least; 0 for one that began after the last note.
   * It is too little by as much as there is between two notes.
   */
  of(unique: number, now: number): number {
    const after = this.after(unique);
    return after === undefined ? 0 : now - after.time;
  }

  /** The first note after a request has begun. */
  private after(unique: number): Mark | undefined {
    return this.marks.find((mark) => mark.unique >= unique);
  }
}

/** Keeps the last lines of debug/trace in memory. */
import type { HistoryEntry } from '../../../core/xlator.ts';

/** A ring of the newest lines. */
export class LineHistory {
  private readonly size: number;
  private readonly ring: HistoryEntry[] = [];
  private nextSlot = 0;

  /** @param size the most lines; 0 for no history */
  constructor(size: number) {
    this.size = size;
  }

  get length(): number {
    return this.ring.length;
  }

  /** Adds a line, which replaces the oldest one if the history is full. @param time milliseconds (`LogSink.now`) */
  add(time: number, text: string): void {
    if (this.size === 0) return;
    this.ring[this.nextSlot] = { time, text };
    this.nextSlot = (this.nextSlot + 1) % this.size;
  }

  /** Returns the newest `count` lines, the oldest first. */
  listNewest(count: number): HistoryEntry[] {
    const { ring, nextSlot } = this;
    const ordered =
      ring.length < this.size ? ring : [...ring.slice(nextSlot), ...ring.slice(0, nextSlot)];
    return ordered.slice(Math.max(0, ordered.length - count));
  }
}

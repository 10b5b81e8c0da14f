/** Stores the events of a recorder: the interface, and an implementation in memory. */

import { readLength, TIME_OFFSET, writeLost } from './events.ts';
import { RecordingReader, RecordingWriter } from './recording-bytes.ts';

/** The destination of a recorder's events. */
export interface EventStore {
  /** The writer of events; the next event is written at `out.at`. */
  readonly out: RecordingWriter;
  /**
   * Accepts the event written from `start` on, with its time in nanoseconds. Returns false if it did
   * not fit: `out` then has more room for another try.
   */
  commit(start: number, timeNs: number): boolean;
}

/** Stores events in memory up to a limit; further events are dropped. */
export class MemoryEvents implements EventStore {
  readonly out: RecordingWriter;
  /** The number of events so far. */
  count = 0;
  private readonly maxBytes: number;

  constructor(initialBytes: number, maxBytes = Number.POSITIVE_INFINITY) {
    this.out = new RecordingWriter(new Uint8Array(initialBytes));
    this.maxBytes = maxBytes;
  }

  /** Accepts an event. Doubles the memory for one that did not fit, or drops it at the limit and returns true. */
  commit(start: number): boolean {
    const { out } = this;
    if (!out.isFull) {
      this.count += 1;
      return true;
    }
    const size = 2 * Math.max(out.bytes.length, out.at);
    out.at = start;
    if (size > this.maxBytes) return true;
    const larger = new Uint8Array(size);
    larger.set(out.bytes.subarray(0, start));
    out.bytes = larger;
    return false;
  }
}

/** Writes an event, or else a `lost` event with the reason. @param timeNs nanoseconds since the recording began */
export function putEvent(
  store: EventStore,
  timeNs: number,
  write: (out: RecordingWriter) => void,
): void {
  if (!tryPutEvent(store, timeNs, write))
    tryPutEvent(store, timeNs, (out) => writeLost(out, timeNs, TOO_LARGE_REASON));
}

/** Writes an event, or a `lost` event if its encoding fails. Returns false if the event does not fit. */
function tryPutEvent(
  store: EventStore,
  timeNs: number,
  write: (out: RecordingWriter) => void,
): boolean {
  // An event that did not fit is written again into more room.
  for (let tryCount = 0; tryCount < 2; tryCount++) {
    const { out } = store;
    const start = out.at;
    try {
      write(out);
    } catch (error) {
      // A translator may reply with wrong values, which must not fail the request.
      out.at = start;
      putEvent(store, timeNs, (out) => writeLost(out, timeNs, describeError(error)));
      return true;
    }
    if (store.commit(start, timeNs)) return true;
  }
  return false;
}

/** Copies events into a store, one by one. @param bytes whole events */
export function copyEvents(store: EventStore, bytes: Uint8Array): void {
  const input = new RecordingReader(bytes);
  while (input.remainingBytes > 0) {
    const start = input.at;
    const length = readLength(bytes, start);
    input.at = start + TIME_OFFSET;
    const timeNs = input.readUint();
    input.at = start + length;
    const event = bytes.subarray(start, start + length);
    putEvent(store, timeNs, (out) => {
      if (out.at + length <= out.bytes.length) out.bytes.set(event, out.at);
      out.at += length;
    });
  }
}

/** Returns how many bytes at the start of `bytes` are whole events. */
export function computeWholeEventsLength(bytes: Uint8Array): number {
  let wholeBytes = 0;
  for (;;) {
    const remainingBytes = bytes.length - wholeBytes;
    if (remainingBytes < TIME_OFFSET) return wholeBytes;
    const length = readLength(bytes, wholeBytes);
    if (length > remainingBytes) return wholeBytes;
    wholeBytes += length;
  }
}

const TOO_LARGE_REASON = 'an event is too large for the recording';
const describeError = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

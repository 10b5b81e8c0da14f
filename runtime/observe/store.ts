/** Where events are kept: what a recorder writes to, be it a file, memory or a connection. */
import { Input, type Output } from './bytes.ts';
import { lengthAt, TIME_AT, writeLost } from './write-events.ts';

export interface EventStore {
  /** Where the next is to be written: at `out.at`. */
  readonly out: Output;
  /**
   * One was written, from `start` on, of what happened at that time (nanoseconds). False when it did
   * not fit: `out` then has more room.
   */
  commit(start: number, at: number): boolean;
}

/** Writes one event. One that cannot be written leaves a word about it. */
export function putEvent(store: EventStore, at: number, event: (out: Output) => void): void {
  if (!tryEvent(store, at, event)) tryEvent(store, at, (out) => writeLost(out, at, TOO_LARGE));
}

function tryEvent(store: EventStore, at: number, event: (out: Output) => void): boolean {
  // What did not fit is written once more, where there is room.
  for (let tries = 0; tries < 2; tries++) {
    const { out } = store;
    const start = out.at;
    try {
      event(out);
    } catch (error) {
      // What a translator answers with may be anything; it is no reason to fail.
      out.at = start;
      putEvent(store, at, (out) => writeLost(out, at, reasonOf(error)));
      return true;
    }
    if (store.commit(start, at)) return true;
  }
  return false;
}

/** Writes events that are whole, one after the other. */
export function copyEvents(store: EventStore, bytes: Uint8Array): void {
  const input = new Input(bytes);
  while (input.left > 0) {
    const start = input.at;
    const length = lengthAt(bytes, start);
    input.at = start + TIME_AT;
    const at = input.uint();
    input.at = start + length;
    const event = bytes.subarray(start, start + length);
    putEvent(store, at, (out) => {
      if (out.at + length <= out.bytes.length) out.bytes.set(event, out.at);
      out.at += length;
    });
  }
}

/** How many bytes at the start of `bytes` are whole events. */
export function wholeEvents(bytes: Uint8Array): number {
  let whole = 0;
  for (;;) {
    const left = bytes.length - whole;
    if (left < TIME_AT) return whole;
    const length = lengthAt(bytes, whole);
    if (length > left) return whole;
    whole += length;
  }
}

const TOO_LARGE = 'an event is too large for the recording';
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** What statistics are written from, in whatever format. */
import type { Counters } from '../counters.ts';
import type { Files } from '../files.ts';

/** Open files, and the most there were. */
export interface OpenFds {
  readonly open: number;
  readonly max: number;
  /** When that was, as `LogSink.now`. */
  readonly maxAt: number;
}

export interface Report {
  /** The volume's name, or its `unique-id`. */
  readonly id: string;
  /** All there was, the interval with it. */
  readonly past: Counters;
  readonly interval: Counters;
  /** Number of the interval, from 0. */
  readonly index: number;
  /** Milliseconds of the context's clock. */
  readonly now: number;
  readonly fds: OpenFds;
  readonly files: Files;
}

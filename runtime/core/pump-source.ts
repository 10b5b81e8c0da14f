/**
 * Declares the interface of descriptors, such as a volume's sockets, that the pump (`runtime/pump`) serves
 * together with mounts, without a turn of the event loop. Methods must not throw.
 */
export interface PumpSource {
  /** Nonblocking. */
  readonly fd: number;
  /** Number of replies that are awaited on it. */
  readonly awaited: number;
  /** Whether unsent data waits until the descriptor is writable; `flush` continues. */
  readonly isFull: boolean;
  /** Whether requests received on it are under way, and may need the event loop. */
  readonly busy: boolean;
  /** Whether the pump must not read from it now. */
  readonly isPaused: boolean;
  /** Microseconds of busy polling for unsolicited messages. */
  readonly busyPollUs: number;
  /** Reads and handles the data that has arrived. @returns false if there was no data */
  receive(): boolean;
  /** Sends the queued data. */
  flush(): void;
}

export interface PumpSources {
  /** Starts watching its descriptor. */
  add(source: PumpSource): void;
  /** Call it before the descriptor is closed. */
  remove(source: PumpSource): void;
  /**
   * Milliseconds by `performance.now`, from the pump's last sample: to read the clock costs more than much of
   * the work for a request.
   */
  now(): number;
  /** Schedules `flush` before the pump waits next; calls of one turn of the event loop are one `flush`. */
  flushSoon(source: PumpSource): void;
}

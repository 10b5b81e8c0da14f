/**
 * The interface of descriptors, such as a volume's sockets, that the pump serves together with mounts, without a
 * turn of the event loop. Methods must not throw.
 */
export interface PumpSource {
  /** Nonblocking. */
  readonly fd: number;
  /** Number of replies that are awaited on it. */
  readonly awaited: number;
  /** Unsent data waits until the descriptor is writable; `flush` continues. */
  readonly isFull: boolean;
  /** Requests received on it are under way, and may need the event loop. */
  readonly busy: boolean;
  /** The pump must not read from it for now. */
  readonly isPaused: boolean;
  /** Microseconds of busy polling for unsolicited messages. */
  readonly busyPollUs: number;
  /** Reads and handles what has arrived. @returns false if nothing had */
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
  /** Schedules `flush` before the pump waits next; flushes at once outside of the pump. */
  flushSoon(source: PumpSource): void;
}
